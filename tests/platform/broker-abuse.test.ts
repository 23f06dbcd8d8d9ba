import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { watchEveryMs } from "../../platform/broker.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { makeCertificate } from "../../platform/tls.ts";
import {
  connectPacket,
  packet,
  publishPacket,
  RawClient,
  subscribePacket,
} from "../support/mqtt-bytes.ts";
import { seededRandom } from "../support/random.ts";
import { secretOf, startTestBroker, type TestBroker, until } from "../support/test-broker.ts";

let place: TestBroker;
afterEach(() => place.close());

/** A broker that is reached by WebSocket alone, and a connection that has said nothing yet. */
async function webSocket(): Promise<WebSocket> {
  place = await startTestBroker({
    listeners: [{ kind: "websocket", host: "127.0.0.1", port: 0 }],
  });
  const socket = new WebSocket(`ws://127.0.0.1:${place.port}`, "mqtt");
  await once(socket, "open");
  return socket;
}

/** A client that has subscribed to everything shared and then stops reading. */
async function frozenClient(): Promise<RawClient> {
  const frozen = await place.raw("frozen");
  frozen.send(subscribePacket(1, "shared/#"));
  await frozen.hear(4 + 5);
  frozen.socket.pause();
  return frozen;
}

/** More than the kernel takes for a client that does not read. */
function flood(): void {
  const big = Buffer.alloc(60_000);
  for (let count = 0; count < 400; count += 1) {
    place.broker.publish("shared/big", big, { retain: false, qos: 1 });
  }
}

describe("I8: a frozen client", () => {
  test("delays nobody: messages past the broker's concurrency go by it", async () => {
    const limits = { ...homeLimits, unsentBytes: 100_000_000, frozenMs: 600_000 };
    place = await startTestBroker({ limits });
    await frozenClient();
    const anna = await place.client("anna");
    let heard = 0;
    anna.on("message", () => {
      heard += 1;
    });
    await anna.subscribeAsync("shared/ping", { qos: 1 });
    flood();
    await until(() => place.broker.stats().unsentBytes > 1_000_000);
    for (let count = 0; count < 3_000; count += 1) {
      place.broker.publish("shared/ping", "ping", { retain: false, qos: 1 });
    }
    await until(() => heard === 3_000);
    await anna.publishAsync("own/anna/x", "round trip", { qos: 1 });
    expect(place.broker.stats().unsentBytes).toBeGreaterThan(1_000_000);
    expect(place.comings).toEqual(["+frozen", "+anna"]);
  });

  test("is dropped when it has read nothing for the stated time, below two seconds", async () => {
    place = await startTestBroker({ limits: { ...homeLimits, unsentBytes: 100_000_000 } });
    const frozen = await frozenClient();
    flood();
    await until(() => place.comings.includes("-frozen"));
    expect(place.intrusions).toEqual(["dropped frozen: frozen"]);
    expect(homeLimits.frozenMs + watchEveryMs).toBeLessThan(2_000);
    frozen.socket.resume();
    await frozen.gone();
  });

  test("is dropped at once when too many bytes wait for it", async () => {
    place = await startTestBroker({ limits: { ...homeLimits, frozenMs: 600_000 } });
    await frozenClient();
    flood();
    await until(() => place.comings.includes("-frozen"));
    expect(place.intrusions[0]).toContain("too slow");
  });

  test("over WebSocket is dropped as well", async () => {
    const socket = await webSocket();
    const shown = { clientId: "frozen", user: "frozen", password: secretOf("frozen") };
    socket.send(connectPacket(shown));
    await once(socket, "message");
    socket.send(subscribePacket(1, "shared/#"));
    await once(socket, "message");
    socket.pause();
    flood();
    await until(() => place.comings.includes("-frozen"));
    socket.terminate();
  });
});

