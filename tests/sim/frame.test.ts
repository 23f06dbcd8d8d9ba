import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isOff } from "../../sim/coordinator/af-frames.ts";
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

/** AF_DATA_REQUEST (0x24 0x01) or its extended form for a group (0x24 0x02), with a ZCL frame. */
function sending(to: { nwk?: number; group?: number }, cluster: number, command: number): Frame {
  const zcl = Buffer.from([0x01, 0x07, command]);
  const about = Buffer.from([cluster & 0xff, cluster >> 8, 0x09, 0x00, 0x1e]);
  const base = { kind: 1, subsystem: 4 } as const;
  if (to.group === undefined) {
    const head = Buffer.from([(to.nwk ?? 0) & 0xff, (to.nwk ?? 0) >> 8, 1, 1]);
    return { ...base, command: 0x01, data: Buffer.concat([head, about, Buffer.from([3]), zcl]) };
  }
  const head = Buffer.alloc(13);
  head[0] = 1;
  head.writeUInt16LE(to.group, 1);
  return { ...base, command: 0x02, data: Buffer.concat([head, about, Buffer.from([3, 0]), zcl]) };
}

it("an off is an off for a device only by its address, its group, or to everybody", () => {
  const plug = { nwk: 0x1009, group: 0x0b0b };
  const onOff = 0x0006;
  expect(isOff(sending({ nwk: 0x1009 }, onOff, 0), plug)).toBe(true);
  expect(isOff(sending({ group: 0x0b0b }, onOff, 0), plug)).toBe(true);
  expect(isOff(sending({ nwk: 0xffff }, onOff, 0), plug)).toBe(true);
  expect(isOff(sending({ nwk: 0x100f }, onOff, 0), plug)).toBe(false);
  expect(isOff(sending({ group: 0x0001 }, onOff, 0), plug)).toBe(false);
  expect(isOff(sending({ nwk: 0x1009 }, onOff, 1), plug)).toBe(false);
  expect(isOff(sending({ nwk: 0x1009 }, 0x0008, 0), plug)).toBe(false);
});
