/** What is set of a home, and a home that is given up. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Neighbours, neighbourRequestsOf } from "../../care/neighbours.ts";
import type { OfficeAnswer } from "../../care/office/mail.ts";
import { listenerOf } from "../../care/office-bridge.ts";
import { giveHomes, readAgain, takeHomes } from "../../care/places.ts";
import type { KnownRow } from "../../care/store/rows.ts";
import { carryOut, type Wish } from "../../care/wishes.ts";
import { alarmOf, maier, offerOf } from "./care-rig.ts";
import { HomeRig, known } from "./home-rig.ts";

const agreement = {
  version: 1,
  parties: [{ ...maier, kind: "helper", reach: ["sms:+49151123456"] }],
  fallback: [{ tell: ["maier"], within_s: 60 }],
};
const account = { id: "lead", name: "Lead" };
const hourMs = 3_600_000;

let rig: HomeRig;
beforeEach(() => {
  rig = new HomeRig(agreement);
});
afterEach(() => {
  rig.close();
  vi.useRealTimers();
});

function wish(wanted: Wish): readonly OfficeAnswer[] {
  const answers: OfficeAnswer[] = [];
  carryOut(rig.common, { id: "w", home: "weber", wish: wanted }, (words) => answers.push(words));
  return answers;
}

test("I2: an absence is told to a home that is there at once, and only once it is on the disk", () => {
  const untilWall = rig.wall + hourMs;
  wish({ kind: "absence", untilWall });
  // Nobody is there to hear it; the answer to the first beat says it.
  expect(rig.beats).toEqual([]);
  rig.beat();
  expect(rig.beats).toMatchObject([{ absent_until_wall: untilWall }]);
  rig.writes = false;
  wish({ kind: "absence", untilWall: null });
  expect(rig.beats).toHaveLength(1);
  rig.writes = true;
  wish({ kind: "absence", untilWall: untilWall + 1 });
  expect(rig.beats.slice(1)).toMatchObject([{ absent_until_wall: untilWall + 1, holds: [] }]);
});

test("I2: maintenance is shown for as long as the rules expect silence, and no longer", () => {
  const week = 7 * 24 * hourMs;
  wish({ kind: "maintenance", untilWall: rig.wall + 4 * week });
  expect(rig.entries.at(-1)?.known).toEqual({ maintenance_until_wall: rig.wall + week });
  wish({ kind: "maintenance", untilWall: rig.wall + hourMs });
  expect(rig.entries.at(-1)?.known).toEqual({ maintenance_until_wall: rig.wall + hourMs });
  for (const untilWall of [null, rig.wall - 1]) {
    wish({ kind: "maintenance", untilWall });
    expect(rig.entries.at(-1)?.known).toEqual({ maintenance_until_wall: null });
  }
});

test("I2: a home that was given up says nothing more, whatever was on its way to its rules", async () => {
  let recall: (ids: readonly string[]) => void = () => undefined;
  rig.taken = () =>
    new Promise((resolve) => {
      recall = resolve;
    });
  rig.hear("m1", offerOf("", alarmOf("a1")).body);
  const { home, link } = rig.place;
  // It waits for the memory of what was taken before.
  rig.hear("m2", { kind: "declined", alarmId: "a1", by: maier, nth: 1 });
  await giveHomes(rig.common, ["weber"]);
  const [rows, said] = [rig.rows.length, rig.said.length];
  recall([]);
  await new Promise((resolve) => setImmediate(resolve));
  home.heardBeat({ holds: [] });
  home.catchUp();
  link.beat([]);
  expect([rig.rows.length, rig.said.length]).toEqual([rows, said]);
});

test("I5: a memory on which the chain fails at the start is begun anew, and people are told", async () => {
  rig.hear("m1", offerOf("", alarmOf("a1")).body);
  rig.hear("m2", { kind: "accepted", alarmId: "a1", by: maier, nth: 1 });
  const state = JSON.parse(rig.entries.at(-1)?.state ?? "null");
  delete state.machines.escalation.open[0].answers;
  await giveHomes(rig.common, ["weber"]);
  const before = rig.entries.length;
  const kept = { home: "weber", known: { known, agreement: JSON.stringify(agreement) } };
  const nothing = { closings: [], lines: [], arrivals: [], fence: 1 };
  takeHomes(rig.common, [{ ...kept, ...nothing, state: JSON.stringify(state) }], 1_000);
  expect(rig.warnings).toEqual([]);
  const rows = rig.entries.slice(before);
  expect(rows.flatMap(({ tellings = [] }) => tellings)).toMatchObject([{ party: "maier" }]);
  // Whoever was coming is not known to come any more (I2).
  expect(rows.flatMap(({ alarms = [] }) => alarms)).toEqual([{ id: "a1", accepted_by: "" }]);
});

test("I4: who is told at another process is heard by the rules at once", () => {
  rig.hear("m1", offerOf("", alarmOf("a1")).body);
  const [telling] = rig.entries.at(-1)?.tellings ?? [];
  const { id = "", party = "", step = -1, round = -1 } = telling ?? {};
  const other = new HomeRig(agreement);
  other.common.places.clear();
  const requests = neighbourRequestsOf(rig.common);
  other.common.neighbours = new Neighbours("care-2", (_topic, payload) => {
    requests.take({ publish: () => undefined }, "care-2", Buffer.from(payload));
  });
  const progress = { id, home: "weber", alarmId: "a1", party, step, round };
  listenerOf(other.common).tellingStage({ ...progress, stage: "sent" });
  expect(rig.open[0]?.chain?.reached).toEqual([]);
  listenerOf(other.common).tellingStage({ ...progress, stage: "delivered" });
  expect(rig.open[0]?.chain?.reached).toEqual(["maier"]);
  expect(rig.entries.at(-1)?.heard).toBe(id);
});

test("I3: a home is let go at whichever process it is, but not while somebody waits there", async () => {
  const other = new HomeRig(agreement);
  other.common.places.clear();
  const requests = neighbourRequestsOf(rig.common);
  const back = {
    publish: (_topic: string, text: string | Buffer) =>
      other.common.neighbours?.hear(Buffer.from(text)),
  };
  other.common.neighbours = new Neighbours("care-2", (_topic, payload) => {
    requests.take(back, "care-2", Buffer.from(payload));
  });
  const ask = (): Promise<OfficeAnswer> =>
    new Promise((resolve) => {
      const request = { home: "weber", account, kind: "forget" } as const;
      listenerOf(other.common).request(request, resolve);
    });
  rig.hear("m1", offerOf("", alarmOf("a1")).body);
  expect(await ask()).toMatchObject({
    taken: false,
    why: "an alarm of weber is open; close it first",
  });
  const closing = { by: maier, outcome: "helped", note: "" } as const;
  wish({ kind: "alarm", request: { kind: "close", alarmId: "a1", closing } });
  expect(await ask()).toMatchObject({ taken: true });
  expect(rig.common.places.size).toBe(0);
});

test("I4: a home that was let go and is not erased is given to whoever takes it", async () => {
  vi.useFakeTimers();
  wish({ kind: "forget" });
  await vi.advanceTimersByTimeAsync(59_000);
  expect([rig.common.places.size, rig.released]).toEqual([0, []]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(rig.released).toEqual(["weber"]);
});

test("I10: of two readings at once the later counts, whichever answer comes first", async () => {
  const answers: ((row: KnownRow) => void)[] = [];
  rig.load = () => new Promise((resolve) => void answers.push(resolve));
  readAgain(rig.common, "weber");
  readAgain(rig.common, "weber");
  const row = { known, agreement: JSON.stringify(agreement) };
  answers[1]?.({ ...row, known: { ...known, credential_sha256: "new" } });
  answers[0]?.({ ...row, known: { ...known, credential_sha256: "old" } });
  await new Promise((resolve) => setImmediate(resolve));
  expect(rig.place.known.passwordSha256).toBe("new");
});