describe("I8: a flooding client", () => {
  test("is read at its rate, and another's message overtakes its flood", async () => {
    place = await startTestBroker();
    const flooder = await place.raw("flooder");
    const message = publishPacket("own/flooder/x", "again");
    flooder.send(Buffer.concat(Array.from({ length: 20_000 }, () => message)));
    const anna = await place.client("anna");
    await until(() => place.heard.length >= homeLimits.publishesBurst);
    await anna.publishAsync("own/anna/x", "help", { qos: 1 });
    await until(() => place.heard.some(({ who }) => who === "anna"));
    expect(place.heard.length).toBeLessThan(2_000);
    expect(place.intrusions).toEqual(["flooder sends more than it may and is slowed down"]);
  });

  test("of pings is slowed down too", async () => {
    place = await startTestBroker();
    const flooder = await place.raw("flooder");
    flooder.send(Buffer.concat(Array.from({ length: 20_000 }, () => packet(0xc0))));
    const anna = await place.client("anna");
    await until(() => flooder.heard().length >= 2 * homeLimits.packetsBurst);
    await anna.publishAsync("own/anna/x", "help", { qos: 1 });
    await until(() => place.heard.length > 0);
    expect(place.intrusions).toEqual(["flooder sends more than it may and is slowed down"]);
    // Two bytes for each answered ping: the message came before a quarter of the flood was read.
    expect(flooder.heard().length).toBeLessThan((2 * 20_000) / 4);
  });

  test("of WebSocket pings and empty frames is slowed down too", async () => {
    const socket = await webSocket();
    socket.ping();
    await once(socket, "pong");
    for (let count = 0; count < 5_000; count += 1) {
      socket.ping();
      socket.send(Buffer.alloc(0));
    }
    await until(() => place.intrusions.length > 0);
    expect(place.intrusions[0]).toContain("a stranger from 127.0.0.1 sends more than it may");
    socket.terminate();
  });

  test("of WebSocket pongs that nobody asked for is slowed down too", async () => {
    const socket = await webSocket();
    for (let count = 0; count < 5_000; count += 1) socket.pong();
    await until(() => place.intrusions.length > 0);
    expect(place.intrusions[0]).toContain("a stranger from 127.0.0.1 sends more than it may");
    socket.terminate();
  });

  test("that hangs up early still had its allowed messages heard", async () => {
    place = await startTestBroker();
    const hasty = await place.raw("hasty");
    hasty.socket.end(Buffer.concat([publishPacket("own/hasty/x", "last words"), packet(0xe0)]));
    await until(() => place.heard.length === 1);
    expect(place.heard[0]?.payload).toBe("last words");
  });
});

describe("I9: every limit holds, and only its breaker's connection ends", () => {
  test.each([
    ["a packet too long, by its header alone", Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
    ["a length field of five bytes", Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])],
    ["a packet that only a server sends", Buffer.from([0x20, 2, 0, 0])],
    ["a reserved packet type", Buffer.from([0x00, 0])],
    ["a second CONNECT", connectPacket({ clientId: "anna" })],
    ["a topic of too many levels", publishPacket("own/anna/1/2/3/4/5/6/7/8", "deep")],
    ["a topic of the broker's own", publishPacket("$SYS/anna", "x")],
    ["a topic with a wildcard", publishPacket("own/anna/+", "x")],
    ["a filter of too many levels", subscribePacket(1, "own/anna/1/2/3/4/5/6/7/8/9")],
    ["an empty filter", subscribePacket(1, "")],
  ])("%s", async (_words, bytes) => {
    place = await startTestBroker();
    const bert = await place.client("bert");
    const anna = await place.raw("anna");
    anna.send(bytes);
    await anna.gone();
    await bert.publishAsync("own/bert/x", "still here", { qos: 1 });
    expect(place.heard.map(({ who }) => who)).toEqual(["bert"]);
  });

  test("before CONNECT nothing else is read, and only a short one", async () => {
    place = await startTestBroker();
    for (const bytes of [
      publishPacket("own/anna/x", "x"),
      connectPacket({ clientId: "a".repeat(3_000) }),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
    ]) {
      const stranger = await RawClient.open(place.port);
      stranger.send(bytes);
      await stranger.gone();
    }
    expect(place.broker.stats().dropped).toBe(4);
  });

  test("a CONNECT that does not arrive in time ends: plain, TLS and WebSocket", async () => {
    const tls = await makeCertificate("home");
    place = await startTestBroker({
      limits: { ...homeLimits, connectWithinMs: 200 },
      listeners: [
        { kind: "tcp", host: "127.0.0.1", port: 0 },
        { kind: "tcp", host: "127.0.0.1", port: 0, tls },
        { kind: "websocket", host: "127.0.0.1", port: 0 },
      ],
    });
    for (const [index, start] of ["\x10", "\x16", "GET / HTTP/1.1\r\nHost"].entries()) {
      const slow = await RawClient.open(place.broker.ports[index] ?? 0);
      slow.send(Buffer.from(start, "latin1"));
      await slow.gone();
    }
    await until(() => place.broker.stats().strangers === 0);
  });

  test("a keep-alive of none, or above the limit, is refused", async () => {
    place = await startTestBroker();
    await expect(place.client("anna", { keepalive: 0 })).rejects.toThrow();
    await expect(place.client("anna", { keepalive: 3_600 })).rejects.toThrow();
  });

  test("connections of one remote: past the burst they end", async () => {
    place = await startTestBroker({
      limits: { ...homeLimits, connectsBurst: 3, connectsPerSecond: 0.000_001 },
    });
    for (let count = 0; count < 3; count += 1) await RawClient.open(place.port);
    const late = await RawClient.open(place.port);
    await late.gone();
    expect(place.intrusions).toEqual(["too many connections from 127.0.0.1"]);
  });

  test("connections of one remote: a right login from there is not locked out", async () => {
    place = await startTestBroker({
      limits: { ...homeLimits, connectsBurst: 1, connectsPerSecond: 0.000_001 },
    });
    for (let count = 0; count < 5; count += 1) await place.raw("anna");
    for (let count = 0; count < 3; count += 1) await RawClient.open(place.port);
    await place.raw("bert");
    expect(place.intrusions).toEqual([]);
  });

  test("strangers of one remote are few: one of them goes, and never a client", async () => {
    place = await startTestBroker({ limits: { ...homeLimits, strangersPerRemote: 2 } });
    const anna = await place.raw("anna");
    const strangers: RawClient[] = [];
    for (let count = 0; count < 3; count += 1) strangers.push(await RawClient.open(place.port));
    await Promise.race(strangers.map((stranger) => stranger.gone()));
    await until(() => place.broker.stats().strangers === 2);
    expect(place.intrusions).toEqual(["too many strangers from 127.0.0.1"]);
    expect(anna.socket.destroyed).toBe(false);
  });

  test("whoever holds every place of the door gives way to a right login", async () => {
    const limits = { ...homeLimits, strangers: 3, strangersPerRemote: 3 };
    place = await startTestBroker({ limits });
    for (let count = 0; count < 3; count += 1) await RawClient.open(place.port);
    let came = false;
    // By lot the newcomer may be the one who goes; it comes again, as a gateway does.
    while (!came) {
      const anna = await RawClient.open(place.port);
      anna.send(connectPacket({ clientId: "anna", user: "anna", password: secretOf("anna") }));
      await Promise.race([anna.gone(), anna.hear(4)]);
      came = anna.heard().length === 4;
    }
  });

  test("a wrong login is answered late, a right one from the same remote at once", async () => {
    place = await startTestBroker({
      limits: { ...homeLimits, failuresBurst: 1, failureDelayMs: 600_000 },
    });
    const guess = { clientId: "anna", user: "anna", password: "guess" };
    const first = await RawClient.open(place.port);
    first.send(connectPacket(guess));
    await first.gone();
    const second = await RawClient.open(place.port);
    second.send(connectPacket(guess));
    await until(() => place.broker.stats().intrusions === 2);
    await place.client("anna");
    expect(second.heard()).toHaveLength(0);
  });

  test("clients in all: the newcomer is refused as unavailable", async () => {
    place = await startTestBroker({ limits: { ...homeLimits, clients: 1 } });
    await place.raw("anna");
    const bert = await place.raw("bert");
    expect([...bert.heard()]).toEqual([0x20, 2, 0, 3]);
  });

  test("subscriptions of one client: further ones are answered with 0x80", async () => {
    place = await startTestBroker({ limits: { ...homeLimits, subscriptions: 2 } });
    const anna = await place.raw("anna");
    anna.send(subscribePacket(1, "shared/a", "shared/b"));
    await anna.hear(4 + 6);
    anna.send(subscribePacket(2, "shared/c", "shared/a"));
    expect([...(await anna.hear(4 + 6 + 6)).subarray(10)]).toEqual([0x90, 4, 0, 2, 0x80, 1]);
  });
});

