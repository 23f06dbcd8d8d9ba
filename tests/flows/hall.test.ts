/** The functions of the shipped flow, run as Node-RED runs them: a body with msg, env, flow and RED. */
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { wishSchema } from "../../protocol/bus.ts";
import { homeTopics } from "../../protocol/topics.ts";

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly topic?: string;
  readonly func?: string;
}

const url = new URL("../../flows/flows.json", import.meta.url);
const nodes = JSON.parse(readFileSync(url, "utf8")) as FlowNode[];
const env: Readonly<Record<string, string>> = {
  OBHUT_HALL_MOTION: "hall-motion",
  OBHUT_HALL_LIGHT: "hall-light",
  OBHUT_HALL_OFF_AFTER_S: "180",
};

function run(id: string, msg: unknown, kept = new Map<string, unknown>()): unknown {
  const func = nodes.find((node) => node.id === id)?.func ?? "";
  return runInNewContext(`(() => {${func}})()`, {
    msg,
    env: { get: (name: string) => env[name] },
    flow: {
      get: (key: string) => kept.get(key),
      set: (key: string, value: unknown) => kept.set(key, value),
    },
    RED: { util: { generateId: () => "0123456789abcdef" } },
    Date,
  });
}

const at = (hour: number, minute = 0): number => new Date(2026, 0, 1, hour, minute).getTime();
const motion = (changes: object = {}, device = "hall-motion", moving = true) => ({
  payload: { fact: { device, moving }, wall_ms: at(2), wall_trusted: true, ...changes },
});

describe("in the hall, at night", () => {
  test("motion passes, and says how long the light stays", () => {
    expect(run("hall-at-night", motion())).toMatchObject({ delay: 180_000 });
  });

  test("night is from ten in the evening to six in the morning", () => {
    const passes = (wall_ms: number) => run("hall-at-night", motion({ wall_ms })) !== null;
    expect([at(21, 59), at(22), at(5, 59), at(6)].map(passes)).toEqual([false, true, true, false]);
  });

  test("I6: an hour that nobody knows counts as night", () => {
    const unknown = motion({ wall_ms: at(14), wall_trusted: false });
    expect(run("hall-at-night", unknown)).not.toBeNull();
  });

  test("other sensors, the end of motion and kept events do not pass", () => {
    expect(run("hall-at-night", motion({}, "kitchen-motion"))).toBeNull();
    expect(run("hall-at-night", motion({}, "hall-motion", false))).toBeNull();
    expect(run("hall-at-night", { ...motion(), retain: true })).toBeNull();
  });
});

describe("the wish", () => {
  const kept = (signal: unknown) => new Map([["signal", signal]]);

  test("is what the home understands, on comfort's own topic", () => {
    const wish = run("hall-wish", { payload: 20 }, kept("none")) as {
      topic: string;
      payload: unknown;
    };
    expect(wish.topic).toBe(homeTopics.wish("comfort"));
    expect(wishSchema.parse(wish.payload)).toMatchObject({ device: "hall-light", level: 20 });
  });

  test("I8: while the lights show an alarm, or nobody knows, comfort wishes nothing", () => {
    for (const signal of ["called", "warning", "alarm", undefined]) {
      expect(run("hall-wish", { payload: 0 }, kept(signal)), String(signal)).toBeNull();
    }
  });

  test("what the lights show is kept as the home says it", () => {
    const memory = new Map<string, unknown>();
    run("signal-kept", { payload: { state: "alarm" } }, memory);
    expect(memory.get("signal")).toBe("alarm");
  });
});

test("the flow hears only what the home publishes", () => {
  const heard = nodes.filter(({ type }) => type === "mqtt in").map(({ topic }) => topic);
  expect(heard).toEqual([homeTopics.event("motion-sensed"), homeTopics.state("signal")]);
});
