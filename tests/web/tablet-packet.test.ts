/** The page's own MQTT codec, held against the one that the brokers are built on. */
import fc from "fast-check";
import { generate, type Packet as Other, parser } from "mqtt-packet";
import { describe, expect, test } from "vitest";
import {
  connect,
  goodbye,
  PacketReader,
  packetBytesMax,
  ping,
  publish,
  receipt,
  subscribe,
} from "../../web/tablet/wire/packet.ts";

/** Reads bytes as the broker does. */
function readByBroker(bytes: Uint8Array): Other {
  const found: Other[] = [];
  const reader = parser({ protocolVersion: 4 });
  reader.on("packet", (packet) => found.push(packet));
  reader.parse(Buffer.from(bytes));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error("not one packet");
  return first;
}

const word = fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" });
const id = fc.integer({ min: 1, max: 65_535 });

describe("what the page says", () => {
  test("a login is what was meant, whatever its words", () => {
    fc.assert(
      fc.property(word, word, word, (clientId, user, password) => {
        const bytes = connect({ clientId, user, password, keepalive_s: 20 });
        const read = readByBroker(bytes);
        expect(read).toMatchObject({ cmd: "connect", clientId, clean: true, keepalive: 20 });
        expect(read).toMatchObject({ protocolId: "MQTT", protocolVersion: 4, username: user });
        expect((read as { password?: Buffer }).password?.toString()).toBe(password);
      }),
    );
  });

  test("a message is what was meant, whatever its length", () => {
    const text = fc.oneof(
      word,
      fc.integer({ min: 0, max: 30_000 }).map((n) => "ä".repeat(n)),
    );
    fc.assert(
      fc.property(id, word, text, (messageId, topic, payload) => {
        const read = readByBroker(publish(messageId, topic, payload));
        expect(read).toMatchObject({ cmd: "publish", topic, messageId, qos: 1, retain: false });
        expect((read as { payload: Buffer }).payload.toString()).toBe(payload);
      }),
    );
  });

  test("the rest is what was meant", () => {
    expect(readByBroker(subscribe(7, ["home/state/#", "home/announcement"]))).toMatchObject({
      cmd: "subscribe",
      messageId: 7,
      subscriptions: [
        { topic: "home/state/#", qos: 1 },
        { topic: "home/announcement", qos: 1 },
      ],
    });
    expect(readByBroker(receipt(65_535))).toMatchObject({ cmd: "puback", messageId: 65_535 });
    expect(readByBroker(ping()).cmd).toBe("pingreq");
    expect(readByBroker(goodbye()).cmd).toBe("disconnect");
  });
});

describe("what the page hears", () => {
  const said = fc.record({
    topic: word,
    payload: fc.string({ maxLength: 2_000, unit: "grapheme" }),
    retain: fc.boolean(),
    qos: fc.constantFrom<0 | 1>(0, 1),
    messageId: id,
  });

  test("messages arrive whole, wherever the frames of the socket end", () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), fc.array(fc.nat(400)), (all, cuts) => {
        const bytes = Buffer.concat(
          all.map((one) => generate({ cmd: "publish", dup: false, ...one })),
        );
        const reader = new PacketReader();
        const found = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...reader.feed(bytes.subarray(at, at + cut)));
          at = Math.min(bytes.length, at + cut);
        }
        expect(found).toEqual(
          all.map(({ topic, payload, retain, qos, messageId }) => ({
            kind: "message",
            topic,
            text: payload,
            retained: retain,
            id: qos === 0 ? 0 : messageId,
          })),
        );
      }),
    );
  });

  test("a refusal is a refusal", () => {
    const reader = new PacketReader();
    const answers = [
      generate({ cmd: "connack", returnCode: 5, sessionPresent: false }),
      generate({ cmd: "suback", messageId: 1, granted: [1, 128] }),
      generate({ cmd: "suback", messageId: 1, granted: [1, 1] }),
      generate({ cmd: "pingresp" }),
      generate({ cmd: "puback", messageId: 258 }),
    ];
    expect(reader.feed(Buffer.concat(answers))).toEqual([
      { kind: "welcome", code: 5 },
      { kind: "subscribed", refused: true },
      { kind: "subscribed", refused: false },
      { kind: "pong" },
      { kind: "receipt", id: 258 },
    ]);
  });

  test("I9: what is no packet, or too long, is refused before it is kept", () => {
    expect(() => new PacketReader().feed(new Uint8Array([0xf0, 0]))).toThrow();
    expect(() => new PacketReader().feed(new Uint8Array([0x30, 2, 0xff, 0xff]))).toThrow();
    expect(() => new PacketReader().feed(new Uint8Array([0x30, 0xff, 0xff, 0xff, 0xff]))).toThrow();
    const tooLong = packetBytesMax + 1;
    const head = [0x30, (tooLong & 0x7f) | 0x80, ((tooLong >> 7) & 0x7f) | 0x80, tooLong >> 14];
    expect(() => new PacketReader().feed(new Uint8Array(head))).toThrow();
  });
});
