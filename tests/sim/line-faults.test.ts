import { afterAll, beforeAll, expect, it } from "vitest";
import { subsystems } from "../../sim/coordinator/frame.ts";
import type { FrameEvent } from "../../sim/line.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { type Rig, startController, temporaryDirectory } from "./herdsman.ts";
import { until } from "./until.ts";

let home: VirtualHome;
let rig: Rig;
const directory = temporaryDirectory();
const alarms: number[] = [];

beforeAll(async () => {
  home = await startVirtualHome();
  rig = await start();
});

afterAll(async () => {
  await rig.stop();
  await home.close();
});

async function start(): Promise<Rig> {
  const started = await startController(home, { directory });
  started.controller.on("message", (message) => {
    if (message.device.modelID === "SOS-EM")
      alarms.push(message.meta.zclTransactionSequenceNumber ?? -1);
  });
  return started;
}

it("a host's default response ends a button's repeats", async () => {
  const frames: FrameEvent[] = [];
  const stop = home.onFrame((event) => frames.push(event));
  home.press("bath-button");
  await until(() =>
    frames.some(({ direction, frame }) => {
      return direction === "from-host" && frame.subsystem === subsystems.af && frame.command === 1;
    }),
  );
  stop();
  const [alarm, answer] = frames;
  expect(alarm?.direction).toBe("to-host");
  expect(answer?.at).toBeGreaterThanOrEqual(alarm?.at ?? Infinity);
  expect(alarms).toHaveLength(1);
});

it("an alarm that garbage swallows at the host is saved by the button's own repeat", async () => {
  alarms.length = 0;
  const written: FrameEvent[] = [];
  const stop = home.onFrame((event) => {
    if (event.direction === "to-host" && event.frame.command === 0x81) written.push(event);
  });
  home.faults.garbage(Buffer.from("fe20", "hex"));
  home.press("bath-button");
  await until(() => alarms.length > 0);
  stop();
  expect(written.length).toBeGreaterThan(1);
  expect(alarms).toHaveLength(1);
});

it.each(["fin", "rst"] as const)(
  "%s: the host notices, and a new start finds all as it was",
  async (how) => {
    const lost = new Promise<void>((resolve) =>
      rig.controller.once("adapterDisconnected", resolve),
    );
    home.faults.cut(how);
    await lost;
    await rig.controller.stop();
    rig = await start();
    expect(rig.result).toBe("resumed");
    alarms.length = 0;
    home.press("bath-button");
    await until(() => alarms.length === 1);
  },
);

it("refused: nobody answers at the port until it is open again", async () => {
  const lost = new Promise<void>((resolve) => rig.controller.once("adapterDisconnected", resolve));
  await home.faults.refuse(true);
  await lost;
  await rig.controller.stop();
  await expect(start()).rejects.toThrow("Error while opening socket");
  await home.faults.refuse(false);
  rig = await start();
  expect(rig.result).toBe("resumed");
});

it("silent: a round trip to the stick fails, and works again afterwards", async () => {
  const coordinator = rig.controller.getDevicesByType("Coordinator")[0];
  home.faults.silent(true);
  await expect(coordinator?.updateActiveEndpoints()).rejects.toThrow("6000ms");
  home.faults.silent(false);
  await coordinator?.updateActiveEndpoints();
});
