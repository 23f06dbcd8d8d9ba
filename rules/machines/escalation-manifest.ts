/** What residents, installers and carers are told of escalation. */
import type { ModuleManifest } from "../machine.ts";

/** Escalation cannot be dropped: every other module's alarms go through it. */
export const escalationManifest: ModuleManifest = {
  name: "escalation",
  title: { de: "Wer gerufen wird", en: "Who is called" },
  basis: true,
  told: {
    de: "Wer in Ihrer Vereinbarung steht, erfährt von einem Notruf.",
    en: "Those named in your agreement learn of an emergency call.",
  },
  benefit: {
    de:
      "Ein Alarm geht von Mensch zu Mensch, bis jemand kommt, " +
      "auch wenn die Zentrale nicht erreichbar ist.",
    en:
      "An alarm goes from person to person until somebody comes, " +
      "even when the care service cannot be reached.",
  },
  needs: [],
  uses: [],
  settings: [
    {
      key: "link.custodyWithin",
      unit: "s",
      default: 20,
      min: 3,
      max: 120,
      source: "ours: a message there and back, two tries; then two custodians rather than none",
    },
    {
      key: "link.closeWithin",
      unit: "min",
      default: 60,
      min: 5,
      max: 240,
      source: "ours: long enough to come and help, short enough that a broken car is noticed",
    },
  ],
  messages: [],
  changedBy: ["professional", "installer"],
  droppable: false,
};
