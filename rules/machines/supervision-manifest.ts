/** What a resident, an installer and a carer are told of supervision. */
import type { ModuleManifest } from "../machine.ts";

/** The manifest of `supervisionFor`. */
export const supervisionManifest: ModuleManifest = {
  name: "supervision",
  title: { de: "Geräteprüfung", en: "Device check" },
  basis: true,
  told: {
    de: "Der Techniker erfährt, welches Gerät schweigt oder eine neue Batterie braucht.",
    en: "The technician learns which device is silent or needs a new battery.",
  },
  benefit: {
    de: "Merkt, wenn ein Gerät schweigt, hängt oder leer wird, und sagt, was dann niemand sieht.",
    en: "Notices when a device is silent, stuck or running low, and says what nobody sees then.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [
    { reason: "radio-lost", level: "alarm" },
    { reason: "device-missing", level: "alarm" },
    { reason: "sos-button-silent", level: "concern" },
  ],
  changedBy: ["installer"],
  droppable: false,
};
