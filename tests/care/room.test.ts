import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CareHome } from "../../care/home.ts";
import { HomeLink } from "../../care/home-link.ts";
import { type CareStore, openStore } from "../../care/store/store.ts";
import type { DownMessage } from "../../protocol/messages.ts";
import { type Instant, instant, minutes, seconds } from "../../protocol/time.ts";
import { careTopics } from "../../protocol/topics.ts";
import type { EngineState } from "../../rules/engine.ts";
import { careStates } from "../../rules/index.ts";
import { until } from "../../sim/demo/process.ts";
import { alarmOf, maier, offerOf } from "./care-rig.ts";

const plan = {
  home: "weber",
  devices: [],
  agreement: {
    version: 1,
    parties: [{ ...maier, kind: "helper", reach: [] }],
    chains: [],
    fallback: [{ tell: ["maier"], within_s: 60 }],
  },
  stove: {
    onAboveWatts: 0,
    absence: seconds(0),
    preAlarm: seconds(0),
    untouched: seconds(0),
    total: seconds(0),
    leftHome: seconds(0),
  },
  link: {
    beatEvery: seconds(60),
    silentAfter: minutes(60),
    alarmAfter: minutes(60),
    custodyWithin: seconds(20),
    closeWithin: minutes(60),
    repeatEvery: seconds(20),
  },
} as const;

const imported = {
  ...{ home: "weber", timezone: "Europe/Berlin", credentialSha256: "", version: 1 },
  ...{ link: "{}", agreement: "{}" },
};

let folder: string;
let store: CareStore;
let home: CareHome;
let link: HomeLink;
let blocker: Database.Database;
let troubles: (string | undefined)[];
let shown: EngineState | undefined;
const said: string[] = [];
const down: DownMessage[] = [];
const warnings: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "obhut-room-"));
  const file = join(folder, "care.db");
  troubles = [];
  shown = undefined;
  for (const list of [said, down, warnings]) list.splice(0);
  const now = (): Instant => instant(performance.now());
  const wall = () => ({ wall_ms: 1, trusted: true });
  store = await openStore({
    place: { sqliteFile: file },
    owner: "test",
    imports: [imported],
    room: 2,
    stamp: () => ({ mono_ms: 1, boot: "b", wall: wall(), at: now() }),
    onArrivals: () => undefined,
    onChanged: () => undefined,
    onTrouble: (why) => troubles.push(why),
    onRoom: () => home.catchUp(),
    onHomes: () => undefined,
    onSurplus: () => undefined,
    onNotice: (text) => warnings.push(text),
    onLost: (why) => {
      throw new Error(why);
    },
  });
  await store.claim();
  const common = { kept: undefined, clock: { now, wall }, boot: "boot", store };
  link = new HomeLink({
    ...common,
    home: "weber",
    publish: (topic, text) => {
      if (topic === careTopics("weber").down) down.push(JSON.parse(text) as DownMessage);
    },
    warn: (words) => warnings.push(words),
  });
  home = new CareHome({
    ...common,
    link,
    known: {
      ...{ plan, timezone: "Europe/Berlin", passwordSha256: null },
      ...{ drillDue_wall: null, absentUntil_wall: null },
    },
    local: () => ({ weekday: 1, minute: 0 }),
    say: ({ text }) => said.push(text),
    show: (state) => {
      shown = state;
    },
    tell: () => undefined,
    onRuleFault: (thrown) => {
      throw thrown;
    },
  });
  blocker = new Database(file);
});

afterEach(async () => {
  blocker.close();
  home.stop();
  link.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const offer = (id: string, alarmId: string): void =>
  receive(id, offerOf(id, alarmOf(alarmId)).body);

function receive(id: string, body: object): void {
  const head = { home: "weber", boot: "h", at_ms: 1, wall_ms: 1, wall_trusted: true };
  const text = JSON.stringify({ id, ...head, body });
  link.receive(careTopics("weber").up, Buffer.from(text), {
    message: (message, durable) => home.receive(message, durable),
    beat: () => undefined,
    holds: () => [],
  });
}

const kinds = (): string[] =>
  down.map(({ body }) => (body.kind === "receipt" ? `receipt ${body.of}` : body.kind));

test("I1: without room an alarm is told at once, and its receipt waits for the disk", async () => {
  blocker.exec("BEGIN IMMEDIATE");
  for (const n of [1, 2, 3]) offer(`m${n}`, `a${n}`);
  expect(said.filter((text) => text.startsWith("telling"))).toHaveLength(3);
  expect(kinds()).toEqual([]);
  await until("the trouble is said", () => troubles[0]);
  blocker.exec("ROLLBACK");
  await until("all are taken", () => (kinds().includes("receipt m3") ? true : undefined));
});

test("I9: without room a fault is refused, and taken when it comes again", async () => {
  const fault = { kind: "fault", fault: { subject: "hall", what: "silent", blind: [] } } as const;
  const say = (): void => receive("m9", { ...fault, cleared: false });
  blocker.exec("BEGIN IMMEDIATE");
  for (const n of [1, 2]) offer(`m${n}`, `a${n}`);
  // The memory of what was taken is read before the first message that is no offer.
  await until("the memory is read", () => {
    say();
    return warnings.join().includes("the disk does not keep up") ? true : undefined;
  });
  expect(kinds()).toEqual([]);
  blocker.exec("ROLLBACK");
  await until("the alarms are taken", () => (kinds().includes("receipt m2") ? true : undefined));
  expect(kinds()).not.toContain("receipt m9");
  say();
  await until("the fault too", () => (kinds().includes("receipt m9") ? true : undefined));
});

test("I5: what the rules decide without room is on the disk once it takes rows again", async () => {
  blocker.exec("BEGIN IMMEDIATE");
  for (const n of [1, 2]) offer(`m${n}`, `a${n}`);
  // That the home is heard tells nobody, so there is no room for a row of it.
  home.heardBeat({ holds: [] });
  const peerIn = (state: EngineState | undefined): string | undefined =>
    state && careStates(state).homeLink.peer;
  await until("the trouble is said", () => troubles[0]);
  blocker.exec("ROLLBACK");
  await until("it is shown", () => (peerIn(shown) === "reachable" ? true : undefined));
  const text = blocker
    .prepare<[], string>("SELECT state FROM homes WHERE home = 'weber'")
    .pluck()
    .get();
  expect(peerIn(JSON.parse(text ?? "null") as EngineState)).toBe("reachable");
});
