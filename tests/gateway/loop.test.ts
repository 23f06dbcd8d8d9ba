import { afterEach, describe, expect, test } from "vitest";
import { type Loop, startLoop } from "../../gateway/loop.ts";
import { createPerformer } from "../../gateway/perform.ts";
import type {
  Announcement,
  Hub,
  Journal,
  JournalEntry,
  OutboxMessage,
  Radio,
} from "../../gateway/ports.ts";
import { instant } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";
import { initialState, type MachineList } from "../../rules/engine.ts";
import { homeMachines } from "../../rules/index.ts";
import { callHome } from "../support/call-home.ts";

/** A journal whose disk answers when the test says so. */
function stalledJournal() {
  const entries: JournalEntry[] = [];
  const waiting: (() => void)[] = [];
  const refusals: ((why: Error) => void)[] = [];
  const journal: Journal = {
    append: (entry) => {
      entries.push(entry);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        refusals.push(reject);
      });
    },
    settle: () => undefined,
    snapshot: () => undefined,
    close: () => Promise.resolve(),
  };
  const refuse = async (): Promise<void> => {
    for (const reject of refusals.splice(0)) reject(new Error("memory is full"));
    waiting.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
  };
  const durable = async (): Promise<void> => {
    for (const resolve of waiting.splice(0)) resolve();
    refusals.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { journal, entries, durable, refuse };
}

interface Bench {
  readonly loop: Loop;
  readonly entries: readonly JournalEntry[];
  readonly durable: () => Promise<void>;
  readonly refuse: () => Promise<void>;
  readonly acts: string[];
  readonly sent: OutboxMessage[];
  readonly announced: Announcement[];
  readonly views: HomeView[];
  readonly faults: unknown[];
  readonly clock: { now: number };
}

let running: Loop | undefined;
afterEach(() => running?.stop());

function bench(machines: MachineList = homeMachines): Bench {
  const acts: string[] = [];
  const sent: OutboxMessage[] = [];
  const announced: Announcement[] = [];
  const views: HomeView[] = [];
  const faults: unknown[] = [];
  const clock = { now: 1_000 };
  const { journal, entries, durable, refuse } = stalledJournal();
  const act = (words: string) => {
    acts.push(words);
    return Promise.resolve({ ok: true, detail: words });
  };
  const radio: Radio = {
    start: () => undefined,
    stop: () => Promise.resolve(),
    cutPower: (device, way) => act(`cut ${device} ${way}`),
    givePower: (device) => act(`give ${device}`),
    readRelay: (device) => act(`read ${device}`),
    signal: (pattern) => void acts.push(`signal ${pattern}`),
    wish: () => act("wish"),
  };
  const hub: Hub = {
    showState: (view) => void views.push(view),
    announce: (announcement) => void announced.push(announcement),
    showEvent: () => undefined,
    answer: () => undefined,
    close: () => Promise.resolve(),
  };
  const plan = callHome;
  const now = () => instant(clock.now);
  const wall = () => ({ wall_ms: 0, trusted: false });
  const loop = startLoop({
    machines,
    plan,
    clock: { now, wall },
    journal,
    performer: createPerformer({
      plan,
      clock: { now, wall },
      radio,
      hub,
      send: (message) => void sent.push(message),
      hear: (fact) => running?.hear(fact),
      onFault: (thrown) => void faults.push(thrown),
    }),
    state: initialState(machines, plan),
    boot: "boot",
    onRuleFault: (thrown) => void faults.push(thrown),
    onJournalFault: (thrown) => void faults.push(thrown),
  });
  running = loop;
  return { loop, entries, durable, refuse, acts, sent, announced, views, faults, clock };
}

const button = { kind: "button-pressed", device: "sos" } as const;

describe("the loop", () => {
  test("I1: acts and the offer of custody are out while the disk has not answered", () => {
    const { loop, acts, sent, entries } = bench();
    loop.hear(button);
    expect(acts).toContain("signal called");
    expect(sent.map(({ body }) => body.kind)).toEqual(["custody-offered"]);
    expect(entries[0]?.outbox).toEqual(sent);
  });

  test("I2: nothing is promised or shown before the disk has it, and then it is", async () => {
    const { loop, announced, views, durable } = bench();
    loop.hear(button);
    await new Promise((resolve) => setImmediate(resolve));
    expect(announced).toEqual([]);
    expect(views).toEqual([]);
    await durable();
    expect(announced.map(({ key }) => key)).toEqual(["help-stored"]);
    expect(views.at(-1)?.alarms).toHaveLength(1);
  });

  test("I2: a routine report does not show an alarm that is not on disk yet", async () => {
    const { loop, views } = bench();
    loop.hear(button);
    loop.hear({ kind: "device-heard", device: "sos" });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(views).toEqual([]);
  });

  test("I1: a disk that never answers does not silence what the care service has on its own", () => {
    const { loop, sent, announced } = bench();
    loop.hear(button);
    const [offer] = sent;
    const alarmId = offer?.body.kind === "custody-offered" ? offer.body.alarm.id : "";
    loop.hear({ kind: "custody-taken", alarmId, epoch: 1 });
    expect(announced.map(({ key }) => key)).toEqual(["help-with-care"]);
  });

  test("I2: an entry that will never be on disk is promised nothing, and hides nothing", async () => {
    const { loop, announced, views, faults, refuse } = bench();
    loop.hear(button);
    await refuse();
    expect(announced).toEqual([]);
    expect(faults).toHaveLength(1);
    loop.hear({ kind: "device-heard", device: "sos" });
    await expect.poll(() => views.length).toBeGreaterThan(0);
  });

  test("a request is answered only once it is on disk", async () => {
    const { loop, durable } = bench();
    let answered = false;
    loop.hear({ kind: "help-requested", client: "tablet" }, () => {
      answered = true;
    });
    expect(answered).toBe(false);
    await durable();
    expect(answered).toBe(true);
  });

  test("I4: a deadline that passed is heard, with how late it is", async () => {
    const { loop, clock, entries } = bench();
    loop.hear(button);
    clock.now += 3_600_000;
    loop.hear({ kind: "device-heard", device: "sos" });
    await expect
      .poll(() => entries.find(({ event }) => event.kind === "deadline-reached")?.event)
      .toMatchObject({ kind: "deadline-reached" });
  });

  test("every event has an id of its own, born with this start", () => {
    const { loop, entries } = bench();
    loop.hear(button);
    loop.hear(button);
    expect(entries.map(({ event }) => event.id).slice(0, 2)).toEqual(["boot-0", "boot-1"]);
  });

  test("a rule that throws is reported with its event, and the loop goes on", () => {
    const { escalation } = homeMachines;
    let thrown = false;
    const broken: MachineList = {
      ...homeMachines,
      escalation: {
        ...escalation,
        step: (state, event, around) => {
          if (event.kind === "button-unclear") {
            thrown = true;
            throw new Error("broken rule");
          }
          return escalation.step(state, event, around);
        },
      } as (typeof homeMachines)["escalation"],
    };
    const { loop, faults, acts } = bench(broken);
    loop.hear({ kind: "button-unclear", device: "sos", frame: "00" });
    expect(thrown).toBe(true);
    expect(String(faults[0])).toMatch(/broken rule/);
    loop.hear(button);
    expect(acts).toContain("signal called");
  });

  test("after stop nothing is heard", () => {
    const { loop, entries } = bench();
    loop.stop();
    loop.hear(button);
    expect(entries).toEqual([]);
  });
});
