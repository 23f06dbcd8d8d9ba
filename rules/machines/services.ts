/**
 * Services of the provider: its catalogue, and what the resident orders of it. The care service
 * decides; what it has not heard of yet is kept here and shown as not yet sent.
 */
import type { Offer, Order, OrderWord } from "../../protocol/living.ts";
import { type Machine, type ModuleManifest, unchanged } from "../machine.ts";

/** Catalogue and orders as the care service last told them, and words on their way to it. */
export interface ServicesState {
  readonly offers: { readonly version: number; readonly list: readonly Offer[] };
  readonly orders: { readonly version: number; readonly list: readonly Order[] };
  readonly waiting: readonly (OrderWord & { readonly nth: number })[];
  readonly nth: number;
}

const manifest: ModuleManifest = {
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

/** The services of one home. */
export const services: Machine<ServicesState> = {
  manifest,
  initial: () => ({
    offers: { version: 0, list: [] },
    orders: { version: 0, list: [] },
    waiting: [],
    nth: 0,
  }),
  step: unchanged,
  wakeAt: () => undefined,
};
