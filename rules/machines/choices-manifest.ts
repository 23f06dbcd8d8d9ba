/** What a resident, an installer and a carer are told of the choices. */
import type { ModuleManifest } from "../machine.ts";

/** The manifest of `choicesFor`. */
export const choicesManifest: ModuleManifest = {
  name: "choices",
  title: { de: "Ihre Auswahl", en: "Your choices" },
  basis: true,
  told: {
    de: "Der Pflegedienst erfährt, was Sie gewählt haben, und ob gerade Pause ist.",
    en: "The care service learns what you chose, and whether there is a pause.",
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
