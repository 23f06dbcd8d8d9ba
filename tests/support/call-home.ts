/** A home with a chain of three steps, people who answer, and alarms, for tests of call and custody. */
import type { Alarm, Closing, Person } from "../../protocol/alarm.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, instant, minutes, seconds } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";
import { onBattery, stoveHome } from "./stove-home.ts";

export const anna: Person = { id: "anna", name: "Anna" };
export const bert: Person = { id: "bert", name: "Bert" };
export const desk: Person = { id: "desk", name: "Hausnotruf" };

/** At night only the desk is told; by day first Anna and Bert, then Bert alone, then the desk. */
export const callHome: HomePlan = {
  ...stoveHome,
  devices: [
    onBattery("sos", "sos-button", "bath", hours(12)),
    onBattery("sos2", "sos-button", "hall", hours(12)),
  ],
  agreement: {
    version: 1,
    parties: [
      { ...anna, kind: "helper", reach: [] },
      { ...bert, kind: "helper", reach: [] },
      { ...desk, kind: "service", reach: [] },
    ],
    chains: [
      {
        name: "night",
        categories: ["emergency-call"],
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        from_minute: 1_320,
        until_minute: 360,
        steps: [{ tell: ["desk"], within_s: 90 }],
      },
    ],
    fallback: [
      { tell: ["anna", "bert"], within_s: 60 },
      { tell: ["bert"], within_s: 120 },
      { tell: ["desk"], within_s: 180 },
    ],
  },
  link: {
    beatEvery: seconds(5),
    silentAfter: seconds(15),
    alarmAfter: seconds(60),
    custodyWithin: seconds(20),
    closeWithin: minutes(60),
    repeatEvery: seconds(20),
  },
};

export function alarmOf(id: string, change: Partial<Alarm> = {}): Alarm {
  return {
    id,
    category: "emergency-call",
    level: "alarm",
    reason: "sos-pressed",
    raisedAt: instant(0),
    late: false,
    ...change,
  };
}

export const closingBy = (by: Person): Closing => ({ by, outcome: "helped", note: "" });

export const raise = (id: string, change: Partial<Alarm> = {}): Fact => ({
  kind: "alarm-raised",
  alarm: alarmOf(id, change),
});

export const accept = (alarmId: string, by: Person, nth?: number): Fact => ({
  kind: "alarm-accepted",
  alarmId,
  by,
  ...(nth === undefined ? { from: "here" } : { from: "peer", nth }),
});

export const decline = (alarmId: string, by: Person, nth?: number): Fact => ({
  kind: "alarm-declined",
  alarmId,
  by,
  ...(nth === undefined ? { from: "here" } : { from: "peer", nth }),
});

export const close = (alarmId: string, by: Person, from: "here" | "peer" = "here"): Fact => ({
  kind: "alarm-closed",
  alarmId,
  closing: closingBy(by),
  from,
});

export const take = (alarmId: string, epoch: number): Fact => ({
  kind: "custody-taken",
  alarmId,
  epoch,
});

export const beat = (...holds: readonly { alarmId: string; epoch: number }[]): Fact => ({
  kind: "peer-heard",
  holds,
});
