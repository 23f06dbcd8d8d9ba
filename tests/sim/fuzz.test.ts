import * as fc from "fast-check";
import { expect, it } from "vitest";
import { manualClock } from "../../sim/clock.ts";
import { kinds, subsystems } from "../../sim/coordinator/frame.ts";
import { encodeZcl } from "../../sim/devices/zcl.ts";
import { startVirtualHome } from "../../sim/virtual-home.ts";
import { BareHost } from "./bare-host.ts";

const bytes = (most: number) =>
  fc.uint8Array({ maxLength: most }).map((array) => Buffer.from(array));

async function startBare(): Promise<BareHost> {
  return new BareHost(await startVirtualHome({ clock: manualClock(), port: "none" }));
}

it("whatever a host asks, the stick lives and answers the next ping", async () => {
  const known = Object.values(subsystems);
  const request = fc.tuple(fc.constantFrom(...known), fc.integer({ min: 0, max: 255 }), bytes(40));
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 20 }), async (requests) => {
      const host = await startBare();
      for (const [subsystem, command, data] of requests) host.request(subsystem, command, data);
      host.request(subsystems.sys, 0x01, Buffer.alloc(0));
      const reply = host.frames.at(-1);
      expect(reply).toMatchObject({ kind: kinds.reply, subsystem: subsystems.sys, command: 0x01 });
    }),
    { numRuns: 200 },
  );
});

it("whatever arrives at a device, it lives and its button still works", async () => {
  const name = fc.constantFrom("bath-button", "stove-plug", "bedroom-shutter", "hall-siren");
  const cluster = fc.constantFrom(0, 1, 3, 4, 6, 8, 0x0102, 0x0500, 0x0502, 0x0702, 0x0b04);
  const sending = fc.record({
    name,
    cluster,
    ofCluster: fc.boolean(),
    command: fc.integer({ min: 0, max: 0x50 }),
    payload: bytes(20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sending, { maxLength: 20 }), async (sendings) => {
      const host = await startBare();
      for (const { name: device, cluster: at, ...zcl } of sendings) host.send(device, at, zcl);
      host.home.press("neck-button");
      expect(host.of("neck-button")).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});

it("random bytes on the line are skipped, and the next request is answered", async () => {
  await fc.assert(
    fc.asyncProperty(bytes(200), async (garbage) => {
      const host = await startBare();
      host.home.line.fromHost(garbage);
      host.home.line.fromHost(Buffer.alloc(260));
      host.request(subsystems.sys, 0x01, Buffer.alloc(0));
      expect(host.frames.at(-1)).toMatchObject({ kind: kinds.reply, command: 0x01 });
    }),
  );
});

it("a frame that is cut short is answered as malformed", async () => {
  const host = await startBare();
  const frame = { ofCluster: true, fromServer: false, wantsDefaultResponse: true, sequence: 1 };
  const zcl = encodeZcl({ ...frame, command: 0x42, payload: Buffer.from([0]) });
  host.send("stove-plug", 6, { command: 0x42, payload: zcl.subarray(3) });
  expect(host.last("stove-plug", 6)?.payload).toEqual(Buffer.from([0x42, 0x80]));
});
