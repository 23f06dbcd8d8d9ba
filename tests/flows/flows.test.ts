import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../sim/demo/free-port.ts";
import { quietView } from "../support/test-hub.ts";
import { day, type FlowsHome, night, openFlowsHome, waitFor } from "./node-red.ts";

let home: FlowsHome;
beforeEach(async () => {
  home = await openFlowsHome();
  home.hub.showState(quietView);
});
afterEach(() => home.close());

/** Says it again until it was heard: Node-RED may still be subscribing. */
async function moveUntil(device: string, at: number, holds: () => boolean): Promise<void> {
  while (!holds()) {
    home.move(device, at);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const inject = (wires: string[]) => ({
  id: "now",
  type: "inject",
  z: "t",
  props: [{ p: "payload" }],
  payload: "1",
  payloadType: "num",
  once: true,
  onceDelay: 0.1,
  // Again and again: what is sent before the broker is reached is lost.
  repeat: "0.5",
  wires: [wires],
});
const tab = { id: "t", type: "tab", label: "test" };
const out = {
  id: "out",
  type: "mqtt out",
  z: "t",
  topic: "",
  qos: "0",
  retain: "false",
  broker: "obhut-hub",
  wires: [],
};
const code = (func: string, wires: string[]) => ({
  id: "code",
  type: "function",
  z: "t",
  func,
  outputs: 1,
  libs: [],
  wires: [wires],
});

describe("the hall light", () => {
  test("motion at night is answered by a dim light, and by none three minutes later", async () => {
    home.start({ OBHUT_HALL_OFF_AFTER_S: "1" });
    await moveUntil("hall-motion", night, () => home.wishes.length > 0);
    expect(home.wishes[0]).toEqual(["comfort", "hall-light", 20]);
    await waitFor(() => home.wishes.length > 1);
    expect(home.wishes[1]).toEqual(["comfort", "hall-light", 0]);
  });
});

describe("I8: comfort cannot hurt safety", () => {
  test("it cannot ask for anything, nor say that something happened", async () => {
    const cry = `return [[
      { topic: "home/request/tablet", payload: { id: "x", request: { kind: "stove-reset" } } },
      { topic: "home/event/button-pressed", payload: "forged" },
    ]];`;
    home.start({}, [tab, inject(["code"]), code(cry, ["out"]), out]);
    await waitFor(() => home.intrusions.some((line) => line.includes("comfort")));
    home.move("hall-motion", day);
    await waitFor(() => home.seen.includes("home/event/motion-sensed"));
    expect(home.requests).toEqual([]);
    expect(home.seen).not.toContain("home/event/button-pressed");
  });

  test("a flow that loops, and its sudden end, take nothing from the tablet", async () => {
    const loop = `return { topic: "home/wish/comfort",
      payload: { id: RED.util.generateId(), device: "hall-light", level: 1 } };`;
    const flow = home.start({}, [tab, inject(["code"]), code(loop, ["out", "code"]), out]);
    await waitFor(() => home.intrusions.some((line) => line.includes("comfort")));
    const ask = async (id: string): Promise<void> => {
      const request = JSON.stringify({ id, request: { kind: "help" } });
      await home.tablet.publishAsync("home/request/tablet", request, { qos: 1 });
      await waitFor(() => home.requests.some((one) => one.id === id));
    };
    await ask("while it loops");
    flow.child.kill("SIGKILL");
    expect(await flow.exit).toBeNull();
    await ask("after its end");
    home.move("hall-motion", day);
    await waitFor(() => home.seen.includes("home/event/motion-sensed"));
  });

  test("a function without end is ended, and the next message is handled", async () => {
    const hang = `const n = (context.get("n") ?? 0) + 1; context.set("n", n);
      if (n === 1) while (true) {}
      return { topic: "home/wish/comfort", payload: { id: "w", device: "hall-light", level: 7 } };`;
    home.start({}, [tab, inject(["code"]), code(hang, ["out"]), out]);
    await waitFor(() => home.wishes.length > 0);
    expect(home.wishes[0]).toEqual(["comfort", "hall-light", 7]);
  });

  test("nodes for programs, files and the network are not there", async () => {
    const missing = ["exec", "file", "tcp out", "http request", "websocket out", "udp out"];
    const nodes = missing.map((type, at) => ({ id: `n${at}`, type, z: "t", wires: [] }));
    const flow = home.start({}, [tab, ...nodes]);
    await waitFor(() => missing.every((type) => flow.said().includes(`- ${type}\n`)));
    expect(flow.said()).toContain("Waiting for missing types");
  });
});

describe("the door", () => {
  const hash = `$2b$08$${"a".repeat(53)}`;

  test("nothing listens while the editor is off", async () => {
    const port = await freePort();
    const flow = home.start({ OBHUT_FLOWS_PORT: String(port) });
    await waitFor(() => flow.said().includes("the editor is off"));
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test("with the editor on, a stranger reads and writes nothing", async () => {
    const flow = home.start({
      OBHUT_FLOWS_EDITOR: "read",
      OBHUT_FLOWS_PORT: "0",
      OBHUT_FLOWS_PASSWORD_HASH: hash,
    });
    await waitFor(() => /http:\/\/127\.0\.0\.1:\d+/.test(flow.said()));
    const at = /http:\/\/127\.0\.0\.1:\d+, read/.exec(flow.said())?.[0].split(",")[0];
    expect((await fetch(`${at}/flows`)).status).toBe(401);
    expect((await fetch(`${at}/flows`, { method: "POST", body: "[]" })).status).toBe(401);
    expect((await fetch(`${at}/nodes`)).status).toBe(401);
    const login = { client_id: "node-red-admin", grant_type: "password", scope: "*" };
    const wrong = { ...login, username: "installer", password: "installer" };
    const body = new URLSearchParams(wrong);
    expect((await fetch(`${at}/auth/token`, { method: "POST", body })).ok).toBe(false);
  });

  test("I10: without secrets it does not start, and says what is missing", () => {
    const ran = spawnSync(process.execPath, ["flows/start.ts"], { env: {}, encoding: "utf8" });
    expect(ran.status).toBe(78);
    expect(ran.stderr).toContain("flows: OBHUT_COMFORT_TOKEN is not set");
    expect(ran.stderr).toContain("flows: OBHUT_FLOWS_SECRET is not set");
  });
});
