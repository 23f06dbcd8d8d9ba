import mqtt from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import {
  announcementMessageSchema,
  eventMessageSchema,
  stateMessageSchema,
} from "../../../protocol/bus.ts";
import { instant } from "../../../protocol/time.ts";
import { homeTopics, type StatePart, stateParts } from "../../../protocol/topics.ts";
import type { RuleEvent } from "../../../rules/events.ts";
import { until } from "../../support/test-broker.ts";
import { quietView, type Received, startTestHub, type TestHub } from "../../support/test-hub.ts";

let place: TestHub;
afterEach(() => place.close());

const mortal = new URL("./mortal-worker.ts", import.meta.url);
const wall = { wall_ms: 1_700_000_000_000, trusted: false };
const opened: RuleEvent = {
  kind: "contact-sensed",
  device: "front-door",
  open: true,
  id: "event-1",
  at: instant(99),
};
const sentence = (id: string, key = "help-stored" as const) => ({ id, key, words: {}, at_ms: 77 });

/** The latest message of each part that a reader has. */
const latest = (received: readonly Received[], part: StatePart): unknown =>
  received.filter(({ topic }) => topic === homeTopics.state(part)).at(-1)?.message["state"];

describe("what the home shows", () => {
  test("I5: only state is retained, and each part matches its schema", async () => {
    place = await startTestHub();
    place.hub.showState(quietView);
    place.hub.showEvent(opened, wall);
    place.hub.announce(sentence("said-1"));
    const early = await place.reader("tablet-1", [
      "home/state/#",
      "home/event/#",
      "home/announcement",
    ]);
    await until(() => new Set(early.map(({ topic }) => topic)).size >= stateParts.length);
    for (const { topic, message, retain } of early) {
      const part = stateParts.find((one) => homeTopics.state(one) === topic);
      if (part === undefined) continue;
      expect(stateMessageSchema(part).safeParse(message).error).toBeUndefined();
      expect(message).toMatchObject({ boot: "boot-1", at_ms: 12_345, wall_trusted: true });
      // Whoever begins to listen is told at once that the home lives; that beat is no kept one.
      if (part !== "gateway") expect(retain).toBe(true);
    }
    // Anything that were retained beside state would come before the answer to this.
    place.hub.answer("tablet-1", { of: "r", taken: true, why: "" });
    const late = await place.reader("tablet-2", [
      "home/state/#",
      "home/event/#",
      "home/announcement",
    ]);
    await until(() => late.length >= stateParts.length);
    const kept = late.filter(({ retain }) => retain);
    expect(kept).toHaveLength(stateParts.length);
    expect(late.every(({ topic }) => topic.startsWith("home/state/"))).toBe(true);
  });

  test("I6: a tablet that begins to listen hears at once that the home lives now", async () => {
    place = await startTestHub();
    const early = await place.reader("tablet-1", ["home/state/#"]);
    const isAlive = ({ topic, retain }: Received): boolean =>
      topic === homeTopics.state("gateway") && !retain;
    // The next beat of its own is five seconds away, more than is waited for here.
    await until(() => early.some(isAlive));
  });

  test("events and announcements carry id, both times, trust and boot", async () => {
    place = await startTestHub();
    const received = await place.reader("tablet-1", ["home/event/#", "home/announcement"]);
    place.hub.showEvent(opened, wall);
    place.hub.announce({ ...sentence("said-1"), alarmId: "alarm-1", words: { name: "Anna" } });
    await until(() => received.length === 2);
    const event = received.find(({ topic }) => topic === "home/event/contact-sensed")?.message;
    expect(eventMessageSchema.parse(event)).toEqual({
      id: "event-1",
      boot: "boot-1",
      at_ms: 99,
      wall_ms: wall.wall_ms,
      wall_trusted: false,
      fact: { kind: "contact-sensed", device: "front-door", open: true },
    });
    const said = received.find(({ topic }) => topic === "home/announcement")?.message;
    expect(announcementMessageSchema.parse(said)).toMatchObject({
      id: "said-1",
      boot: "boot-1",
      at_ms: 77,
      alarmId: "alarm-1",
      words: { name: "Anna" },
    });
    expect(received.some(({ retain }) => retain)).toBe(false);
  });

  test("a part that did not change is not said again", async () => {
    place = await startTestHub();
    const received = await place.reader("tablet-1", ["home/state/#"]);
    place.hub.showState(quietView);
    await until(() => latest(received, "signal") === "none");
    place.hub.showState({ ...quietView, signal: "called" });
    await until(() => latest(received, "signal") === "called");
    expect(received.filter(({ topic }) => topic === homeTopics.state("link"))).toHaveLength(1);
  });

  test("an answer reaches the tablet that asked and no other", async () => {
    place = await startTestHub();
    const first = await place.reader("tablet-1", ["home/answer/tablet-1", "home/announcement"]);
    const second = await place.reader("tablet-2", ["home/answer/tablet-2", "home/announcement"]);
    place.hub.answer("tablet-1", { of: "request-1", taken: true, why: "" });
    place.hub.announce(sentence("said-1"));
    await until(() => first.length === 2 && second.length === 1);
    expect(first[0]?.message).toEqual({ of: "request-1", taken: true, why: "" });
  });
});

