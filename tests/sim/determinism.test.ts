import { expect, it } from "vitest";
import { manualClock } from "../../sim/clock.ts";
import { performLine } from "../../sim/commands.ts";
import { clusters } from "../../sim/devices/model.ts";
import { runScenario } from "../../sim/scenarios/run.ts";
import { scenarios } from "../../sim/scenarios/stories.ts";
import { startVirtualHome } from "../../sim/virtual-home.ts";
import { BareHost } from "./bare-host.ts";

/** Six hours of every story, with trouble in the air, and a host that polls and switches. */
async function day(seed: number): Promise<readonly string[]> {
  const clock = manualClock();
  const home = await startVirtualHome({ clock, seed, port: "none", radioDelay_ms: 15 });
  const host = new BareHost(home);
  home.faults.radio({ drop: 0.1, duplicate: 0.1, reorder: 0.1, delay_ms: [0, 40] });
  for (const story of scenarios) {
    const does = (line: string) => performLine(home, line);
    const done = runScenario({ clock, does, tells: () => {} }, story);
    for (let minute = 0; minute < 72; minute++) {
      clock.advance(60_000);
      host.send("stove-plug", clusters.onOff, { command: minute % 2 });
      // Commands of a story are promises; their turn comes before the next minute.
      await new Promise(setImmediate);
    }
    await done;
  }
  await home.close();
  return host.log;
}

it("the same seed and the same story give the same frames, byte for byte", async () => {
  const first = await day(42);
  expect(first.length).toBeGreaterThan(500);
  expect(await day(42)).toEqual(first);
});

it("another seed gives other trouble", async () => {
  expect(await day(43)).not.toEqual(await day(42));
});
