import mqtt from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { makeCertificate } from "../../platform/tls.ts";
import { connectPacket, packet, publishPacket, RawClient } from "../support/mqtt-bytes.ts";
import { secretOf, startTestBroker, type TestBroker, until } from "../support/test-broker.ts";

let place: TestBroker;
afterEach(() => place.close());

describe("I10: nobody without a credential of their own", () => {
  test.each([
    ["no user and no password", { clientId: "anna" }],
    ["a user without a password", { clientId: "anna", user: "anna" }],
    ["a wrong password", { clientId: "anna", user: "anna", password: "guess" }],
    ["an empty user", { clientId: "x", user: "", password: "" }],
  ])("%s is refused with return code 4", async (_words, shown) => {
    place = await startTestBroker();
    const client = await RawClient.open(place.port);
    client.send(connectPacket(shown));
    expect([...(await client.hear(4))]).toEqual([0x20, 2, 0, 4]);
    await client.gone();
    expect(place.comings).toEqual([]);
    expect(place.intrusions).toHaveLength(1);
  });

  test("a right credential is taken, and its name is what the broker hands on", async () => {
    place = await startTestBroker();
    const anna = await place.client("anna");
    await anna.publishAsync("own/anna/x", "hello", { qos: 1 });
    await until(() => place.heard.length === 1);
    expect(place.heard).toEqual([{ who: "anna", topic: "own/anna/x", payload: "hello" }]);
  });

  test("another's client id is refused, and its owner stays", async () => {
    place = await startTestBroker();
    const anna = await place.client("anna");
    await expect(place.client("mallory", { clientId: "anna" })).rejects.toThrow("Identifier");
    await expect(place.client("mallory", { clientId: "anna:2" })).rejects.toThrow("Identifier");
    await anna.publishAsync("own/anna/x", "still here", { qos: 1 });
    expect(place.comings).toEqual(["+anna"]);
  });

  test("the same client id of the same credential takes over", async () => {
    place = await startTestBroker();
    const first = await place.raw("anna");
    await place.raw("anna");
    await first.gone();
    expect(place.comings).toEqual(["+anna"]);
    expect(place.broker.stats().clients).toBe(1);
  });

  test("past the sessions of one credential the oldest gives way", async () => {
    place = await startTestBroker();
    const sessions: RawClient[] = [];
    for (const name of ["anna", "anna:2", "anna:3", "anna:4", "anna:5"]) {
      sessions.push(await place.raw("anna", name));
    }
    await sessions[0]?.gone();
    await until(() => place.broker.stats().clients === 4);
    expect(sessions.map((session) => session.socket.destroyed)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test("a revoked credential loses its sessions", async () => {
    place = await startTestBroker();
    const anna = await place.raw("anna");
    place.broker.drop("anna", "revoked");
    await anna.gone();
    await until(() => place.comings.length === 2);
    expect(place.comings).toEqual(["+anna", "-anna"]);
  });
});

describe("rights", () => {
  test("a filter that is not one's own is answered with 0x80 and hears nothing", async () => {
    place = await startTestBroker();
    const anna = await place.client("anna");
    const granted = await anna
      .subscribeAsync(["shared/a", "own/bert/x", "#", "+/bert/x", "$SYS/#"], { qos: 1 })
      .catch((error: unknown) => error);
    expect(String(granted)).toContain("Unspecified error");
    const heard: string[] = [];
    anna.on("message", (topic) => heard.push(topic));
    const bert = await place.client("bert");
    await bert.publishAsync("own/bert/x", "private", { qos: 1 });
    place.broker.publish("shared/a", "public", { retain: false, qos: 1 });
    await until(() => heard.length > 0);
    expect(heard).toEqual(["shared/a"]);
  });

  test("a message on another's topic ends the connection and reaches nobody", async () => {
    place = await startTestBroker();
    const anna = await place.raw("anna");
    anna.send(publishPacket("own/bert/x", "as bert"));
    await anna.gone();
    expect(place.heard).toEqual([]);
    expect(place.intrusions).toEqual(["anna may not publish own/bert/x"]);
  });

  test("only the server retains: a retained message of a client is refused", async () => {
    place = await startTestBroker();
    place.broker.publish("shared/state", "kept", { retain: true, qos: 1 });
    place.broker.publish("shared/event", "passing", { retain: false, qos: 1 });
    const mallory = await place.raw("mallory");
    mallory.send(publishPacket("own/mallory/x", "planted", { retain: true }));
    await mallory.gone();
    const anna = await place.client("anna");
    const heard: string[] = [];
    anna.on("message", (topic, payload, { retain }) =>
      heard.push(`${topic} ${payload.toString()} ${retain}`),
    );
    await anna.subscribeAsync("shared/#", { qos: 1 });
    await until(() => heard.length === 1);
    const late = await place.client("mallory");
    await late.subscribeAsync("own/mallory/#", { qos: 1 });
    await anna.subscribeAsync("shared/event", { qos: 1 });
    expect(heard).toEqual(["shared/state kept true"]);
  });

  test("an announcement is not lost when an event overtakes it inside the broker", async () => {
    place = await startTestBroker();
    const anna = await place.client("anna");
    const heard: string[] = [];
    anna.on("message", (_topic, payload) => heard.push(payload.toString()));
    await anna.subscribeAsync("shared/#", { qos: 1 });
    const expected: string[] = [];
    for (let count = 0; count < 50; count += 1) {
      for (const [sort, retain, qos] of [
        ["state", true, 1],
        ["said", false, 1],
        ["event", false, 0],
      ] as const) {
        place.broker.publish(`shared/${sort}`, `${sort} ${count}`, { retain, qos });
        expected.push(`${sort} ${count}`);
      }
    }
    await until(() => heard.length >= expected.length);
    expect(new Set(heard)).toEqual(new Set(expected));
    for (const sort of ["state", "said", "event"]) {
      const own = (list: readonly string[]) => list.filter((one) => one.startsWith(sort));
      expect(own(heard)).toEqual(own(expected));
    }
  });

  test.each([
    ["a filter for all", ["shared/#"]],
    ["a filter for each", Array.from({ length: 19 }, (_, nth) => `shared/${nth}`)],
  ])(
    "I5: who begins to listen is left with the newest of each state: %s",
    async (_way, filters) => {
      const states = 19;
      let place: TestBroker | undefined;
      const show = (nth: number, text: string): void =>
        place?.broker.publish(`shared/${nth}`, text, { retain: true, qos: 1 });
      /** While the kept ones are sent, each is replaced in turn. */
      const replace = (nth: number): void => {
        show(nth, "new");
        if (nth + 1 < states) setImmediate(replace, nth + 1);
      };
      let begun = false;
      place = await startTestBroker({
        maySubscribe: () => {
          if (!begun) setImmediate(replace, 0);
          begun = true;
          return true;
        },
      });
      for (let nth = 0; nth < states; nth += 1) show(nth, "old");
      const anna = await place.client("anna");
      const latest = new Map<string, string>();
      anna.on("message", (topic, payload) => latest.set(topic, payload.toString()));
      await anna.subscribeAsync([...filters], { qos: 1 });
      await until(() => latest.get(`shared/${states - 1}`) === "new");
      // What was still on its way has come when this one has.
      show(states, "last");
      await anna.subscribeAsync(`shared/${states}`, { qos: 1 });
      await until(() => latest.get(`shared/${states}`) === "last");
      expect([...latest].filter(([, text]) => text === "old")).toEqual([]);
      await place.close();
    },
  );

  test("a message is handed on though its client hung up at once", async () => {
    place = await startTestBroker();
    const anna = await place.raw("anna");
    const message = publishPacket("own/anna/x", "last words", { qos: 1 });
    anna.send(Buffer.concat([message, packet(0xe0)]));
    await until(() => place.heard.length === 1);
    expect(place.heard[0]?.who).toBe("anna");
  });

  test("a will is refused", async () => {
    place = await startTestBroker();
    await expect(
      place.client("anna", { will: { topic: "own/anna/x", payload: Buffer.from("gone") } }),
    ).rejects.toThrow("Not authorized");
    expect(place.intrusions[0]).toContain("it leaves a will");
  });

  test("no session is kept for the absent, also when a client asks for one", async () => {
    place = await startTestBroker();
    const first = await place.client("anna", { clean: false });
    await first.subscribeAsync("shared/#", { qos: 1 });
    await first.endAsync(true);
    await until(() => place.broker.stats().clients === 0);
    place.broker.publish("shared/a", "while away", { retain: false, qos: 1 });
    const heard: string[] = [];
    const second = await place.client("anna", { clean: false });
    second.on("message", (_topic, payload) => heard.push(payload.toString()));
    await second.subscribeAsync("shared/#", { qos: 1 });
    place.broker.publish("shared/a", "now", { retain: false, qos: 1 });
    await until(() => heard.length > 0);
    expect(heard).toEqual(["now"]);
  });

  test("a throw in the server's own handler ends nothing", async () => {
    place = await startTestBroker({
      onPublish() {
        throw new Error("the handler broke");
      },
    });
    const anna = await place.client("anna");
    await anna.publishAsync("own/anna/x", "1", { qos: 1 });
    await anna.publishAsync("own/anna/x", "2", { qos: 1 });
    expect(place.intrusions[0]).toContain("the handler broke");
  });
});

describe("ports", () => {
  test("TLS and WebSocket over TLS speak MQTT with a pinned certificate", async () => {
    const tls = await makeCertificate("care");
    place = await startTestBroker({
      listeners: [
        { kind: "tcp", host: "127.0.0.1", port: 0, tls },
        { kind: "websocket", host: "127.0.0.1", port: 0, tls },
      ],
    });
    const login = {
      username: "anna",
      password: secretOf("anna"),
      ca: tls.cert,
      reconnectPeriod: 0,
    };
    for (const [index, url] of ["mqtts://localhost", "wss://localhost"].entries()) {
      const client = await mqtt.connectAsync(`${url}:${place.broker.ports[index]}`, {
        ...login,
        clientId: `anna:${index}`,
      });
      await client.publishAsync("own/anna/x", url, { qos: 1 });
      await client.endAsync();
    }
    await until(() => place.heard.length === 2);
    expect(place.heard.map(({ payload }) => payload)).toEqual([
      "mqtts://localhost",
      "wss://localhost",
    ]);
  });

  test("a port without TLS is refused anywhere but on the loopback address", async () => {
    place = await startTestBroker();
    await expect(
      startTestBroker({ listeners: [{ kind: "tcp", host: "0.0.0.0", port: 0 }] }),
    ).rejects.toThrow("has no certificate");
  });

  test("a port that is taken is a rejection, and no other port stays open", async () => {
    place = await startTestBroker();
    await expect(
      startTestBroker({
        listeners: [
          { kind: "tcp", host: "127.0.0.1", port: 0 },
          { kind: "tcp", host: "127.0.0.1", port: place.port },
        ],
      }),
    ).rejects.toThrow("EADDRINUSE");
  });
});
