/** By which hour the care service chooses whom to call. */
import { afterEach, expect, test } from "vitest";
import { carryOut } from "../../care/wishes.ts";
import { alarmOf, maier, offerOf, yilmaz } from "./care-rig.ts";
import { HomeRig } from "./home-rig.ts";

const parties = [maier, yilmaz].map((party) => ({ ...party, kind: "helper" }));
const by = (party: { readonly id: string }) => [{ tell: [party.id], within_s: 60 }];

/** Frau Maier as a rule, Herr Yilmaz when this chain fits. */
const agreement = (fits: object) => ({
  version: 1,
  parties,
  chains: [{ name: "other", for: ["emergency-call"], steps: by(yilmaz), ...fits }],
  fallback: by(maier),
});

let rig: HomeRig;
afterEach(() => rig.close());

/** Whom an alarm at this moment calls. */
function calledAt(utc: string): string | undefined {
  rig.wall = Date.parse(utc);
  const id = `a${utc}`;
  rig.hear(`m${utc}`, offerOf("", alarmOf(id)).body);
  return rig.open.find(({ alarm }) => alarm.id === id)?.chain?.steps[0]?.tell[0];
}

test("I5: a holiday's chain serves from its first second, and not one longer", () => {
  rig = new HomeRig(agreement({ holidays: "only" }), "2026-12-24T22:58:00Z");
  expect(calledAt("2026-12-24T22:59:59Z")).toBe("maier");
  expect(calledAt("2026-12-24T23:00:01Z")).toBe("yilmaz");
  expect(calledAt("2026-12-26T22:59:59Z")).toBe("yilmaz");
  expect(calledAt("2026-12-26T23:00:01Z")).toBe("maier");
});

test("I5: summer time is known from its first second", () => {
  rig = new HomeRig(agreement({ from: "03:00", until: "04:00" }), "2026-03-29T00:50:00Z");
  expect(calledAt("2026-03-29T00:59:59Z")).toBe("maier");
  expect(calledAt("2026-03-29T01:00:01Z")).toBe("yilmaz");
});

test("an hour's chain serves from the minute that it names", () => {
  rig = new HomeRig(agreement({ from: "22:00", until: "06:00" }), "2026-11-27T20:50:30Z");
  expect(calledAt("2026-11-27T20:59:59Z")).toBe("maier");
  expect(calledAt("2026-11-27T21:00:00Z")).toBe("yilmaz");
});

test("an absence ends with its last second, and nobody need think of it", () => {
  rig = new HomeRig(agreement({ while: "absent" }));
  const untilWall = Date.parse("2026-11-27T12:05:00Z");
  const wish = { kind: "absence", untilWall } as const;
  carryOut(rig.common, { id: "w", home: "weber", wish }, () => undefined);
  expect(calledAt("2026-11-27T12:04:59Z")).toBe("yilmaz");
  expect(calledAt("2026-11-27T12:05:00Z")).toBe("maier");
});

test("that the hour was told is no row of its own", () => {
  rig = new HomeRig(agreement({}));
  const before = rig.entries.length;
  calledAt("2026-11-27T13:00:00Z");
  expect(rig.entries.slice(before).map(({ message }) => message)).toEqual([
    "m2026-11-27T13:00:00Z",
  ]);
});
