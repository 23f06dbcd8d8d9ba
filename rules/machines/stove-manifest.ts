/** What a resident, an installer and a carer are told of the stove guard. */
import type { ModuleManifest } from "../machine.ts";

/** The manifest of `stoveGuard`. */
export const stoveManifest: ModuleManifest = {
  name: "stove-guard",
  title: { de: "Herdwache", en: "Stove guard" },
  basis: false,
  told: {
    de: "Nur wenn der Herd sich nicht abschalten lässt, erfährt es der Pflegedienst.",
    en: "Only if the stove cannot be switched off does the care service learn of it.",
  },
  benefit: {
    de: "Schaltet einen vergessenen Herd ab und prüft, dass er wirklich aus ist.",
    en: "Cuts a forgotten stove and proves that it is really off.",
  },
  needs: ["stove-relay", "kitchen-motion"],
  uses: [
    "stove-meter",
    "front-door",
    "hall-motion",
    "bath-motion",
    "bedroom-motion",
    "living-motion",
    "smoke",
    "heat",
  ],
  settings: [
    {
      key: "onAboveWatts",
      unit: "W",
      default: 30,
      min: 5,
      max: 200,
      source: "ours: above the standby of a clock and display, below the smallest hob",
    },
    {
      key: "absence",
      unit: "min",
      default: 5,
      min: 0.1,
      max: 8,
      source: "CookStop: default 5 min, at most 8 min advised; seconds only to show the cut",
    },
    {
      key: "preAlarm",
      unit: "s",
      default: 15,
      min: 5,
      max: 15,
      source: "EN 50615:2015: warning for at most 15 s before the cut",
    },
    {
      key: "untouched",
      unit: "h",
      default: 3,
      min: 0.5,
      max: 3,
      source: "my.cook.guard: cut after 3 h on without use",
    },
    {
      key: "total",
      unit: "h",
      default: 5,
      min: 1,
      max: 5,
      source: "my.cook.guard: cut after 5 h on in all",
    },
    {
      key: "leftHome",
      unit: "min",
      default: 2,
      min: 0.5,
      max: 5,
      source: "ours: somebody who stayed passes a sensor within two minutes of closing the door",
    },
  ],
  messages: [
    { reason: "stove-not-off", level: "alarm" },
    { reason: "stove-unguarded", level: "alarm" },
  ],
  changedBy: ["resident", "professional", "installer"],
  droppable: true,
};
