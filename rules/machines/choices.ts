/**
 * What the resident has chosen: which modules are on, and a pause for visitors that ends by itself.
 */
import type { Instant } from "../../protocol/time.ts";
import type { ChoiceView } from "../../protocol/view.ts";
import { type Machine, type ModuleManifest, unchanged } from "../machine.ts";

/** One module as the resident chose it. */
export interface ModuleChoice {
  readonly on: boolean;
  /** Asked for, and not answered by the care service yet. */
  readonly asked: { readonly ask: string; readonly on: boolean; readonly at: Instant } | null;
  /** Newest first; bounded by `livingMax.history`. */
  readonly history: readonly ChoiceView[];
}

/** Choices by module; a module that is not there is on. Bounded by the manifests. */
export interface ChoicesState {
  readonly modules: Readonly<Record<string, ModuleChoice>>;
  readonly pausedUntil: Instant | null;
  /** Counts what was told of it to the care service. */
  readonly nth: number;
}

const manifest: ModuleManifest = {
  name: "choices",
  title: { de: "Ihre Auswahl", en: "Your choices" },
  basis: true,
  told: {
    de: "Der Pflegedienst erfährt, welche Dienste Sie gewählt haben, und ob gerade Pause ist.",
    en: "The care service learns which modules you chose, and whether there is a pause.",
  },
  benefit: {
    de: "Merkt sich, was Sie gewählt haben, und die Pause, wenn Besuch da ist.",
    en: "Remembers what you chose, and the pause while you have visitors.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: ["resident", "professional"],
  droppable: false,
};

/** The choices of one home. */
export const choices: Machine<ChoicesState> = {
  manifest,
  initial: () => ({ modules: {}, pausedUntil: null, nth: 0 }),
  step: unchanged,
  wakeAt: () => undefined,
};
