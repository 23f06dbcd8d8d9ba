/**
 * `npm run campaign:kill`: kill -9 of the real gateway at random instants around presses and deadlines,
 * against the virtual home and the care service. Nothing that was told may be lost, doubled or untrue.
 */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { until } from "../../sim/demo/process.ts";
import { startRig } from "../../sim/demo/rig.ts";
import { meets, type Row, report } from "../bench/reporter.ts";
import { seededRandom } from "../support/random.ts";
import { callsIn, doubled, type Evidence, ignored, lost, toldOf, untrue } from "./judge.ts";
import { patience, Violation } from "./patience.ts";
import { accept, type Campaign, kill, maier, pause } from "./plans.ts";
import { floorsFor, planFor } from "./rotation.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    folder: { type: "string" },
  },
});

const evidence = ({ rig, tablet, accepted }: Campaign): Evidence => ({
  care: rig.careEvents,
  shown: tablet.shown,
  accepted,
});

/** A person ends every alarm; both sides must then have none. */
async function settle(campaign: Campaign): Promise<void> {
  const { rig, desk } = campaign;
  await until(
    "no alarm is open on either side",
    async () => {
      for (const { alarm } of desk.openAlarms()) {
        await accept(campaign, alarm.id);
        const closing = { by: maier, outcome: "helped", note: "campaign" } as const;
        await desk.closeAlarm(alarm.id, closing);
      }
      const status = await rig.status();
      const none = status?.open_alarms === 0 && status.outbox === 0;
      return none && desk.openAlarms().length === 0 ? true : undefined;
    },
    60_000,
  );
}

function judge(campaign: Campaign): void {
  const seen = evidence(campaign);
  const faults = [
    ...lost(seen).map((id) => `lost: ${id} was told to the resident and never arrived`),
    ...doubled(seen).map((id) => `doubled: ${id} was raised twice at the care service`),
    ...untrue(seen).map((words) => `untrue: ${words}`),
  ];
  if (faults.length > 0) throw new Violation(faults.join("\n"));
}

/** Of every press somebody is told, unless the gateway was dead or died on the way. */
function judgePress(campaign: Campaign, arrived: number): void {
  const { deed, tablet } = campaign;
  if (deed === undefined) return;
  if (ignored(deed, tablet.shown)) {
    const lived = Math.round(deed.killedAt - deed.pressedAt);
    throw new Violation(`a gateway that lived ${lived} ms after a press told nobody of it`);
  }
  const told = toldOf(tablet.shown.filter(({ at }) => at >= deed.pressedAt));
  if (arrived === 0 && told.size === 0) campaign.unheard += 1;
}

async function oneKill(campaign: Campaign, nth: number, kills: number): Promise<void> {
  const plan = planFor(nth);
  const mark = campaign.rig.careEvents.length;
  await kill(campaign, plan);
  await campaign.rig.ready(40_000);
  // Whatever was pressed has this long to arrive: the outbox and the button's retries are done by then.
  await pause(600);
  await settle(campaign);
  const arrived = callsIn(campaign.rig.careEvents.slice(mark));
  if (arrived > 1) campaign.twice += arrived - 1;
  judgePress(campaign, arrived);
  judge(campaign);
  process.stderr.write(`\rkill ${nth} of ${kills} (${plan})      `);
}

function rows(campaign: Campaign, kills: number, seconds: number): readonly Row[] {
  const seen = evidence(campaign);
  const floors = floorsFor(kills);
  const row = (name: string, value: number, target: number | null): Row => ({
    name,
    value,
    unit: "count",
    target,
    better: "lower",
  });
  return [
    { ...row("kill -9 of the gateway", kills, null), better: "higher" },
    {
      ...row("emergency calls at the care service", callsIn(seen.care), floors.calls),
      better: "higher",
    },
    {
      ...row("deadlines checked across a kill", campaign.deadlines, floors.deadlines),
      better: "higher",
    },
    row("alarms lost that the resident was told of", lost(seen).length, 0),
    row("alarms doubled by id", doubled(seen).length, 0),
    row("sentences that were not true", untrue(seen).length, 0),
    row("second calls for one press, with ids of their own", campaign.twice, null),
    row("presses nobody was told of (gateway dead, retries over)", campaign.unheard, null),
    { ...row("time per kill", Math.round((seconds / kills) * 10) / 10, null), unit: "s" },
  ];
}

async function main(): Promise<number> {
  const kills = Number(values.kills);
  const seed = Number(values.seed);
  const folder = values.folder;
  const began = performance.now();
  const rig = await startRig({
    link: patience.link,
    stove: patience.stove,
    stepWithin_s: patience.stepWithin_s,
    built: true,
    sameHubPort: true,
    seed,
    ...(folder === undefined ? {} : { folder }),
  });
  let failed = true;
  try {
    await rig.ready();
    const campaign: Campaign = {
      rig,
      desk: rig.desk(),
      tablet: await rig.tablet(),
      random: seededRandom(seed),
      accepted: new Map(),
      unheard: 0,
      twice: 0,
      deadlines: 0,
      deed: undefined,
    };
    for (let nth = 1; nth <= kills; nth += 1) {
      await oneKill(campaign, nth, kills).catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new Error(`kill ${nth} of seed ${seed}: ${why}`);
      });
    }
    const found = rows(campaign, kills, (performance.now() - began) / 1_000);
    report(found);
    failed = !found.every(meets);
    return failed ? 1 : 0;
  } finally {
    if (failed) {
      const kept = join(process.cwd(), "campaign-failure");
      mkdirSync(kept, { recursive: true });
      cpSync(rig.folder, kept, { recursive: true });
      process.stderr.write(`\nlogs and journal are in ${kept}\n`);
    }
    await rig.close();
  }
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    process.stderr.write(`\n${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.stderr.write(`again: npm run campaign:kill -- --seed ${values.seed}\n`);
    process.exit(1);
  },
);
