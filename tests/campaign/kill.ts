/**
 * `npm run campaign:kill`: kill -9 of the real gateway at random instants around presses and deadlines,
 * against the virtual home and the care service. Nothing that was told may be lost, doubled or untrue.
 */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import type { Desk } from "../../care/desk-client.ts";
import { until } from "../../sim/demo/process.ts";
import { type Rig, startRig } from "../../sim/demo/rig.ts";
import type { Tablet } from "../../sim/demo/tablet.ts";
import { type Row, report } from "../bench/reporter.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { callsIn, doubled, type Evidence, lost, toldOf, untrue } from "./judge.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    folder: { type: "string" },
  },
});

const maier = { id: "night-service", name: "Frau Maier" };
const patience = {
  link: { beat_every_s: 1, silent_after_s: 4, custody_within_s: 3, repeat_every_s: 5 },
  stepWithin_s: 5,
} as const;

/** What is done around one kill. */
type Plan = "press" | "link-down" | "accepted" | "care-too" | "chain";

interface Campaign {
  readonly rig: Rig;
  readonly desk: Desk;
  readonly tablet: Tablet;
  readonly random: SeededRandom;
  readonly accepted: Map<string, number>;
  /** Presses whose alarm nobody was told of and nobody has: the button's light stayed dark. */
  unheard: number;
  /** Second alarms for one press: sent before the kill, forgotten by it, pressed again by the button. */
  twice: number;
  deadlines: number;
}

class Violation extends Error {}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function planFor(random: SeededRandom): Plan {
  const dice = random.int(100);
  if (dice < 55) return "press";
  if (dice < 75) return "link-down";
  if (dice < 85) return "accepted";
  if (dice < 92) return "care-too";
  return "chain";
}

/** Most kills fall into the quarter of a second in which a press travels, some long after it. */
function instantAround(random: SeededRandom): number {
  return random.chance(0.75) ? random.int(250) : random.int(2_500);
}

const evidence = ({ rig, tablet, accepted }: Campaign): Evidence => ({
  care: rig.careEvents,
  shown: tablet.shown,
  accepted,
});

/** Effects of the home's own chain in its journal: whom it would have told, and when. */
function ownTells(rig: Rig, alarmId: string): number {
  const file = join(rig.files.dataDir, "journal", "journal.db");
  const journal = new Database(file, { readonly: true });
  try {
    const rows = journal.prepare("select effects from decisions").pluck().all() as string[];
    return rows.filter((row) => row.includes('"tell-party"') && row.includes(alarmId)).length;
  } finally {
    journal.close();
  }
}

async function accept({ desk, accepted }: Campaign, alarmId: string): Promise<void> {
  if (!accepted.has(alarmId)) accepted.set(alarmId, performance.now());
  await desk.accept(alarmId, maier);
}

/** The line is down, so the home's own deadline must come, dead or alive in between. */
async function linkDown(campaign: Campaign, button: string): Promise<void> {
  const { rig, random, tablet } = campaign;
  const before = toldOf(tablet.shown);
  rig.line.cut();
  await rig.home.press(button);
  await pause(random.int(4_500));
  await rig.gateway.kill();
  rig.startGateway();
  const alarmId = [...toldOf(tablet.shown)].find((id) => !before.has(id));
  if (alarmId !== undefined) {
    await until(
      `the home's own chain goes on for ${alarmId}`,
      () => (ownTells(rig, alarmId) > 0 ? true : undefined),
      20_000,
    );
    campaign.deadlines += 1;
  }
  rig.line.heal();
}

/** The care service's chain must go through its steps, whatever the home does. */
async function chain(campaign: Campaign, button: string): Promise<void> {
  const { rig, random } = campaign;
  const mark = rig.careEvents.length;
  await rig.home.press(button);
  await pause(random.int(1_000));
  await rig.gateway.kill();
  rig.startGateway();
  const raised = rig.careEvents.slice(mark).find(({ kind }) => kind === "raised");
  if (raised === undefined) return;
  await until(
    `the second step for ${raised.alarmId}`,
    () =>
      rig.careEvents
        .slice(mark)
        .find((it) => it.kind === "told" && it.alarmId === raised.alarmId && it.step === 1),
    15_000,
  );
  campaign.deadlines += 1;
}

async function kill(campaign: Campaign, plan: Plan): Promise<void> {
  const { rig, random, desk } = campaign;
  const button = random.pick(["bath-button", "neck-button"]);
  switch (plan) {
    case "link-down":
      return linkDown(campaign, button);
    case "chain":
      return chain(campaign, button);
    case "accepted": {
      await rig.home.press(button);
      const open = await until("an alarm is open", () => desk.openAlarms()[0], 15_000);
      await Promise.all([
        accept(campaign, open.alarm.id),
        pause(random.int(150)).then(() => rig.gateway.kill()),
      ]);
      rig.startGateway();
      return;
    }
    case "press":
    case "care-too": {
      // Now and then the gateway dies before the press, which only the button's own retry can save.
      const early = random.chance(0.1);
      if (early) await rig.gateway.kill();
      await rig.home.press(button);
      if (!early) await pause(instantAround(random));
      if (plan === "care-too") {
        await rig.care.kill();
        rig.startCare();
      }
      if (!early) await rig.gateway.kill();
      rig.startGateway();
      return;
    }
    default:
      throw new Error(`no plan ${String(plan satisfies never)}`);
  }
}

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
  const shownMark = campaign.tablet.shown.length;
  await kill(campaign, plan);
  await campaign.rig.ready(40_000);
  // Whatever was pressed has this long to arrive: the outbox and the button's retries are done by then.
  await pause(600);
  await settle(campaign);
  const arrived = callsIn(campaign.rig.careEvents.slice(mark));
  if (arrived > 1) campaign.twice += arrived - 1;
  if (arrived === 0 && toldOf(campaign.tablet.shown.slice(shownMark)).size === 0) {
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
