import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { careTopics } from "../../../protocol/topics.ts";
import { until } from "../../../sim/demo/process.ts";
import { seededRandom } from "../../support/random.ts";
import { bodies, openUplink, ScriptedCare } from "./scripted-care.ts";
import { StoppedServer } from "./stopped-server.ts";

let care: ScriptedCare;
let open: ReturnType<typeof openUplink>[];

beforeEach(async () => {
  care = await ScriptedCare.start();
  open = [];
});

afterEach(async () => {
  for (const { uplink } of open) await uplink.close();
  await care.close();
});

type Own = Parameters<typeof openUplink>[1] & { readonly port?: number };

function home(own: Own = {}): ReturnType<typeof openUplink> {
  const made = openUplink(own.port ?? care.line.port, own);
  open.push(made);
  return made;
}

const yes = (holds: boolean): true | undefined => (holds ? true : undefined);
const connected = ({ beats }: ReturnType<typeof openUplink>): Promise<true> =>
  until("a beat comes back", () => yes(beats.length > 0));

/** Waits for a beat that was sent after now: whatever was said before has been heard by then. */
async function oneMoreBeat(): Promise<void> {
  const before = care.beats.length;
  await until("one more beat", () => yes(care.beats.length > before));
}

describe("messages up", () => {
  test("a message that waits for the link goes out when it comes, and is settled by its receipt", async () => {
    const { uplink, settled } = home();
    uplink.send({ id: "m1", body: bodies.offer("a1") });
    await until("it is settled", () => yes(settled.includes("m1")));
    expect(care.facts()).toEqual(["custody-offered m1"]);
  });

  test("a PUBACK is no receipt: the message comes again until the care service has it", async () => {
    care.receipting = false;
    const { uplink, settled } = home();
    uplink.send({ id: "m1", body: bodies.offer("a1") });
    await until("it came twice", () => yes(care.facts().length >= 2));
    expect(settled).toEqual([]);
    care.receipting = true;
    await until("it is settled", () => yes(settled.includes("m1")));
  });

  test("an offer takes the place of an older one of the same alarm, which is settled with it", async () => {
    care.line.cut();
    const { uplink, settled } = home();
    uplink.send({ id: "m1", body: bodies.offer("a1", 1) });
    uplink.send({ id: "m2", body: bodies.offer("a1", 2) });
    care.line.heal();
    await until("both are settled", () => yes(settled.length === 2));
    expect(settled).toEqual(["m1", "m2"]);
    expect(care.facts()).toEqual(["custody-offered m2"]);
  });

  test("I5: over a line that is cut at random, each alarm's messages arrive in order (seed 5)", async () => {
    const random = seededRandom(5);
    const { uplink, settled } = home();
    const alarms = Array.from({ length: 20 }, (_, n) => `a${n}`);
    care.line.delay(15);
    for (const id of alarms) {
      uplink.send({ id: `${id}-1`, body: bodies.offer(id) });
      uplink.send({ id: `${id}-2`, body: bodies.accepted(id) });
      uplink.send({ id: `${id}-3`, body: bodies.closed(id) });
    }
    for (let n = 0; n < 5; n += 1) {
      const before = settled.length;
      const enough = Math.min(60, before + 1 + random.int(8));
      await until("some are settled", () => yes(settled.length >= enough));
      care.line.cut();
      care.line.heal();
    }
    await until("all are settled", () => yes(settled.length === 60), 25_000);
    const first = [...new Set(care.facts())].map((fact) => fact.split(" ")[1] ?? "");
    for (const id of alarms) {
      const own = first.filter((message) => message.startsWith(`${id}-`));
      expect(own).toEqual([`${id}-1`, `${id}-2`, `${id}-3`]);
    }
  });
});

describe("messages down", () => {
  test("a receipt goes only when the gateway has it on disk; a repeat gets another one", async () => {
    const up = home();
    await connected(up);
    const taken = { kind: "custody-taken", alarmId: "a1", epoch: 1 } as const;
    care.say(taken, "d1");
    await until("it is heard", () => yes(up.messages.length === 1));
    care.say(taken, "d1");
    await oneMoreBeat();
    expect(care.receiptsFor("d1")).toBe(0);
    up.messages[0]?.taken();
    await until("the receipt", () => yes(care.receiptsFor("d1") === 1));
    care.say(taken, "d1");
    await until("another receipt", () => yes(care.receiptsFor("d1") === 2));
    expect(up.messages).toHaveLength(1);
  });

  test("what is not a message, or not for this home, is refused with a sentence and no receipt", async () => {
    const up = home();
    await connected(up);
    const { down, beatDown } = careTopics("weber");
    care.raw(down, "{");
    care.raw(down, "x".repeat(65_537));
    care.raw(down, JSON.stringify({ id: "d9", home: "krause" }));
    care.raw(beatDown, "[]");
    care.say({ kind: "told", alarmId: "a1", by: { id: "m", name: "M" } }, "d2");
    await until("the good one is heard", () => yes(up.messages.length === 1));
    expect(up.said.filter((words) => words.includes("refused"))).toHaveLength(4);
    expect(care.receiptsFor("d9")).toBe(0);
  });

  test("a listener that throws harms neither the link nor the next message", async () => {
    const up = home({ throwing: true });
    await connected(up);
    care.say({ kind: "told", alarmId: "a1", by: { id: "m", name: "M" } }, "d1");
    care.say({ kind: "told", alarmId: "a1", by: { id: "m", name: "M" } }, "d2");
    await until("both were heard", () => yes(up.messages.length === 2));
    await oneMoreBeat();
    expect(up.said.some((words) => words.includes("a fault of the program"))).toBe(true);
  });
});

