import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Framer } from "../../../gateway/radio/framer.ts";
import { encodeFrame, kinds, subsystems } from "../../../sim/coordinator/frame.ts";

const frame = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }))
  .map(([command, data]) =>
    encodeFrame({
      kind: kinds.indication,
      subsystem: subsystems.af,
      command,
      data: Buffer.from(data),
    }),
  );

function hex(frames: readonly Uint8Array[]): readonly string[] {
  return frames.map((bytes) => Buffer.from(bytes).toString("hex"));
}

test("I9: frames come out whole, however the line cuts them", async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), cuts, (frames, lengths) => {
      const stream = Buffer.concat(frames);
      const framer = new Framer();
      const out: Uint8Array[] = [];
      for (let at = 0, nth = 0; at < stream.length; nth += 1) {
        const length = lengths[nth % lengths.length] ?? 1;
        out.push(...framer.push(stream.subarray(at, at + length)));
        at += length;
      }
      expect(hex(out)).toEqual(hex(frames));
      expect(framer.isWaiting).toBe(false);
    }),
  );
});

/** A frame of 7 bytes whose data holds no start byte and no plausible header. */
const alarm = encodeFrame({
  kind: kinds.indication,
  subsystem: subsystems.af,
  command: 0x81,
  data: Buffer.from([1, 2]),
});

const noises: readonly (readonly [string, Buffer])[] = [
  ["a start byte and length 255", Buffer.from([0xfe, 0xff])],
  ["a start byte alone", Buffer.from([0xfe])],
  ["the head of a longer frame", Buffer.from([0xfe, 0x20, 0x44, 0x81])],
  ["a frame with a wrong check sum", Buffer.from([0xfe, 0x01, 0x44, 0x81, 0x00, 0x01])],
  ["bytes without a start", Buffer.alloc(5_000, 0x41)],
  ["start bytes only", Buffer.alloc(300, 0xfe)],
];

test.each(noises)("H 6.3: %s swallows no frame", (_name, noise) => {
  const framer = new Framer();
  const out = [...framer.push(noise), ...framer.push(alarm), ...framer.push(alarm)];
  expect(hex([...out, ...framer.expire()])).toEqual(hex([alarm, alarm]));
  expect(framer.isWaiting).toBe(false);
});

test("I9: noise is not kept", () => {
  const framer = new Framer();
  framer.push(Buffer.alloc(1_000_000, 0x41));
  expect(framer.isWaiting).toBe(false);
});
