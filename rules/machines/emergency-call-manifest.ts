/** What residents, installers and carers are told of the emergency call. */
import type { ModuleManifest } from "../machine.ts";

/** The emergency call cannot be dropped: it is what all of this is for. */
export const emergencyCallManifest: ModuleManifest = {
  name: "emergency-call",
  title: { de: "Notruf", en: "Emergency call" },
  basis: false,
  told: {
    de: "Pflegedienst und Helfer erfahren von Ihrem Ruf, und was die Melder dabei sagen.",
    en: "Care service and helpers learn of your call, and what the detectors say then.",
  },
  benefit: {
    de: "Ein Druck auf den Knopf ruft Hilfe; die Wohnung sagt ehrlich, wer kommt.",
    en: "A press on the button calls for help; the home says truthfully who is coming.",
  },
  needs: ["sos-button"],
  uses: ["light", "siren"],
  settings: [
    {
      key: "link.repeatEvery",
      unit: "s",
      default: 20,
      min: 2,
      max: 30,
      source: "ours: nobody on a floor waits longer than half a minute for a word",
    },
  ],
  messages: [
    { reason: "sos-pressed", level: "alarm" },
    { reason: "help-requested", level: "alarm" },
    { reason: "button-unclear", level: "concern" },
    { reason: "drill", level: "alarm" },
  ],
  changedBy: ["professional", "installer"],
  droppable: false,
};
