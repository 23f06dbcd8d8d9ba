/**
 * `npm run campaign:chain`: hundreds of alarms against the built care service, which is killed, cut
 * off and locked out of its database meanwhile, with providers and people as they are. Nothing may
 * be lost, without a custodian, told twice, out of order or late.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { until } from "../../sim/demo/process.ts";
import { meets, percentile, type Row, report } from "../bench/reporter.ts";
import { seededRandom } from "../support/random.ts";
import type { Arrival, Evidence, Offered } from "./chain-evidence.ts";
import {
  disordered,
  doubled,
  invented,
  lost,
  needless,
  neverSent,
  punctuality,
  repeats,
  slack,
} from "./chain-judge.ts";
import { startMail } from "./chain-mail.ts";
import { People } from "./chain-people.ts";
import { type ChainRig, type Dialect, startChainRig, steps } from "./chain-rig.ts";
import { pause, startSms } from "./chain-sms.ts";
import { Troubles } from "./chain-trouble.ts";

const { values } = parseArgs({
  options: {
    alarms: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    dialect: { type: "string", default: "both" },
    json: { type: "string" },
    built: { type: "string", default: "dist" },
  },
});

/** Alarms that are open at once, besides those that stay to the end. */
const openMax = 40;
const sampleMs = 400;

interface Campaign {
  readonly rig: ChainRig;
  readonly people: People;
  readonly troubles: Troubles;
  readonly offered: Offered[];
  readonly arrivals: Arrival[];
  readonly uncovered: string[];
  samples: number;
}

/** What the homes have been told is held must be on the disk, whatever the service does. */
async function sample(campaign: Campaign): Promise<void> {
  const { rig } = campaign;
  const entrusted = rig.base.homes.flatMap((home) => home.entrusted());
  const at = Date.now();
  let held: ReadonlySet<string>;
  try {
    held = await rig.heldOnDisk();
  } catch {
    return;
  }
  campaign.samples += entrusted.length;
  for (const { id, closeAskedAt } of entrusted) {
    if (closeAskedAt !== undefined || held.has(id)) continue;
    campaign.uncovered.push(`${id} at ${at}: neither its home nor the database has it`);
  }
}

async function sampling(campaign: Campaign, over: () => boolean): Promise<void> {
  while (!over()) {
    await sample(campaign);
    await pause(sampleMs);
  }
}

async function offerAll(campaign: Campaign, count: number, seed: number): Promise<void> {
  const { rig, people, offered, troubles } = campaign;
  const random = seededRandom(seed + 1);
  const { homes } = rig.base;
  for (let nth = 0; nth < count; nth += 1) {
    await until("room for another alarm", () => people.pending < openMax || undefined, 180_000);
    const home = random.pick(homes);
    const alarm: Offered = { home: home.name, id: `alarm-${nth}`, at: Date.now(), closers: [] };
    offered.push(alarm);
    people.expect(alarm);
    home.offer(alarm);
    await pause(random.int(2_000));
    const kills = troubles.count("kill");
    process.stderr.write(
      `\r${nth + 1} of ${count} offered, ${people.open.length} open, ${kills} kills   `,
    );
  }
}

/** Everything is over: receipted, closed, and no home waits for a word. */
async function settle({ people, offered, troubles }: Campaign): Promise<void> {
  await until("every trouble has come", () => troubles.hasMetAll || undefined, 180_000);
  await until("the others are over", () => people.pending === 0 || undefined, 300_000);
  await people.closeAll();
  const isOver = () =>
    offered.every(({ receiptAt, closedAt }) => receiptAt !== undefined && closedAt !== undefined);
  await until("everything is receipted and closed", () => isOver() || undefined, 60_000);
}

async function evidenceOf(campaign: Campaign): Promise<Evidence> {
  const { rig, people, troubles, offered, arrivals, uncovered } = campaign;
  const { db, homes } = rig.base;
  return {
    ...{ offered, arrivals, steps },
    said: people.said,
    outages: troubles.outages,
    uncovered: [...uncovered, ...homes.flatMap((home) => home.uncovered)],
    alarms: await db.selectFrom("alarms").selectAll().execute(),
    tellings: await db.selectFrom("tellings").selectAll().execute(),
  };
}

function figures(campaign: Campaign, evidence: Evidence, dialect: Dialect): readonly Row[] {
  const { troubles, offered, arrivals } = campaign;
  const row = (name: string, value: number, target: number | null = null): Row => ({
    name: `${dialect}: ${name}`,
    ...{ value, unit: "count", target, better: "lower" },
  });
  const most = (name: string, value: number, target: number | null): Row => ({
    ...row(name, value, target),
    better: "higher",
  });
  const { lateMs, faults } = punctuality(evidence);
  const said = evidence.said.filter(({ takenAt }) => takenAt !== undefined);
  const custody = offered.map(({ at, receiptAt = Infinity }) => receiptAt - at);
  const locks = troubles.count("database-locked") + troubles.count("database-stopped");
  const lines = troubles.count("line-cut") + troubles.count("line-frozen");
  return [
    most("alarms offered", offered.length, Number(values.alarms)),
    most("kill -9 of the care service", troubles.count("kill"), 1),
    most("lines cut or frozen", lines, 1),
    most("database locked or stopped", locks, 1),
    most(
      "providers shut, slow or broken",
      troubles.outages.length - locks - lines - troubles.count("kill"),
      1,
    ),
    most("messages at the providers", arrivals.length, offered.length),
    most("answers of people", said.length, null),
    most("deadlines of steps checked", lateMs.length, Math.floor(offered.length / 4)),
    most("samples of custody", campaign.samples, offered.length),
    row("alarms lost", lost(evidence).length + invented(evidence).length, 0),
    row("moments without a custodian", evidence.uncovered.length, 0),
    row("told twice for the same step", doubled(evidence).length, 0),
    row("told or decided out of order", disordered(evidence).length, 0),
    row("told although somebody came, or all was over", needless(evidence).length, 0),
    row("deadlines not kept", faults.length, 0),
    row("messages that never left", neverSent(evidence).length, 0),
    row("ends of the service that nobody asked for", campaign.rig.ends.length, 0),
    row("letters sent again, marked as repeats", repeats(evidence)),
    {
      ...row("lateness of a step beyond outages, p99", percentile(lateMs, 99), slack.deadline),
      unit: "ms",
    },
    { ...row("offer to receipt, p50", percentile(custody, 50)), unit: "ms" },
    { ...row("offer to receipt with outages, maximum", Math.max(...custody)), unit: "ms" },
  ];
}

