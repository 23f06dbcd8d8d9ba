/** Noise at every door of the running processes; then somebody presses. `OBHUT_SEED=n` for one. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectPacket, publishPacket, subscribePacket } from "../support/mqtt-bytes.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { type House, openHouse } from "./house.ts";

let house: House;
let hub = { mqtt: 0, websocket: 0 };
let gatewayPid = 0;
beforeAll(async () => {
  house = await openHouse();
  const { ports, pid } = await house.rig.ready();
  hub = { mqtt: ports["mqtt"] ?? 0, websocket: ports["websocket"] ?? 0 };
  gatewayPid = pid;
}, 120_000);
afterEach(() => house.calm(), 120_000);
afterAll(() => house.close(), 60_000);

const noise = (random: SeededRandom, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.int(256)));

/** The bytes with a few of them changed, taken out or doubled. */
function mutated(random: SeededRandom, bytes: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let count = random.int(6); count > 0 && out.length > 1; count -= 1) {
    const at = random.int(out.length);
    const change = random.int(4);
    if (change === 0) out[at] = random.int(256);
    else if (change === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1)]);
    else if (change === 2) out = Buffer.concat([out.subarray(0, at + 1), out.subarray(at)]);
    else out[at] = (out[at] ?? 0) ^ (1 << random.int(8));
  }
  return out;
}

/** A JSON text that is almost, or not at all, what somebody would ask. */
function almostJson(random: SeededRandom, kinds: readonly string[]): string {
  const value = random.pick<unknown>([null, -1, 1e308, "", "x".repeat(3_000), [], {}, [[[]]]]);
  const request = { kind: random.pick(kinds), alarmId: value, minutes: value, by: value };
  const text = JSON.stringify({ id: random.pick([`id-${random.int(9)}`, value]), request });
  return random.chance(0.5) ? text : mutated(random, Buffer.from(text)).toString("latin1");
}

interface Door {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly topic: string;
  readonly kinds: readonly string[];
}

/** What a client with a good credential and a broken program would send. */
function brokenClient(random: SeededRandom, door: Door): Buffer {
  const { user, password, topic, kinds } = door;
  const hello = connectPacket({ clientId: user, user, password });
  const said = Array.from({ length: 8 }, (_, nth) =>
    publishPacket(topic, almostJson(random, kinds), {
      qos: random.pick([0, 1, 2] as const),
      messageId: nth + 1,
      retain: random.chance(0.2),
    }),
  );
  const packets = [subscribePacket(99, "#", `${topic}/+`), ...said].map((bytes) =>
    random.chance(0.4) ? mutated(random, bytes) : bytes,
  );
  return Buffer.concat([random.chance(0.2) ? mutated(random, hello) : hello, ...packets]);
}

/** Writes bytes to a port of this machine, with or without TLS, and hangs up. */
function throwAt(port: number, bytes: Buffer, how: "tcp" | "tls"): Promise<void> {
  return new Promise((resolve) => {
    const at = { host: "127.0.0.1", port };
    const send = (): void => {
      socket.write(bytes);
      setTimeout(() => socket.destroy(), 100);
    };
    const socket =
      how === "tcp" ? connect(at, send) : connectTls({ ...at, rejectUnauthorized: false }, send);
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    socket.on("close", () => resolve());
  });
}

/** A well-formed frame of the stick with the words of nobody: AF_INCOMING_MSG (0x44 0x81). */
function strangeFrame(random: SeededRandom): Buffer {
  const body = noise(random, 17 + random.int(40));
  // Length of the data where the stick would write it, mostly true.
  if (random.chance(0.8)) body[16] = body.length - 17;
  // Sometimes from a device of the home (addresses 0x1001 to 0x1011).
  if (random.chance(0.5)) body.writeUInt16LE(0x1001 + random.int(17), 4);
  const head = [body.length, 0x44, 0x81, ...body];
  const check = head.reduce((sum, byte) => sum ^ byte, 0);
  return Buffer.from([0xfe, ...head, check]);
}

/** Raw noise, frames of nobody, and frames with a broken byte, on the line of the stick. */
async function serialNoise(random: SeededRandom): Promise<void> {
  const { home } = house.rig;
  await home.ask("fault", "garbage", String(1 + random.int(300)));
  for (let count = 0; count < 6; count += 1) {
    const frame = strangeFrame(random);
    const bytes = random.chance(0.5) ? frame : mutated(random, frame);
    await home.ask("fault", "garbage", bytes.toString("hex"));
  }
}

/**
 * What is written when a part fell over and was started again, or went on over a fault that nobody
 * expected: gateway/hub/worker-life.ts, journal/open.ts, lifecycle.ts, rule-faults.ts, main.ts and
 * radio/listeners.ts; care/service.ts.
 */
const fallen = new RegExp(
  [
    ...["worker is gone", "worker hangs", "worker died", "nobody caught", "failed unheard"],
    ...["listener failed", "rule failed", " threw: "],
  ].join("|"),
);

const stumbles = (): readonly string[] =>
  ["gateway.log", "care.log"]
    .flatMap((name) => readFileSync(join(house.rig.folder, name), "utf8").split("\n"))
    .filter((line) => fallen.test(line));

function doors(): readonly Door[] {
  const { files, line } = house.rig;
  return [
    {
      port: hub.mqtt,
      user: "phone",
      password: files.tokens["phone"] ?? "",
      topic: "home/request/phone",
      // Nothing that would be a true call: what follows must be the press alone.
      kinds: ["false-alarm", "presence", "stove-reset", "stove-hold", "unheard-of"],
    },
    {
      port: line.target,
      user: "desk",
      password: files.deskPassword,
      topic: "desk/request/desk",
      kinds: ["accept", "decline", "close", "unheard-of"],
    },
  ];
}

describe("fuzz of the running processes", () => {
  test.each(seedsToRun(8).slice(0, 8))(
    "I8, I9: seed %i: the same processes go on, and the next press arrives",
    async (seed) => {
      const random = seededRandom(seed);
      const again = replayCommand(seed, "tests/e2e/fuzz");
      const before = stumbles().length;
      for (const door of doors()) {
        await throwAt(door.port, noise(random, 1 + random.int(500)), "tcp");
        await throwAt(door.port, noise(random, 1 + random.int(500)), "tls");
        await throwAt(door.port, brokenClient(random, door), "tls");
        await throwAt(door.port, brokenClient(random, door), "tls");
      }
      await throwAt(hub.websocket, noise(random, 200), "tls");
      await throwAt(
        hub.websocket,
        Buffer.from("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
        "tls",
      );
      await serialNoise(random);
      // Through every part: stick, rules, journal, care service, and the home's own broker.
      const since = house.since();
      const alarmId = await house.callArrives(random.pick(["bath-button", "neck-button"]));
      expect(alarmId, again).not.toBe("");
      await since.says("help-stored", alarmId);
      expect((await house.rig.status())?.pid, again).toBe(gatewayPid);
      expect(house.rig.care.runs, again).toBe(true);
      expect(stumbles().slice(before), again).toEqual([]);
    },
    120_000,
  );
});
