/** What a resident, an installer and a carer are told of the daily sign. */
import { dailySignLimits } from "../../protocol/agreement.ts";
import type { ModuleManifest } from "../machine.ts";

const { usual, earliest, latest } = dailySignLimits;

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
  settings: [
    {
      key: "agreement.daily_sign",
      unit: "h",
      default: usual / 60,
      min: earliest / 60,
      max: latest / 60,
      source: "ours: late enough to be up, early enough that people can come by day",
    },
  ],
  messages: [{ reason: "no-daily-sign", level: "concern" }],
  changedBy: ["resident", "professional"],
  droppable: true,
  offAtFirst: true,
};
