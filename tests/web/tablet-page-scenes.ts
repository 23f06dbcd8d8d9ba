/** Scenes of the pages behind the home screen: modules, services, privacy, pause, rooms. */
import type { Offer } from "../../protocol/living.ts";
import { instant } from "../../protocol/time.ts";
import type { FixtureView, ModuleView, ServicesView } from "../../protocol/view.ts";
import type { ModuleManifest } from "../../rules/machine.ts";
import { dailySignManifest } from "../../rules/machines/daily-sign-manifest.ts";
import { emergencyCallManifest } from "../../rules/machines/emergency-call-manifest.ts";
import { stoveManifest } from "../../rules/machines/stove-manifest.ts";
import { galleryWall } from "./tablet-hub.ts";
import type { Scene } from "./tablet-scenes.ts";

/** A card as the rules show it, with the sentences of the real module. */
export const moduleOf = (
  { name, title, benefit, told, basis, droppable }: ModuleManifest,
  view: Partial<ModuleView> = {},
): ModuleView => ({
  name,
  title,
  benefit,
  told,
  basis,
  devices: [],
  on: true,
  droppable,
  needsCare: false,
  heldBy: null,
  asked: null,
  history: [],
  sees: "all",
  blindBecause: [],
  ...view,
});

const kitchen = [
  { role: "stove-relay", room: "kitchen" },
  { role: "kitchen-motion", room: "kitchen" },
] as const;

const changed = { at: instant(90_000_000), from: "resident", by: "tablet", note: "" } as const;
const maier = { at: instant(95_000_000), from: "care", by: "frau-maier" } as const;

export const modules: readonly ModuleView[] = [
  moduleOf(emergencyCallManifest, { devices: [{ role: "sos-button", room: "bath" }] }),
  moduleOf(stoveManifest, {
    devices: kitchen,
    needsCare: true,
    history: [
      { ...maier, on: false, state: "refused", note: "Wir sprechen morgen darüber." },
      { ...changed, on: false, state: "asked" },
    ],
  }),
  moduleOf(dailySignManifest, { on: false }),
];

const asking = modules.map((module) =>
  module.name === "stove-guard"
    ? { ...module, asked: { on: false, at: instant(99_000_000) } }
    : { ...module, sees: "less" as const },
);

export const offers: readonly Offer[] = [
  {
    id: "meals",
    kind: "meals",
    title: { de: "Essen auf Rädern", en: "Meals on wheels" },
    about: {
      de: "Ein warmes Essen, mittags an Ihre Tür gebracht.",
      en: "A warm meal, brought to your door at noon.",
    },
    price: { de: "8,50 Euro für ein Essen", en: "8.50 euros for a meal" },
    told: {
      de: "Die Küche erfährt Ihren Namen und Ihre Adresse.",
      en: "The kitchen learns your name.",
    },
  },
  {
    id: "hairdresser",
    kind: "hairdresser",
    title: { de: "Friseur", en: "Hairdresser" },
    about: { de: "Der Friseur kommt zu Ihnen nach Hause.", en: "The hairdresser comes to you." },
    price: { de: "", en: "" },
    told: { de: "Der Friseur erfährt Ihren Namen.", en: "The hairdresser learns your name." },
  },
];

type ShownOrder = ServicesView["orders"][number];

export const orderOf = (more: Partial<ShownOrder> = {}): ShownOrder => ({
  id: "order-1",
  service: "meals",
  title: { de: "Essen auf Rädern", en: "Meals on wheels" },
  act: "ask",
  nth: 1,
  state: "confirmed",
  day: "2026-11-27",
  part: "noon",
  from_ms: galleryWall + 3 * 3_600_000,
  who: "Herr Schulz",
  note: "",
  sent: true,
  ...more,
});

export const orders: readonly ShownOrder[] = [
  orderOf(),
  orderOf({ id: "order-2", state: "asked", day: "2026-11-28", from_ms: null, who: "" }),
  orderOf({
    id: "order-3",
    service: "hairdresser",
    title: { de: "Friseur", en: "Hairdresser" },
    state: "asked",
    day: "2026-12-01",
    part: "morning",
    from_ms: null,
    who: "",
    sent: false,
  }),
  orderOf({ id: "order-4", state: "declined", day: "2026-12-02", note: "Da ist geschlossen." }),
];

const week = ["2026-11-27", "2026-11-28", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"];

const fullWeek: readonly ShownOrder[] = week.flatMap((day, nth) => [
  orderOf({ id: `noon-${nth}`, day, note: "Herr Schulz bringt den Schlüssel wieder mit." }),
  orderOf({ id: `evening-${nth}`, day, part: "evening", state: "asked", act: "change", who: "" }),
]);

const fixtures: readonly FixtureView[] = [
  { id: "lamp", kind: "light", room: "living", level: 100, since: instant(99_000_000) },
  { id: "shutter", kind: "cover", room: "bedroom", level: 40, since: instant(99_000_000) },
  { id: "hall-lamp", kind: "light", room: "hall", level: null, since: null },
  { id: "door", kind: "door", room: "hall", level: 0, since: instant(99_000_000) },
];

const look = { id: "look-1", who: "Frau Maier", role: "staff", wall_ms: galleryWall - 7_200_000 };

const told = { alarmId: "call-1", reason: "sos-pressed", category: "emergency-call" } as const;

const more = { de: "Mehr", en: "More" };
const modulesPage = { de: "Was Obhut für Sie tut", en: "What Obhut does for you" };
const stoveCard = { de: "Herdwache: Mehr dazu", en: "Stove guard: More about it" };
const services = { de: "Dienste", en: "Services" };
const mealsOrder = { de: "Essen auf Rädern: Bestellen", en: "Meals on wheels: Order" };
const privacyPage = { de: "Wer weiß was über mich?", en: "Who knows what about me?" };
const pausePage = { de: "Pause für Besuch", en: "Pause for visitors" };
const rooms = { de: "Zuhause", en: "My home" };

export const pageScenes: readonly Scene[] = [
  { name: "question", view: { question: { kind: "daily-sign", until: instant(100_800_000) } } },
  { name: "rooms", view: { fixtures }, way: [rooms] },
  { name: "pause", view: {}, way: [more, pausePage] },
  { name: "pause-runs", view: { pause: { until: instant(180_000_000) } }, way: [more, pausePage] },
  { name: "modules", view: { modules }, way: [more, modulesPage] },
  { name: "modules-asked", view: { modules: asking }, way: [more, modulesPage] },
  { name: "module", view: { modules }, way: [more, modulesPage, stoveCard] },
  { name: "services", view: { services: { offers, orders } }, way: [services] },
  { name: "services-full", view: { services: { offers, orders: fullWeek } }, way: [services] },
  { name: "services-none", view: {}, way: [services] },
  { name: "order-day", view: { services: { offers, orders } }, way: [services, mealsOrder] },
  {
    name: "privacy",
    view: {
      modules,
      privacy: {
        looks: [
          { ...look, what: "alarm" },
          { ...look, id: "look-2", what: "history", wall_ms: galleryWall - 90_000_000 },
        ],
        told: [
          { ...told, who: "Anna Weber", at: instant(99_500_000) },
          { ...told, who: "Herr Yilmaz", at: instant(99_560_000) },
        ],
        wellbeing: null,
      },
    },
    way: [more, privacyPage],
  },
];
