import * as fc from "fast-check";
import { expect, it } from "vitest";
import { encodeFrame, type Frame, FrameParser, maxData } from "../../sim/coordinator/frame.ts";
import { decodeZcl, encodeZcl } from "../../sim/devices/zcl.ts";

const bytes = (most: number) =>
  fc.uint8Array({ maxLength: most }).map((array) => Buffer.from(array));

const frames: fc.Arbitrary<Frame> = fc.record({
  kind: fc.integer({ min: 0, max: 7 }),
  subsystem: fc.integer({ min: 0, max: 31 }),
  command: fc.integer({ min: 0, max: 255 }),
  data: bytes(maxData),
});

function cut(stream: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    parts.push(stream.subarray(at, at + size));
    at += size;
  }
  return parts;
}

it("frames survive any cutting of the stream", async () => {
  await fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      (sent, sizes) => {
        const parser = new FrameParser();
        const stream = Buffer.concat(sent.map(encodeFrame));
        const found = cut(stream, sizes).flatMap((part) => parser.push(part));
        expect(found).toEqual(sent);
      },
    ),
  );
});

it("after any garbage, frames are found again once the garbage's claims are used up", async () => {
  await fc.assert(
    fc.property(bytes(300), frames, (garbage, frame) => {
      const parser = new FrameParser();
      const filler = Buffer.alloc(maxData + 5);
      parser.push(garbage);
      parser.push(filler);
      expect(parser.push(encodeFrame(frame))).toEqual([frame]);
    }),
  );
});

it("a real alarm frame is read as it was captured", () => {
  const alarm =
    "fe1d4481 0000 0005 0110 01 01 00 78 00 156b3500 00 09 09 02 00 0100 00 17 0000 0110 1d e7";
  const captured = Buffer.from(alarm.replaceAll(" ", ""), "hex");
  const [frame] = new FrameParser().push(captured);
  expect(frame?.subsystem).toBe(4);
  expect(frame?.command).toBe(0x81);
  expect(frame && encodeFrame(frame)).toEqual(captured);
});

it("ZCL frames survive the way there and back", async () => {
  await fc.assert(
    fc.property(
      fc.record({
        ofCluster: fc.boolean(),
        fromServer: fc.boolean(),
        wantsDefaultResponse: fc.boolean(),
        sequence: fc.integer({ min: 0, max: 255 }),
        command: fc.integer({ min: 0, max: 255 }),
        payload: bytes(80),
      }),
      fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
      (plain, manufacturer) => {
        const frame = manufacturer === undefined ? plain : { ...plain, manufacturer };
        expect(decodeZcl(encodeZcl(frame))).toEqual(frame);
      },
    ),
  );
});
