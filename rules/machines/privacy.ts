/** What the resident can see: who was told of an alarm, and who looked at the resident's data. */
import type { Look } from "../../protocol/living.ts";
import type { Instant } from "../../protocol/time.ts";
import type { ToldView } from "../../protocol/view.ts";
import { type Machine, type ModuleManifest, unchanged } from "../machine.ts";

/** Newest first, each bounded by `livingMax`. */
export interface PrivacyState {
  readonly told: readonly ToldView[];
  readonly looks: { readonly version: number; readonly list: readonly Look[] };
  readonly wellbeingAt: Instant | null;
}

const manifest: ModuleManifest = {
  name: "privacy",
  title: { de: "Wer weiß was", en: "Who knows what" },
  basis: true,
  told: { de: "Niemand erfährt etwas.", en: "Nobody is told anything." },
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

/** What one resident can see of others' knowledge. */
export const privacy: Machine<PrivacyState> = {
  manifest,
  initial: () => ({ told: [], looks: { version: 0, list: [] }, wellbeingAt: null }),
  step: unchanged,
  wakeAt: () => undefined,
};
