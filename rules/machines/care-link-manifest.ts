/** What residents, installers and carers are told of the link, which both sides watch. */
import type { ModuleManifest } from "../machine.ts";

/** The manifest of `careLink` at the home and of `homeLink` at the care service. */
export const careLinkManifest: ModuleManifest = {
  name: "care-link",
  title: { de: "Verbindung zur Zentrale", en: "Link to the care service" },
  basis: true,
  told: {
    de: "Die Zentrale erfährt, dass Ihre Wohnung erreichbar ist.",
    en: "The care service learns that your home can be reached.",
  },
  benefit: {
    de: "Die Wohnung und die Zentrale achten aufeinander; reißt die Verbindung ab, wird es gesagt.",
    en: "The home and the care service watch each other; when the link breaks, it is said.",
  },
  needs: [],
  uses: [],
  settings: [
    {
      key: "link.beatEvery",
      unit: "s",
      default: 60,
      min: 1,
      max: 60,
      source: "ours: the transport finds a break within 15 s; a beat proves what is behind it",
    },
    {
      key: "link.silentAfter",
      unit: "s",
      default: 150,
      min: 3,
      max: 180,
      source: "ours: two beats of link.beatEvery missed, and half of one",
    },
    {
      key: "link.alarmAfter",
      unit: "s",
      default: 180,
      min: 3,
      max: 900,
      source: "ours: three beats of link.beatEvery, and longer than a restart takes",
    },
  ],
  messages: [{ reason: "home-silent", level: "alarm" }],
  changedBy: ["professional", "installer"],
  droppable: false,
};
