/** A cut while questions hang: to the mute plug itself, and to twenty mute lights besides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSending } from "../../sim/coordinator/af-frames.ts";
import { until } from "../../sim/demo/process.ts";
import { House, lamps, pause } from "./house.ts";
import { type Spread, spreadOf } from "./latency.ts";

const plug = "stove-plug";
/** A lamp that answers nothing is waited for 2 s and left alone for 1 s (gateway/radio/signals.ts). */
const lampsRest_ms = 3_100;

/** A lamp that is still busy with the call before would not be asked to show the next one. */
async function settled(house: House): Promise<void> {
  await until("every alarm is closed on both sides", async () => {
    house.closeAlarms();
    const isClosed = (await house.status())?.open_alarms === 0;
    return (isClosed && house.desk.openAlarms().length === 0) || undefined;
  });
  await pause(lampsRest_ms);
}

/** Counts frames to these devices, so that what is said to hang does hang. */
function count(house: House, names: readonly string[]): () => number {
  const addresses = new Set(names.map((name) => house.home.device(name).plan.nwk));
  let sent = 0;
  house.home.onFrame(({ direction, frame }) => {
    if (direction !== "from-host") return;
    if (addresses.has(readSending(frame)?.nwk ?? -1)) sent += 1;
  });
  return () => sent;
}

async function cuts(house: House, times: number, mute: readonly string[]): Promise<Spread> {
  const sentTo = mute.map((name) => count(house, [name]));
  const found: number[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    await house.afterCut();
    await settled(house);
    for (const name of mute) house.home.faults.device(name, "mute");
    const before = sentTo.map((sent) => sent());
    // The call for help lights every lamp; a reset of a stove that is on is refused, and relay and
    // meter are read.
    house.home.press("bath-button");
    house.tablet?.ask({ kind: "stove-reset" }, 60_000).catch(() => undefined);
    await until(`${mute.length} devices are asked`, () =>
      sentTo.every((sent, index) => sent() > (before[index] ?? 0)) ? true : undefined,
    );
    found.push(await house.alarm());
    for (const name of mute) house.home.faults.device(name, "well");
  }
  await house.afterCut();
  return spreadOf(found);
}

/** Milliseconds from the alarm to `off`, in a home of its own. */
export async function hanging(times: number): Promise<{ plug: Spread; lights: Spread }> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-bench-"));
  let house: House | undefined;
  try {
    house = await House.build(folder, true);
    await house.startGateway();
    await pause(1_500);
    return {
      plug: await cuts(house, times, [plug]),
      lights: await cuts(house, times, [plug, ...lamps]),
    };
  } finally {
    await house?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
