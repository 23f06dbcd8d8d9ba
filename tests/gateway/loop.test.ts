import { afterEach, describe, expect, test } from "vitest";
import { holdsOf } from "../../gateway/durable.ts";
import { type Loop, startLoop } from "../../gateway/loop.ts";
import { createPerformer } from "../../gateway/perform.ts";
import type {
  Announcement,
  Hub,
  Journal,
  JournalEntry,
  OutboxMessage,
  Radio,
  Urgency,
} from "../../gateway/ports.ts";
import type { Beat } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";
import { type EngineState, initialState, type MachineList } from "../../rules/engine.ts";
import type { Failure } from "../../rules/failure.ts";
import { homeMachines } from "../../rules/index.ts";
import type { Machine } from "../../rules/machine.ts";
import { anna, callHome, closingBy } from "../support/call-home.ts";

/** A journal whose disk answers when the test says so. */
function stalledJournal() {
  const entries: JournalEntry[] = [];
  const urgencies: Urgency[] = [];
  const snapshots: EngineState[] = [];
  const kept: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  const refusals: ((why: Error) => void)[] = [];
  const journal: Journal = {
    append: (entry, when) => {
      entries.push(entry);
      urgencies.push(when);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        refusals.push(reject);
      });
    },
    settle: () => undefined,
    snapshot: (state) => {
      snapshots.push(state);
      return new Promise((resolve) => kept.push(resolve));
    },
    trouble: () => undefined,
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
  const keepSnapshots = async (): Promise<void> => {
    for (const resolve of kept.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { journal, entries, urgencies, snapshots, durable, refuse, keepSnapshots };
}

interface Bench {
  readonly loop: Loop;
  readonly entries: readonly JournalEntry[];
  readonly urgencies: readonly Urgency[];
  readonly snapshots: readonly EngineState[];
  /** What the next beat lists, each time that something was shown. */
  readonly shown: readonly Beat["holds"][];
  readonly durable: () => Promise<void>;
  readonly refuse: () => Promise<void>;
  readonly keepSnapshots: () => Promise<void>;
  readonly acts: string[];
  readonly sent: OutboxMessage[];
  readonly announced: Announcement[];
  readonly views: HomeView[];
  readonly faults: unknown[];
  readonly failures: Failure[];
  readonly clock: { now: number };
}

let running: Loop | undefined;
afterEach(() => running?.stop());

function bench(
  machines: MachineList = homeMachines,
  begin: (state: EngineState) => EngineState = (state) => state,
): Bench {
  const acts: string[] = [];
  const sent: OutboxMessage[] = [];
  const announced: Announcement[] = [];
  const views: HomeView[] = [];
  const faults: unknown[] = [];
  const failures: Failure[] = [];
  const clock = { now: 1_000 };
  const { journal, entries, urgencies, snapshots, ...disk } = stalledJournal();
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
  const performer = createPerformer({
    plan,
    clock: { now, wall },
    radio,
    hub,
    send: (message) => void sent.push(message),
    hear: (fact) => running?.hear(fact),
    onFault: (thrown) => void faults.push(thrown),
  });
  const shown: Beat["holds"][] = [];
  const loop = startLoop({
    machines,
    plan,
    clock: { now, wall },
    journal,
    performer: {
      ...performer,
      show: (state, onDisk, at) => {
        shown.push(holdsOf(state, onDisk));
        performer.show(state, onDisk, at);
      },
    },
    state: begin(initialState(machines, plan)),
    boot: "boot",
    onRuleFault: (found) => void failures.push(...found),
    onFault: (thrown) => void faults.push(thrown),
    onJournalFault: (thrown) => void faults.push(thrown),
  });
  running = loop;
  const heard = {
    entries,
    urgencies,
    snapshots,
    shown,
    acts,
    sent,
    announced,
    views,
    faults,
    failures,
  };
  return { loop, clock, ...disk, ...heard };
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

  test("I2: before the disk has it the home says that it calls, and promises nothing", async () => {
    const { loop, announced, views, durable } = bench();
    loop.hear(button);
    await new Promise((resolve) => setImmediate(resolve));
    expect(announced).toEqual([]);
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["calling"]);
    await durable();
    expect(announced.map(({ key }) => key)).toEqual(["help-stored"]);
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["stored"]);
  });

  test("I8: while the disk takes nothing the tablet still sees what happens", async () => {
    const { loop, views, sent, durable } = bench();
    loop.hear(button);
    const [offer] = sent;
    const alarmId = offer?.body.kind === "custody-offered" ? offer.body.alarm.id : "";
    loop.hear({ kind: "custody-taken", alarmId, epoch: 1 });
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["with-care"]);
    loop.hear({ kind: "help-requested", client: "tablet" });
    loop.hear({ kind: "button-pressed", device: "sos2" });
    loop.hear({ kind: "alarm-closed", alarmId, closing: closingBy(anna), from: "peer" });
    expect(views.at(-1)?.alarms.some(({ id }) => id === alarmId)).toBe(false);
    await durable();
    expect(views.at(-1)?.alarms.some(({ stage }) => stage === "calling")).toBe(false);
  });

  test("a routine report is shown at a gentle pace", async () => {
    const { loop, views } = bench();
    for (let n = 0; n < 100; n += 1) loop.hear({ kind: "device-heard", device: "sos" });
    expect(views).toEqual([]);
    await expect.poll(() => views.length).toBeGreaterThan(0);
    expect(views.length).toBeLessThan(5);
  });

  test("I1: a disk that never answers does not silence what the care service has on its own", () => {
    const { loop, sent, announced } = bench();
    loop.hear(button);
    const [offer] = sent;
    const alarmId = offer?.body.kind === "custody-offered" ? offer.body.alarm.id : "";
    loop.hear({ kind: "custody-taken", alarmId, epoch: 1 });
    expect(announced.map(({ key }) => key)).toEqual(["help-with-care"]);
  });

  test("I2: an entry that will never be on disk is promised nothing until a snapshot has it", async () => {
    const { loop, announced, views, faults, snapshots, ...disk } = bench();
    loop.hear(button);
    loop.hear({ kind: "radio-ready" });
    await disk.refuse();
    expect(announced).toEqual([]);
    expect(faults).toHaveLength(2);
    loop.hear({ kind: "help-requested", client: "tablet" });
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["calling"]);
    // One snapshot stands for all that was lost at a time, and it knows the alarm.
    expect(snapshots).toHaveLength(1);
    // What follows is on disk: that does not bring back what was lost before it.
    await disk.durable();
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["calling"]);
    await disk.keepSnapshots();
    expect(views.at(-1)?.alarms.map(({ stage }) => stage)).toEqual(["stored"]);
  });

  test("who asked is answered once a snapshot stands for the entry that was lost", async () => {
    const { loop, refuse, keepSnapshots } = bench();
    const answered: string[] = [];
    for (const client of ["tablet", "door"]) {
      loop.hear({ kind: "help-requested", client }, () => answered.push(client));
    }
    await refuse();
    expect(answered).toEqual([]);
    await keepSnapshots();
    expect(answered).toEqual(["tablet", "door"]);
  });

  test("I5: what the resident orders leaves the home once it is on disk, under a number of its own", async () => {
    const { loop, sent, entries, refuse, durable } = bench();
    const order = { orderId: "o1", act: "ask", service: "meals", day: "2026-11-28" } as const;
    const say = (orderId: string) =>
      loop.hear({ kind: "order-said", order: { ...order, orderId, part: "noon" }, client: "t" });
    say("o1");
    expect(entries[0]?.outbox).toMatchObject([{ body: { kind: "order", nth: 1 } }]);
    expect(sent).toEqual([]);
    await durable();
    expect(sent).toEqual(entries[0]?.outbox);
    say("o2");
    await refuse();
    expect(sent).toHaveLength(1);
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

  /** The product's rules with one that throws on these events. */
  const broken = (name: keyof typeof homeMachines, ...kinds: readonly string[]): MachineList => {
    const machine: Machine<unknown> = homeMachines[name];
    return {
      ...homeMachines,
      [name]: {
        ...machine,
        step: (...[state, event, around]: Parameters<Machine<unknown>["step"]>) => {
          if (kinds.includes(event.kind)) throw new Error("broken rule");
          return machine.step(state, event, around);
        },
      },
    };
  };

  test("I1: a rule that throws takes nothing from the call for help, and is told as a fault", async () => {
    const { loop, failures, acts, sent, entries, announced, durable } = bench(
      broken("supervision", "button-pressed"),
    );
    loop.hear(button);
    expect(acts).toContain("signal called");
    expect(sent.map(({ body }) => body.kind)).toEqual(["custody-offered", "fault"]);
    expect(sent.find(({ body }) => body.kind === "fault")?.body).toMatchObject({
      fault: { subject: "supervision", what: "rule-failed", blind: ["supervision"] },
    });
    expect(failures).toEqual([{ machine: "supervision", why: "broken rule", anew: false }]);
    // The journal has the event, and why the step is what it is.
    expect(entries[0]?.event.kind).toBe("button-pressed");
    expect(entries[0]?.decisions).toContainEqual(
      expect.objectContaining({ machine: "supervision", because: "it failed: broken rule" }),
    );
    await durable();
    expect(announced.map(({ key }) => key)).toContain("help-stored");
    loop.hear({ kind: "button-pressed", device: "sos2" });
    expect(sent.filter(({ body }) => body.kind === "fault")).toHaveLength(1);
  });

  test("I1: no other rule and no other act stands before a cut, which is sent once", () => {
    const order: string[] = [];
    const guard: Machine<unknown> = {
      ...homeMachines.privacy,
      step: (state: unknown) => ({
        state,
        effects: [
          { kind: "signal", source: "stove-guard", pattern: "warning" },
          { kind: "cut-power", device: "plug", way: "direct" },
        ],
        emits: [],
      }),
    };
    const slow: Machine<unknown> = {
      ...homeMachines.privacy,
      step: (state: unknown) => {
        order.push(...place.acts);
        return { state, effects: [], emits: [] };
      },
    };
    const place = bench({ ...homeMachines, emergencyCall: guard, escalation: slow });
    place.loop.hear({ kind: "device-heard", device: "sos" });
    expect(order).toEqual(["cut plug direct"]);
    expect(place.acts).toEqual(["cut plug direct", "signal warning"]);
    expect(place.entries[0]?.effects.map(({ kind }) => kind)).toContain("cut-power");
  });

  test("I9: a deadline that a rule can never take does not spin", async () => {
    const { loop, clock, entries } = bench(broken("careLink", "deadline-reached"));
    loop.hear({ kind: "peer-heard", holds: [] });
    clock.now += 60_000;
    loop.hear({ kind: "device-heard", device: "sos" });
    const deadlines = () => entries.filter(({ event }) => event.kind === "deadline-reached").length;
    await expect.poll(deadlines).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(deadlines()).toBe(1);
  });

  test("I9: of beats that decide nothing one stands for the other, with the rules of the product", () => {
    const { loop, urgencies } = bench();
    loop.hear({ kind: "gateway-started", boot: "boot", gapMs: 0 });
    loop.hear({ kind: "peer-heard", holds: [] });
    loop.hear({ kind: "peer-heard", holds: [] });
    loop.hear({ kind: "peer-heard", holds: [] });
    expect(urgencies.slice(-2)).toEqual(["beat", "beat"]);
    // What a beat says anew is remembered, and what it says again is not written again.
    loop.hear({ kind: "peer-heard", holds: [], absentUntilWall: 5 });
    loop.hear({ kind: "peer-heard", holds: [], absentUntilWall: 5 });
    expect(urgencies.slice(-2)).toEqual(["soon", "beat"]);
  });

  test("I2: the beat lists an alarm once it is on disk, and no longer than it is held", async () => {
    const { loop, shown, sent, durable } = bench();
    loop.hear(button);
    expect(shown.at(-1)).toEqual([]);
    await durable();
    expect(shown.at(-1)).toMatchObject([{ epoch: 1 }]);
    const [offer] = sent;
    const alarmId = offer?.body.kind === "custody-offered" ? offer.body.alarm.id : "";
    loop.hear({ kind: "custody-taken", alarmId, epoch: 1 });
    expect(shown.at(-1)).toEqual([]);
    loop.hear({ kind: "peer-lost" });
    expect(shown.at(-1)).toEqual([]);
    await durable();
    expect(shown.at(-1)).toEqual([{ alarmId, epoch: 2 }]);
  });

  test("a state that cannot be shown is reported, and the loop goes on", () => {
    const { loop, faults, acts } = bench(homeMachines, (state) => ({
      machines: { ...state.machines, storage: null },
    }));
    loop.hear(button);
    expect(faults.length).toBeGreaterThan(0);
    expect(acts).toContain("signal called");
  });

  test("after stop nothing is heard", () => {
    const { loop, entries } = bench();
    loop.stop();
    loop.hear(button);
    expect(entries).toEqual([]);
  });
});