describe("fuzz", () => {
  const whole = Buffer.concat([
    connectPacket({ clientId: "anna", user: "anna", password: secretOf("anna") }),
    subscribePacket(7, "shared/#", "own/anna/y"),
    publishPacket("own/anna/x", "{}"),
    packet(0x32, Buffer.from([0, 1, 0x61, 0, 9]), Buffer.from("one")),
    packet(0x34, Buffer.from([0, 1, 0x61, 0, 8]), Buffer.from("two")),
    packet(0x62, Buffer.from([0, 8])),
    packet(0x40, Buffer.from([0, 9])),
    packet(0xa2, Buffer.from([0, 3, 0, 1, 0x61])),
    packet(0xc0),
  ]);

  test.each([1, 2, 3, 4])(
    "seed %i: mutated bytes end their own connection at most",
    async (seed) => {
      const random = seededRandom(seed);
      const limits = { ...homeLimits, connectsBurst: 10_000, packetBytes: 500, strangers: 1_000 };
      place = await startTestBroker({ limits: { ...limits, strangersPerRemote: 1_000 } });
      const bert = await place.client("bert");
      for (let round = 0; round < 150; round += 1) {
        const bytes = Buffer.from(whole);
        for (let count = 1 + random.int(4); count > 0; count -= 1) {
          bytes[random.int(bytes.length)] = random.int(256);
        }
        const kept = random.chance(0.2) ? bytes.subarray(0, random.int(bytes.length)) : bytes;
        const client = await RawClient.open(place.port);
        const cut = random.int(kept.length + 1);
        client.send(kept.subarray(0, cut));
        if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
        client.socket.end(kept.subarray(cut));
        if (random.chance(0.2)) client.close();
      }
      await bert.publishAsync("own/bert/x", "after the garbage", { qos: 1 });
      await until(() => place.heard.some(({ payload }) => payload === "after the garbage"));
    },
  );
});
