/**
 * `npm run campaign:kill`: kill -9 of the real gateway at random instants around presses and deadlines,
 * against the virtual home and the care service. Nothing that was told may be lost, doubled or untrue.
 */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { until } from "../../sim/demo/process.ts";
import { startRig } from "../../sim/demo/rig.ts";
import { type Row, report } from "../bench/reporter.ts";
import { seededRandom } from "../support/random.ts";
import { callsIn, doubled, type Evidence, lost, toldOf, untrue } from "./judge.ts";
import { accept, type Campaign, kill, maier, pause, planFor, Violation } from "./plans.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    folder: { type: "string" },
  },
});

const patience = {
  link: { beat_every_s: 1, silent_after_s: 4, custody_within_s: 3, repeat_every_s: 5 },
  stepWithin_s: 5,
  stove: { absence_min: 0.1, pre_alarm_s: 3 },
} as const;

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

async function oneKill(campaign: Campaign, nth: number, kills: number): Promise<void> {
  const plan = planFor(campaign.random);
  const mark = campaign.rig.careEvents.length;
  const began = performance.now();
  await kill(campaign, plan);
  await campaign.rig.ready(40_000);
  // Whatever was pressed has this long to arrive: the outbox and the button's retries are done by then.
  await pause(600);
  await settle(campaign);
  const arrived = callsIn(campaign.rig.careEvents.slice(mark));
  if (arrived > 1) campaign.twice += arrived - 1;
  if (
    plan !== "stove" &&
    arrived === 0 &&
    toldOf(campaign.tablet.shown.filter(({ at }) => at >= began)).size === 0
  ) {
    campaign.unheard += 1;
  }
  judge(campaign);
  process.stderr.write(`\rkill ${nth} of ${kills} (${plan})      `);
}

function rows(campaign: Campaign, kills: number, seconds: number): readonly Row[] {
  const seen = evidence(campaign);
  const row = (name: string, value: number, target: number | null): Row => ({
    name,
    value,
    unit: "count",
    target,
    better: "lower",
  });
  return [
    { ...row("kill -9 of the gateway", kills, null), better: "higher" },
    { ...row("emergency calls at the care service", callsIn(seen.care), null), better: "higher" },
    { ...row("deadlines checked across a kill", campaign.deadlines, null), better: "higher" },
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
    ...patience,
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
    };
    for (let nth = 1; nth <= kills; nth += 1) {
      await oneKill(campaign, nth, kills).catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new Error(`kill ${nth} of seed ${seed}: ${why}`);
      });
    }
    report(rows(campaign, kills, (performance.now() - began) / 1_000));
    failed = false;
    return 0;
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