describe("what clients ask", () => {
  const ask = (id: string, kind: string, more: object = {}): string =>
    JSON.stringify({ id, request: { kind, ...more } });

  test("I10: a request comes with the authenticated name, not the payload's claim", async () => {
    place = await startTestHub();
    const tablet = await place.client("tablet-1");
    const payload = JSON.stringify({ id: "r1", client: "mallory", request: { kind: "help" } });
    await tablet.publishAsync("home/request/tablet-1", payload, { qos: 1 });
    await until(() => place.requests.length === 1);
    expect(place.requests[0]).toEqual(["tablet-1", { id: "r1", request: { kind: "help" } }]);
  });

  test("I7: a stove reset from afar is answered with a sentence and goes no further", async () => {
    place = await startTestHub();
    const answers = await place.reader("tablet-2", ["home/answer/tablet-2"]);
    const far = await place.client("tablet-2", { clientId: "tablet-2:asks" });
    await far.publishAsync("home/request/tablet-2", ask("r1", "stove-reset"), { qos: 1 });
    await until(() => answers.length === 1);
    expect(answers[0]?.message).toMatchObject({ of: "r1", taken: false });
    expect(place.intrusions).toEqual(["tablet-2 may not ask for stove-reset: it is not local"]);
    const near = await place.client("tablet-1");
    await near.publishAsync("home/request/tablet-1", ask("r2", "stove-reset"), { qos: 1 });
    await until(() => place.requests.length === 1);
    expect(place.requests[0]?.[0]).toBe("tablet-1");
  });

  test("I7: a request that comes again does nothing, and is answered again once it is true", async () => {
    place = await startTestHub();
    const answers = await place.reader("tablet-1", ["home/answer/tablet-1"]);
    const tablet = await place.client("tablet-1", { clientId: "tablet-1:asks" });
    const say = (id: string) =>
      tablet.publishAsync("home/request/tablet-1", ask(id, "stove-reset"), { qos: 1 });
    await say("r1");
    await say("r1");
    await say("r2");
    await until(() => place.requests.length === 2);
    expect(place.requests.map(([, { id }]) => id)).toEqual(["r1", "r2"]);
    // Until it is on disk nothing is promised, however often it is asked.
    expect(answers).toEqual([]);
    place.hub.answer("tablet-1", { of: "r1", taken: true, why: "" });
    await until(() => answers.length === 1);
    await say("r1");
    await until(() => answers.length === 2);
    expect(answers[1]?.message).toEqual({ of: "r1", taken: true, why: "" });
    expect(place.requests).toHaveLength(2);
  });

  test("a request that is not understood is said, and the next one is heard", async () => {
    place = await startTestHub();
    const tablet = await place.client("tablet-1");
    for (const bad of ["", "{", '{"id":"r"}', ask("r", "dance"), ask("", "help")]) {
      await tablet.publishAsync("home/request/tablet-1", bad, { qos: 1 });
    }
    await tablet.publishAsync("home/request/tablet-1", ask("r1", "stove-hold", { minutes: 9 }), {
      qos: 1,
    });
    await until(() => place.requests.length === 1);
    expect(place.intrusions[0]).toContain("is not understood: message");
  });

  test("comfort may wish within its rate, and what exceeds it is left out and said", async () => {
    place = await startTestHub();
    const flows = await place.client("flows");
    for (let count = 0; count < 40; count += 1) {
      const wish = JSON.stringify({ id: `w${count}`, device: "lamp", level: count });
      await flows.publishAsync("home/wish/flows", wish, { qos: 0 });
    }
    await until(() => place.intrusions.length > 0);
    expect(place.wishes[0]).toEqual(["flows", "lamp", 0]);
    expect(place.wishes.length).toBeLessThan(40);
    expect(place.intrusions).toEqual(["wishes of flows came too fast; some were left out"]);
  });

  test("comfort may not ask, a viewer may not wish, a stranger may nothing", async () => {
    place = await startTestHub();
    const flows = await place.client("flows");
    flows.publish("home/request/flows", ask("r1", "help"), { qos: 0 });
    await until(() => !flows.connected);
    const viewer = await place.client("daughter");
    viewer.publish("home/wish/daughter", "{}", { qos: 0 });
    await until(() => !viewer.connected);
    await expect(place.client("mallory", { password: "x" })).rejects.toThrow("Bad username");
    expect(place.requests).toEqual([]);
  });
});