/** The first of each kind in words, and where the rest is. */
function explain({ rig, people }: Campaign, evidence: Evidence, keep: string): void {
  const findings = {
    lost: [...lost(evidence), ...invented(evidence)],
    uncovered: evidence.uncovered,
    doubled: doubled(evidence),
    disordered: disordered(evidence),
    needless: needless(evidence),
    unpunctual: punctuality(evidence).faults,
    unsent: neverSent(evidence),
    ends: rig.ends,
    campaign: people.troubles,
  };
  for (const [kind, found] of Object.entries(findings)) {
    for (const words of found.slice(0, 8)) process.stderr.write(`\n${kind}: ${words}`);
  }
  mkdirSync(keep, { recursive: true });
  cpSync(join(rig.base.folder, "care.log"), join(keep, "care.log"));
  const all = JSON.stringify({ findings, evidence }, null, 1);
  writeFileSync(join(keep, "evidence.json"), all);
  process.stderr.write(`\nlog and evidence are in ${keep}\n`);
}

async function campaignOn(dialect: Dialect): Promise<readonly Row[]> {
  const seed = Number(values.seed);
  const random = (nth: number) => seededRandom(seed * 100 + nth);
  const secret = `campaign-${seed}-secret-of-the-provider`;
  const arrivals: Arrival[] = [];
  let rig: ChainRig | undefined;
  const here = (): ChainRig => {
    if (rig === undefined) throw new Error("the care service is not there yet");
    return rig;
  };
  const people = new People({ rig: here, random: random(2), secret });
  const hear = (token: string): void => people.hear(token);
  const office = (): string => here().base.officeUrl;
  const sms = await startSms({ secret, random: random(3), arrivals, onMessage: hear, office });
  const mail = await startMail({ random: random(4), arrivals, onLetter: hear });
  let campaign: Campaign | undefined;
  try {
    const settings = { dialect, secret, built: values.built };
    rig = await startChainRig({ ...settings, smsUrl: sms.url, mailUrl: mail.url });
    const troubles = new Troubles({ rig, sms, mail, random: random(5) });
    campaign = { rig, people, troubles, arrivals, offered: [], uncovered: [], samples: 0 };
    let over = false;
    const watch = sampling(campaign, () => over);
    const trouble = troubles.run();
    await Promise.race([offerAll(campaign, Number(values.alarms), seed), failureOf(trouble)]);
    await settle(campaign);
    troubles.end();
    await trouble;
    over = true;
    await watch;
    // What is on its way arrives, and what must not leave any more would leave now.
    await pause(4_000);
    const evidence = await evidenceOf(campaign);
    const rows = figures(campaign, evidence, dialect);
    if (!rows.every(meets) || people.troubles.length > 0) {
      explain(campaign, evidence, join(process.cwd(), "campaign-failure", dialect));
    }
    return rows;
  } catch (thrown) {
    if (campaign !== undefined) {
      const evidence = await evidenceOf(campaign);
      explain(campaign, evidence, join(process.cwd(), "campaign-failure", dialect));
    }
    throw thrown;
  } finally {
    await rig?.close();
    await Promise.allSettled([sms.close(), mail.close()]);
  }
}

/** Never resolves well: only a trouble that could not be made ends the campaign. */
const failureOf = (trouble: Promise<void>): Promise<never> =>
  new Promise((_, reject) => {
    trouble.catch(reject);
  });

async function main(): Promise<number> {
  const dialects: readonly Dialect[] = (["sqlite", "postgres"] as const).filter(
    (one) => values.dialect === "both" || values.dialect === one,
  );
  if (dialects.length === 0) throw new Error("--dialect is sqlite, postgres or both");
  const rows: Row[] = [];
  try {
    for (const dialect of dialects) {
      const began = performance.now();
      rows.push(...(await campaignOn(dialect)));
      const value = Math.round((performance.now() - began) / 1_000);
      const time = { unit: "s", target: null, better: "lower" } as const;
      rows.push({ name: `${dialect}: time`, value, ...time });
    }
  } finally {
    report(rows);
  }
  return rows.every(meets) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    process.stderr.write(`\n${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.stderr.write(`again: npm run campaign:chain -- --seed ${values.seed}\n`);
    process.exit(1);
  },
);
