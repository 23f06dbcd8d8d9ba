/** What is done around one kill -9 of the gateway: each plan presses, kills and starts it again. */
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Desk } from "../../care/desk-client.ts";
import { until } from "../../sim/demo/process.ts";
import type { Rig } from "../../sim/demo/rig.ts";
import type { Tablet } from "../../sim/demo/tablet.ts";
import type { SeededRandom } from "../support/random.ts";
import { toldOf } from "./judge.ts";

export const maier = { id: "night-service", name: "Frau Maier" };

/** What is done around one kill. */
export type Plan = "press" | "link-down" | "accepted" | "care-too" | "chain" | "stove";

export interface Campaign {
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

/** A promise that was broken. */
export class Violation extends Error {}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

export function planFor(random: SeededRandom): Plan {
  const dice = random.int(100);
  if (dice < 55) return "press";
  if (dice < 75) return "link-down";
  if (dice < 85) return "accepted";
  if (dice < 91) return "care-too";
  return dice < 96 ? "chain" : "stove";
}

/** Most kills fall into the quarter of a second in which a press travels, some long after it. */
function instantAround(random: SeededRandom): number {
  return random.chance(0.75) ? random.int(250) : random.int(2_500);
}

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

export async function accept({ desk, accepted }: Campaign, alarmId: string): Promise<void> {
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

/** A forgotten pan: killed before, in and after warning and cut, it ends proved off and stays off. */
async function stove({ rig, random, tablet }: Campaign): Promise<void> {
  await until(
    "the stove has power",
    async () => {
      await tablet.ask({ kind: "stove-reset" });
      return (await rig.home.status()).stove.relayOn ? true : undefined;
    },
    60_000,
  );
  await rig.home.ask("stove", "on", 1_800);
  await pause(random.int(14_000));
  await rig.gateway.kill();
  const wasCut = !(await rig.home.status()).stove.relayOn;
  rig.startGateway();
  await until(
    "the forgotten stove is proved off",
    async () => {
      // What is promised is read first: power that flowed before the promise breaks nothing.
      const proved = (await rig.status())?.stove === "proved-off";
      const { relayOn, powerW } = (await rig.home.status()).stove;
      if (wasCut && relayOn) throw new Violation("a stove that was cut got power by a restart");
      if (proved && powerW > 0) throw new Violation("proved off, and power flows");
      return proved ? true : undefined;
    },
    60_000,
  );
  await rig.home.ask("stove", "off");
}

export async function kill(campaign: Campaign, plan: Plan): Promise<void> {
  const { rig, random, desk } = campaign;
  const button = random.pick(["bath-button", "neck-button"]);
  switch (plan) {
    case "link-down":
      return linkDown(campaign, button);
    case "chain":
      return chain(campaign, button);
    case "stove":
      await stove(campaign);
      campaign.deadlines += 1;
      return;
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