describe("proof of life", () => {
  test("a beat says which alarms this home holds", async () => {
    const up = home();
    up.uplink.setHolds([{ alarmId: "a1", epoch: 2 }]);
    await until("a beat", () => yes(care.beats.length > 0));
    expect(care.beats[0]).toMatchObject({ home: "weber", holds: [{ alarmId: "a1", epoch: 2 }] });
  });

  test("three beats without an answer: the connection is given up and made anew", async () => {
    care.answering = false;
    const up = home();
    await until("it is said", () => up.said.find((words) => words.includes("not answered")));
    care.answering = true;
    await connected(up);
  });

  test("a connection that breaks is told once, and again only after it was made anew", async () => {
    const up = home();
    await connected(up);
    expect(up.breaks).toHaveLength(0);
    care.line.cut();
    await until("it is told", () => yes(up.breaks.length === 1));
    const answered = up.beats.length;
    // Some tries fail meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    care.line.heal();
    await until("a beat comes back", () => yes(up.beats.length > answered));
    expect(up.breaks).toHaveLength(1);
    care.line.cut();
    await until("it is told again", () => yes(up.breaks.length === 2));
  });

  test("a care service that was never there is told once", async () => {
    care.line.cut();
    const up = home();
    await until("it is told", () => yes(up.breaks.length === 1));
  });

  test("an orderly stop says goodbye, and a connection that is given up does not", async () => {
    const first = home();
    await connected(first);
    await first.uplink.close();
    const second = home();
    await connected(second);
    await second.uplink.close("restart");
    await until("the goodbye", () => care.beats.find(({ leaving }) => leaving === "restart"));
    expect(care.beats.filter(({ leaving }) => leaving !== undefined)).toHaveLength(1);
    expect(second.breaks).toEqual([]);
  });

  test("a refused login is tried again for ever, and said once", async () => {
    const stranger = home({ shown: "wrong" });
    await until("it is said", () => yes(stranger.said.length > 0));
    const up = home();
    await connected(up);
    await oneMoreBeat();
    expect(new Set(stranger.said).size).toBe(stranger.said.length);
    expect(stranger.beats).toEqual([]);
  });
});

describe("a connection made again", () => {
  /** Within so long of the line's return an alarm is with the care service. */
  const withinMs = 5_000;

  /** A home that tries in vain: some waits of no length, then one as long as any can be. */
  async function cutOff(short: number, prepare: (up: ReturnType<typeof home>) => void = () => {}) {
    let waits = 0;
    care.line.cut();
    const up = home({
      chance: () => {
        waits += 1;
        return waits > short ? 1 : 0;
      },
    });
    prepare(up);
    await until("a long wait has begun", () => yes(waits > short));
    care.line.heal();
    return { ...up, healedAt: performance.now() };
  }

  test("I1: an alarm ends the long wait of a quiet home", async () => {
    const { uplink, settled, healedAt } = await cutOff(4);
    uplink.send({ id: "m1", body: bodies.offer("a1") });
    await until("it is settled", () => yes(settled.includes("m1")), 20_000);
    expect(performance.now() - healedAt).toBeLessThan(withinMs);
  });

  test("an open alarm of which nothing is to be sent ends it too: answers may come down", async () => {
    const { uplink, beats, healedAt } = await cutOff(4);
    uplink.setUrgent(true);
    await until("a beat comes back", () => yes(beats.length > 0), 20_000);
    expect(performance.now() - healedAt).toBeLessThan(withinMs);
  });

  test("I1: with an alarm waiting the waits do not grow, however long the line was cut", async () => {
    const { settled, healedAt } = await cutOff(20, ({ uplink }) => {
      uplink.send({ id: "m1", body: bodies.offer("a1") });
    });
    await until("it is settled", () => yes(settled.includes("m1")), 20_000);
    expect(performance.now() - healedAt).toBeLessThan(withinMs);
  });

  test("a report that nobody waits for does not end the wait", async () => {
    const { uplink, settled, healedAt } = await cutOff(3);
    const fault = { subject: "gateway", what: "not-storing" as const, blind: [] };
    uplink.send({ id: "m1", body: { kind: "fault", fault, cleared: false } });
    await until("it is settled", () => yes(settled.includes("m1")), 20_000);
    expect(performance.now() - healedAt).toBeGreaterThan(withinMs);
  });

  test("a dead line that swallows the first packet is given up before the connection is", async () => {
    const stopped = await StoppedServer.start();
    try {
      const { said } = home({ port: stopped.port });
      await until("it is said", () => said.find((words) => words.includes("nobody answered")));
    } finally {
      stopped.close();
    }
  });
});
