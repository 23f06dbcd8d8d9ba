/**
 * Strangers at the home's network. The hub refuses and contains them whatever is known here; this
 * tells the care service that somebody tries, once, so that a person looks after it. No alarm:
 * nobody is in need, and whoever floods must not choose when people are called.
 */
import { after, hours, type Instant, instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact, Fault } from "../events.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";

/**
 * Ours: more than somebody makes of mistakes who scans an old code, or enters an old token, again
 * and again; less than anybody makes who guesses.
 */
const refusalsMin = 10;

/** Without a new try for so long it is over, and small mistakes are forgotten. */
const quietFor = hours(24);

/** What was tried since it was last quiet for a day. */
export interface IntrusionState {
  /** Counted no further than to the threshold. */
  readonly refusals: number;
  /** When the last of it was noticed; null when nothing was. */
  readonly lastAt: Instant | null;
  /** Whether the care service was told of it. */
  readonly told: boolean;
}

/** What a resident, an installer and a carer are told of it. */
export const intrusionManifest: ModuleManifest = {
  name: "intrusion",
  title: { de: "Schutz vor Fremden", en: "Guard against strangers" },
  basis: true,
  told: {
    de: "Der Techniker erfährt, wenn Fremde Obhut in Ihrer Wohnung benutzen wollen.",
    en: "The technician learns when strangers try to use Obhut in your home.",
  },
  benefit: {
    de: "Lässt nur Geräte hinein, die verbunden wurden, und merkt, wenn andere es versuchen.",
    en: "Lets only those devices in that were paired, and notices when others try.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: ["installer"],
  droppable: false,
};

const fault: Fault = { subject: "hub", what: "intrusion", blind: [] };

const quiet: IntrusionState = { refusals: 0, lastAt: null, told: false };

/** Lives for one step only. */
interface Turn {
  state: IntrusionState;
  readonly effects: Effect[];
  readonly emits: Fact[];
  readonly why: string[];
}

function tell(turn: Turn, cleared: boolean, why: string): void {
  turn.effects.push({ kind: "tell-peer-fault", fault, cleared });
  turn.emits.push({ kind: cleared ? "fault-cleared" : "fault-found", fault });
  turn.why.push(why);
}

function endOf({ lastAt }: IntrusionState): Instant | undefined {
  return lastAt === null ? undefined : after(lastAt, quietFor);
}

/** On level: a try may be heard before the deadline that had passed. */
function forget(turn: Turn, now: Instant): void {
  const end = endOf(turn.state);
  if (end === undefined || now < end) return;
  if (turn.state.told) tell(turn, true, "nothing was tried for a day");
  turn.state = quiet;
}

function noticed(turn: Turn, tried: { refusals: number; twoPlaces: boolean }, now: Instant): void {
  const { refusals: before, told } = turn.state;
  const counted = Math.min(before + tried.refusals, refusalsMin);
  const refusals = tried.twoPlaces ? refusalsMin : counted;
  const isTold = refusals >= refusalsMin;
  turn.state = { refusals, lastAt: now, told: isTold };
  if (!isTold || told) return;
  const what = tried.twoPlaces ? "a credential is used in two places" : "somebody tries to get in";
  tell(turn, false, what);
}

/** While the gateway was away nobody could try: that time is no quiet. */
function started(state: IntrusionState, gapMs: number | null, now: Instant): IntrusionState {
  const { lastAt } = state;
  if (lastAt === null) return state;
  return { ...state, lastAt: gapMs === null ? now : instant(Math.min(now, lastAt + gapMs)) };
}

/** The strangers of one home. */
export const intrusion: Machine<IntrusionState> = {
  manifest: intrusionManifest,
  initial: () => quiet,
  step(state, event, { now }): Step<IntrusionState> {
    const turn: Turn = { state, effects: [], emits: [], why: [] };
    switch (event.kind) {
      case "intrusion-noticed":
        forget(turn, now);
        noticed(turn, event, now);
        break;
      case "gateway-started":
        turn.state = started(state, event.gapMs, now);
        break;
      case "deadline-reached":
        forget(turn, now);
        break;
      default:
        return unchanged(state);
    }
    const because = turn.why.length > 0 ? { because: turn.why.join("; ") } : {};
    return { state: turn.state, effects: turn.effects, emits: turn.emits, ...because };
  },
  wakeAt: endOf,
};