describe("the worker's life", () => {
  test("I5: after its death clients return to the same port and the latest state", async () => {
    place = await startTestHub({ entry: mortal });
    const received = await place.reader("tablet-1", ["home/state/#"]);
    place.hub.showState({ ...quietView, signal: "alarm" });
    await until(() => latest(received, "signal") === "alarm");
    received.length = 0;
    place.hub.announce(sentence("please-die"));
    place.hub.showState({ ...quietView, signal: "alarm", link: { care: "lost" } });
    await until(() => latest(received, "signal") === "alarm");
    expect(latest(received, "link")).toEqual({ care: "lost" });
    expect(place.lines[0]).toContain("asked to die");
  });

  test("a hung worker is ended and started again", async () => {
    place = await startTestHub({ entry: mortal });
    const received = await place.reader("tablet-1", ["home/state/#"]);
    place.hub.showState(quietView);
    await until(() => latest(received, "signal") === "none");
    received.length = 0;
    place.hub.showEvent({ ...opened, id: "please-hang" }, wall);
    place.hub.showState({ ...quietView, signal: "called" });
    await until(() => latest(received, "signal") === "called");
    expect(place.lines[0]).toContain("hangs");
  });

  test("a worker past its memory is started again, and the gateway lives", async () => {
    place = await startTestHub({ entry: mortal });
    const received = await place.reader("tablet-1", ["home/state/#"]);
    place.hub.showState(quietView);
    await until(() => latest(received, "signal") === "none");
    place.hub.showEvent({ ...opened, id: "please-grow" }, wall);
    await until(() => place.lines.length > 0);
    received.length = 0;
    place.hub.showState({ ...quietView, signal: "called" });
    await until(() => latest(received, "signal") === "called");
    expect(place.lines[0]).toMatch(/is gone \(its memory is full: \d+ of \d+ MB\)/);
  });

  test("one that passes it in a single turn is started again by the engine's own limit", async () => {
    place = await startTestHub({ entry: mortal });
    const received = await place.reader("tablet-1", ["home/state/#"]);
    place.hub.showState(quietView);
    place.hub.showEvent({ ...opened, id: "please-burst" }, wall);
    place.hub.showState({ ...quietView, signal: "called" });
    await until(() => latest(received, "signal") === "called");
    expect(place.lines.join()).toContain("memory");
  });

  test("a port that is taken is a rejection with its reason", async () => {
    place = await startTestHub();
    const { openHub } = await import("../../../gateway/hub/hub.ts");
    await expect(
      openHub({
        home: "home-1",
        resident: "Frau Weber",
        phone: "112",
        timezone: "Europe/Berlin",
        boot: "boot-2",
        clock: { now: () => instant(0), wall: () => wall },
        settings: { host: "127.0.0.1", ports: place.ports, clients: [], folder: place.folder },
        listener: { request: () => undefined, wish: () => undefined, intrusion: () => undefined },
        say: () => undefined,
      }),
    ).rejects.toThrow("EADDRINUSE");
    const still = await mqtt.connectAsync(`ws://127.0.0.1:${place.ports.websocket}`, {
      clientId: "tablet-1",
      username: "tablet-1",
      password: place.secretOf("tablet-1"),
    });
    await still.endAsync();
  });
});
