/** Lights, covers and doors as they were last heard; nothing of it survives a start (invariant 6). */
import type { Instant } from "../../protocol/time.ts";
import { type Machine, type ModuleManifest, unchanged } from "../machine.ts";

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

/** The fixtures of one home. */
export const fixtures: Machine<FixturesState> = {
  manifest,
  initial: () => ({ levels: {} }),
  step: unchanged,
  wakeAt: () => undefined,
};
