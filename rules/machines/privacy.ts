/** What the resident can see: who was told of an alarm, and who looked at the resident's data. */
import type { Alarm, Category, Person } from "../../protocol/alarm.ts";
import { type Look, livingMax } from "../../protocol/living.ts";
import type { Instant } from "../../protocol/time.ts";
import type { ToldView } from "../../protocol/view.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";

/** One person who was told; by the id, for two may have one name. */
export type ToldPerson = ToldView & { readonly person: string };

/** What an alarm was about, as long as somebody may still be told of it. */
interface KnownAlarm {
  readonly id: string;
  readonly reason: string;
  readonly category: Category;
  readonly open: boolean;
}

/** Newest first, each bounded by `livingMax`. */
export interface PrivacyState {
  readonly told: readonly ToldPerson[];
  readonly looks: { readonly version: number; readonly list: readonly Look[] };
  readonly wellbeingAt: Instant | null;
  /** Newest first, at most `livingMax.told`; of more the oldest that is closed goes first. */
  readonly alarms: readonly KnownAlarm[];
}

/** The care service raises one alarm itself, and the home learns of it by who was told. */
const raisedAtCare = { reason: "home-silent", category: "fault" } as const;

const manifest: ModuleManifest = {
  name: "privacy",
  title: { de: "Wer weiß was", en: "Who knows what" },
  basis: true,
  told: {
    de: "Der Pflegedienst erfährt, wenn Sie sagen, dass es Ihnen gut geht.",
    en: "The care service learns when you say that you are well.",
  },
  benefit: {
    de: "Zeigt Ihnen, wer etwas über Sie erfahren hat und wer nachgesehen hat.",
    en: "Shows you who was told something of you, and who looked.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: ["resident"],
  droppable: false,
};

function raised(state: PrivacyState, { id, reason, category }: Alarm): Step<PrivacyState> {
  const others = state.alarms.filter((alarm) => alarm.id !== id);
  const alarms = [{ id, reason, category, open: true }, ...others];
  if (alarms.length > livingMax.told) {
    // Where all are open, -1 is the oldest of them.
    const oldest = alarms.findLastIndex(({ open }) => !open);
    alarms.splice(oldest, 1);
  }
  return unchanged({ ...state, alarms });
}

function closed(state: PrivacyState, alarmId: string): Step<PrivacyState> {
  const close = (alarm: KnownAlarm) => (alarm.id === alarmId ? { ...alarm, open: false } : alarm);
  return unchanged({ ...state, alarms: state.alarms.map(close) });
}

interface Telling {
  readonly alarmId: string;
  readonly by: Person;
  readonly at: Instant;
}

/** Once for a person and an alarm, at the first time: a chain goes round, and messages repeat. */
function told(state: PrivacyState, { alarmId, by, at }: Telling): Step<PrivacyState> {
  const isKnown = state.told.some((one) => one.alarmId === alarmId && one.person === by.id);
  if (isKnown) return unchanged(state);
  const { reason, category } = state.alarms.find(({ id }) => id === alarmId) ?? raisedAtCare;
  const row = { alarmId, reason, category, who: by.name, at, person: by.id };
  return unchanged({ ...state, told: [row, ...state.told].slice(0, livingMax.told) });
}

function looked(state: PrivacyState, version: number, looks: readonly Look[]): Step<PrivacyState> {
  if (version < state.looks.version) return unchanged(state);
  const list = looks.toSorted((a, b) => b.wall_ms - a.wall_ms).slice(0, livingMax.looks);
  return unchanged({ ...state, looks: { version, list } });
}

/** What one resident can see of others' knowledge. */
export const privacy: Machine<PrivacyState> = {
  manifest,
  initial: () => ({ told: [], looks: { version: 0, list: [] }, wellbeingAt: null, alarms: [] }),
  step(state, event) {
    switch (event.kind) {
      case "alarm-raised":
        return raised(state, event.alarm);
      case "alarm-closed":
        return closed(state, event.alarmId);
      case "person-told":
        return told(state, event);
      case "looks-told":
        return looked(state, event.version, event.looks);
      case "wellbeing-said":
        return {
          state: { ...state, wellbeingAt: event.at },
          effects: [{ kind: "tell-peer-living", body: { kind: "wellbeing", at_ms: event.at } }],
          emits: [],
          because: "the resident says that all is well",
        };
      default:
        return unchanged(state);
    }
  },
  wakeAt: () => undefined,
};
