/** What people are told of the services. */
import type { ModuleManifest } from "../machine.ts";

/** Part of the house: a resident who wants none orders none. */
export const servicesManifest: ModuleManifest = {
  name: "services",
  title: { de: "Dienste", en: "Services" },
  basis: true,
  told: {
    de: "Der Pflegedienst erfährt, was Sie bestellen.",
    en: "The care service learns what you order.",
  },
  benefit: {
    de: "Essen, Reinigung, Fahrten und Besuche bestellen und sehen, wer wann kommt.",
    en: "Order meals, cleaning, drives and visits, and see who comes when.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: ["resident", "professional"],
  droppable: false,
};
