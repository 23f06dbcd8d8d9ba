/** Scenes of a home for looks: each is a state that the rules can show. */
import { instant } from "../../protocol/time.ts";
import type { AlarmView, HomeView, StoveView } from "../../protocol/view.ts";

export const alarmOf = (more: Partial<AlarmView> = {}): AlarmView => ({
  id: "call-1",
  category: "emergency-call",
  level: "alarm",
  reason: "sos-pressed",
  device: "bath-button",
  room: "bath",
  raisedAt: instant(99_990_000),
  late: false,
  drill: false,
  stage: "stored",
  stored: true,
  acceptedBy: [],
  told: [],
  falseAlarmSaid: false,
  ...more,
});

export const stoveOf = (more: Partial<StoveView> = {}): StoveView => ({
  phase: "off",
  since: instant(98_000_000),
  powerW: 0,
  presence: "seen",
  cutAt: null,
  cutBecause: null,
  resetAllowed: false,
  resetRefusedBecause: "off",
  resetRefusedBy: null,
  holdUntil: null,
  ...more,
});

export interface Scene {
  readonly name: string;
  readonly view: Partial<HomeView>;
  /** Buttons to press, one after the other, to come there. */
  readonly way?: readonly { readonly de: string; readonly en: string }[];
}

const stove = { de: "Herd", en: "Stove" };
const more = { de: "Mehr", en: "More" };
const settings = { de: "Sprache und Schrift", en: "Language and text" };
const smoke = alarmOf({
  id: "fire-1",
  category: "hazard",
  reason: "smoke",
  device: "kitchen-smoke",
  room: "kitchen",
  stage: "with-care",
  told: ["Anna Weber"],
});
const longName = "Annegret Freifrau von Droste-Hülshoff-Schwarzenberg";
const coming = alarmOf({
  stage: "coming",
  acceptedBy: ["Frau Maier"],
  told: ["Anna Weber", "Herr Yilmaz", "Frau Maier"],
});

/** The frame's own scenes; the pages behind it have theirs beside them. */
export const scenes: readonly Scene[] = [
  { name: "home", view: { stove: stoveOf() } },
  { name: "home-no-path", view: { stove: stoveOf(), link: { care: "lost" } } },
  {
    name: "home-fault-drill",
    view: {
      stove: stoveOf({ phase: "unknown" }),
      alarms: [
        alarmOf({ id: "f", category: "fault", reason: "radio-lost", stage: "with-care" }),
        alarmOf({ id: "d", reason: "drill", drill: true, stage: "with-care" }),
      ],
    },
  },
  { name: "call-stored", view: { alarms: [alarmOf()] } },
  { name: "call-coming", view: { alarms: [coming] } },
  {
    name: "call-long-names",
    view: {
      alarms: [
        alarmOf({
          stage: "coming",
          room: "Hauswirtschaftsraum neben der Einliegerwohnung",
          acceptedBy: [longName, "Frau Dr. Papadopoulou-Brinkmann"],
          told: [longName, "Anna Weber", "Herr Yilmaz", "Frau Dr. Papadopoulou-Brinkmann"],
        }),
      ],
    },
  },
  {
    name: "call-no-path",
    view: { alarms: [alarmOf({ stage: "no-path" })], link: { care: "lost" } },
  },
  {
    name: "call-no-path-unstored",
    view: { alarms: [alarmOf({ stage: "no-path", stored: false })], link: { care: "lost" } },
  },
  { name: "fire", view: { alarms: [smoke] } },
  { name: "fire-and-call", view: { alarms: [coming, smoke] } },
  {
    name: "stove-not-off",
    view: { alarms: [alarmOf({ id: "s", category: "stove", reason: "stove-not-off" })] },
  },
  {
    name: "daily-sign",
    view: {
      alarms: [
        alarmOf({ id: "n", category: "inactivity", level: "concern", reason: "no-daily-sign" }),
      ],
    },
  },
  {
    name: "stove-on",
    view: { stove: stoveOf({ phase: "on", since: instant(99_400_000) }) },
    way: [stove],
  },
  {
    name: "stove-warned",
    view: { stove: stoveOf({ phase: "warned", presence: "absent", cutAt: instant(100_600_000) }) },
  },
  {
    name: "stove-cut",
    view: {
      stove: stoveOf({
        phase: "proved-off",
        cutBecause: "absence",
        resetAllowed: true,
        resetRefusedBecause: null,
      }),
    },
    way: [stove],
  },
  {
    name: "stove-refused",
    view: {
      stove: stoveOf({ phase: "cut", cutBecause: "smoke", resetRefusedBecause: "hazard" }),
    },
    way: [stove],
  },
  { name: "more", view: {}, way: [more] },
  { name: "settings", view: {}, way: [more, settings] },
];
