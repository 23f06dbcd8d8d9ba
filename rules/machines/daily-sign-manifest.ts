/** What a resident, an installer and a carer are told of the daily sign. */
import type { ModuleManifest } from "../machine.ts";

/** The manifest of `dailySign`. */
export const dailySignManifest: ModuleManifest = {
  name: "daily-sign",
  title: { de: "Tagesgruß", en: "Daily sign" },
  basis: false,
  told: {
    de: "Nur wenn Ihr Gruß ausbleibt, erfährt es der Pflegedienst.",
    en: "Only if your sign does not come does the care service learn of it.",
  },
  benefit: {
    de: "Fragt jeden Morgen, ob es Ihnen gut geht; kommt kein Wort von Ihnen, sieht jemand nach.",
    en: "Asks every morning whether you are well; when no word comes, somebody looks after you.",
  },
  needs: [],
  uses: [],
  // The hour is a term of the agreement: people are called by it.
  settings: [],
  messages: [{ reason: "no-daily-sign", level: "concern" }],
  changedBy: ["resident", "professional"],
  droppable: true,
  offAtFirst: true,
};
