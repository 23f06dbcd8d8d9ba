/**
 * Lights, covers and doors as they were last heard; nothing of it survives a start (invariant 6).
 */
import { deviceById, type PlannedDevice } from "../../protocol/home.ts";
import type { Instant } from "../../protocol/time.ts";
import {
  type Machine,
  type ModuleManifest,
  type Step,
  type Surroundings,
  unchanged,
} from "../machine.ts";

/** By device, bounded by the plan. Of a door 0 is closed and 100 open. */
export interface FixturesState {
  readonly levels: Readonly<Record<string, { readonly level: number; readonly since: Instant }>>;
}

const manifest: ModuleManifest = {
  name: "fixtures",
  title: { de: "Licht, Rollläden, Tür", en: "Lights, shutters, door" },
  basis: true,
  told: { de: "Niemand erfährt etwas.", en: "Nobody is told anything." },
  benefit: {
    de: "Zeigt, ob Licht brennt und die Tür zu ist, und schaltet es von hier.",
    en: "Shows whether a light is on and the door closed, and switches them from here.",
  },
  needs: [],
  uses: ["light", "cover", "front-door"],
  settings: [],
  messages: [],
  changedBy: ["resident"],
  droppable: false,
};

/** Whether this is a light or a cover of the home. A stove's relay is nothing else besides. */
function isLevelled(device: PlannedDevice | undefined): boolean {
  const roles = device?.roles ?? [];
  return (roles.includes("light") || roles.includes("cover")) && !roles.includes("stove-relay");
}

interface Reading {
  readonly device: string;
  readonly level: number;
}

/** `since` is when it became so: a repeat of what is known changes nothing. */
function heard(
  state: FixturesState,
  { device, level }: Reading,
  now: Instant,
): Step<FixturesState> {
  if (state.levels[device]?.level === level) return unchanged(state);
  return unchanged({ levels: { ...state.levels, [device]: { level, since: now } } });
}

/** What is no longer known: silence is no state, and a radio that was away has missed words. */
function forgotten(state: FixturesState, isGone: (device: string) => boolean): Step<FixturesState> {
  const kept = Object.entries(state.levels).filter(([device]) => !isGone(device));
  if (kept.length === Object.keys(state.levels).length) return unchanged(state);
  return unchanged({ levels: Object.fromEntries(kept) });
}

/** A level of 0 to 100 in whole steps, whatever the driver read. */
const bounded = (level: number): number => Math.min(100, Math.max(0, Math.round(level)));

const isByRadio = ({ plan }: Surroundings, device: string): boolean =>
  deviceById(plan, device)?.byRadio ?? true;

/** The fixtures of one home. */
export const fixtures: Machine<FixturesState> = {
  manifest,
  initial: () => ({ levels: {} }),
  step(state, event, around) {
    switch (event.kind) {
      case "level-read": {
        const { device } = event;
        if (!isLevelled(deviceById(around.plan, device))) return unchanged(state);
        return heard(state, { device, level: bounded(event.level) }, around.now);
      }
      case "contact-sensed": {
        const { device, open } = event;
        const isDoor = deviceById(around.plan, device)?.roles.includes("front-door") ?? false;
        return isDoor
          ? heard(state, { device, level: open ? 100 : 0 }, around.now)
          : unchanged(state);
      }
      case "gateway-started":
        return forgotten(state, () => true);
      case "radio-lost":
        return forgotten(state, (device) => isByRadio(around, device));
      case "fault-found": {
        const { subject, what } = event.fault;
        const isSilence = what === "silent" || what === "missing";
        return isSilence ? forgotten(state, (device) => device === subject) : unchanged(state);
      }
      default:
        return unchanged(state);
    }
  },
  wakeAt: () => undefined,
};
