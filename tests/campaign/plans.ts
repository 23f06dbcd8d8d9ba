/** What is done around one kill -9 of the gateway: each plan presses, kills and starts it again. */
import type { Desk } from "../../care/desk-client.ts";
import { until } from "../../sim/demo/process.ts";
import type { Rig } from "../../sim/demo/rig.ts";
import type { Tablet } from "../../sim/demo/tablet.ts";
import type { SeededRandom } from "../support/random.ts";
import { ownChainGoesOn } from "./deadline.ts";
import { type Deed, toldOf } from "./judge.ts";
import { patience, Violation } from "./patience.ts";
import type { Plan } from "./rotation.ts";

export const maier = { id: "night-service", name: "Frau Maier" };

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
  /** Kills with a deadline still to come. */
  deadlines: number;
  /** The press and the kill of the plan under way. */
  deed: Deed | undefined;
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Most kills fall into the quarter of a second in which a press travels, some long after it. */
function instantAround(random: SeededRandom): number {
  return random.chance(0.75) ? random.int(250) : random.int(2_500);
}

export async function accept({ desk, accepted }: Campaign, alarmId: string): Promise<void> {
  if (!accepted.has(alarmId)) accepted.set(alarmId, performance.now());
  await desk.accept(alarmId, maier);
}

/** Presses while the gateway is ready; what `oneKill` judges is measured from here. */
async function press(campaign: Campaign, button: string): Promise<void> {
  campaign.deed = { pressedAt: performance.now(), killedAt: Number.POSITIVE_INFINITY };
  await campaign.rig.home.press(button);
}

async function die({ rig, deed }: Campaign): Promise<void> {
  if (deed !== undefined) deed.killedAt = performance.now();
  await rig.gateway.kill();
}

/** How long a press of which nobody was told yet may take: a start, and the button's repeats. */
const perhapsWithinMs = 10_000;

/** The alarm of the press, as the resident hears of it; nothing where the kill swallowed it. */
async function newAlarm({ tablet }: Campaign, before: ReadonlySet<string>) {
  const find = () => [...toldOf(tablet.shown)].find((id) => !before.has(id));
  return await until("an alarm is told", find, perhapsWithinMs).catch(() => undefined);
}

/** The line is down, so the home's own deadline must come, dead or alive in between. */
async function linkDown(campaign: Campaign, button: string): Promise<void> {
  const { rig, random, tablet } = campaign;
  const before = toldOf(tablet.shown);
  rig.line.cut();
  await press(campaign, button);
  await pause(random.int(4_500));
  await die(campaign);
  // Every second time it stays dead until the deadline is so long over that it counts as late.
  const away = random.chance(0.5) ? 9_000 : 0;
  await ownChainGoesOn(campaign, {
    away,
    inCustody: false,
    alarm: () => newAlarm(campaign, before),
  });
  rig.line.heal();
}

/**
 * The line breaks while the care service has custody: the home takes it back, dead or alive in
 * between, and gives it again at a later epoch as soon as the line is whole.
 */
async function linkLost(campaign: Campaign, button: string): Promise<void> {
  const { rig, random, tablet } = campaign;
  const mark = rig.careEvents.length;
  await press(campaign, button);
  const custody = await until(
    "custody of the call",
    () => rig.careEvents.slice(mark).find(({ kind }) => kind === "custody"),
    15_000,
  );
  const { alarmId = "" } = custody;
  rig.line.cut();
  await pause(random.int(patience.link.silent_after_s * 1_000 + 3_000));
  await die(campaign);
  const killed = tablet.shown.length;
  await ownChainGoesOn(campaign, {
    away: 0,
    inCustody: true,
    alarm: () => Promise.resolve(alarmId),
  });
  await until(
    `the home says that nobody can be reached for ${alarmId}`,
    () =>
      tablet.shown
        .slice(killed)
        .find(({ payload }) => payload["key"] === "help-no-path" && payload["alarmId"] === alarmId),
    15_000,
  );
  const lost = rig.careEvents.length;
  rig.line.heal();
  const again = await until(
    `custody of ${alarmId} is given again`,
    () => rig.careEvents.slice(lost).find((it) => it.kind === "custody" && it.alarmId === alarmId),
    20_000,
  );
  if ((again.epoch ?? 0) < 2) throw new Violation(`${alarmId}: custody again at ${again.epoch}`);
}

/** The care service's chain must go through its steps, whatever the home does. */
async function chain(campaign: Campaign, button: string): Promise<void> {
  const { rig, random } = campaign;
  const mark = rig.careEvents.length;
  await press(campaign, button);
  await pause(random.int(1_000));
  await die(campaign);
  rig.startGateway();
  const told = (step: number, withinMs: number) =>
    until(
      `step ${step} of the care service's chain`,
      () => rig.careEvents.slice(mark).find((it) => it.kind === "told" && it.step === step),
      withinMs,
    );
  const first = await told(0, perhapsWithinMs).catch(() => undefined);
  if (first === undefined) return;
  const second = await told(1, 15_000);
  const tookMs = second.wall_ms - first.wall_ms;
  if (tookMs > patience.stepWithin_s * 1_000 + patience.slackMs) {
    throw new Violation(`the second step of ${first.alarmId} came ${tookMs} ms after the first`);
  }
  campaign.deadlines += 1;
}

const stoveCutMs = patience.stove.absence_min * 60_000 + patience.stove.pre_alarm_s * 1_000;
/** From a ready radio to an open relay: the questions to the plug, and their answers. */
const relaySlackMs = 3_000;

/** A forgotten pan: killed before, in and after warning and cut, it ends proved off and stays off. */
async function stove(campaign: Campaign): Promise<void> {
  const { rig, random, tablet } = campaign;
  await until(
    "the stove has power",
    async () => {
      await tablet.ask({ kind: "stove-reset" });
      return (await rig.home.status()).stove.relayOn ? true : undefined;
    },
    60_000,
  );
  await rig.home.ask("stove", "on", 1_800);
  const onAt = performance.now();
  await pause(random.int(14_000));
  await die(campaign);
  const wasCut = !(await rig.home.status()).stove.relayOn;
  rig.startGateway();
  let readyAt = Number.NaN;
  let openAt = Number.NaN;
  await until(
    "the forgotten stove is proved off",
    async () => {
      // What is promised is read first: power that flowed before the promise breaks nothing.
      const status = await rig.status();
      const proved = status?.stove === "proved-off";
      const { relayOn, powerW } = (await rig.home.status()).stove;
      if (status?.radio === "ready" && Number.isNaN(readyAt)) readyAt = performance.now();
      if (!relayOn && Number.isNaN(openAt)) openAt = performance.now();
      if (wasCut && relayOn) throw new Violation("a stove that was cut got power by a restart");
      if (proved && powerW > 0) throw new Violation("proved off, and power flows");
      return proved ? true : undefined;
    },
    60_000,
  );
  const lateMs = Math.round(openAt - Math.max(onAt + stoveCutMs, readyAt));
  if (!wasCut && lateMs > relaySlackMs) throw new Violation(`the stove was cut ${lateMs} ms late`);
  if (!wasCut) campaign.deadlines += 1;
  await rig.home.ask("stove", "off");
}

/** Somebody accepts while the gateway dies. */
async function accepted(campaign: Campaign, button: string): Promise<void> {
  const { rig, random, desk } = campaign;
  await press(campaign, button);
  const open = await until("an alarm is open", () => desk.openAlarms()[0], 15_000);
  await Promise.all([
    accept(campaign, open.alarm.id),
    pause(random.int(150)).then(() => die(campaign)),
  ]);
  rig.startGateway();
}

/** Now and then the gateway dies before the press, which only the button's own retry can save. */
async function pressed(campaign: Campaign, button: string, careToo: boolean): Promise<void> {
  const { rig, random } = campaign;
  const early = random.chance(0.1);
  if (early) {
    await rig.gateway.kill();
    const now = performance.now();
    campaign.deed = { pressedAt: now, killedAt: now };
    await rig.home.press(button);
  } else {
    await press(campaign, button);
    await pause(instantAround(random));
  }
  if (careToo) {
    await rig.care.kill();
    rig.startCare();
  }
  if (!early) await die(campaign);
  rig.startGateway();
}

export async function kill(campaign: Campaign, plan: Plan): Promise<void> {
  const button = campaign.random.pick(["bath-button", "neck-button"]);
  campaign.deed = undefined;
  switch (plan) {
    case "link-down":
      return linkDown(campaign, button);
    case "link-lost":
      return linkLost(campaign, button);
    case "chain":
      return chain(campaign, button);
    case "stove":
      return stove(campaign);
    case "accepted":
      return accepted(campaign, button);
    case "press":
      return pressed(campaign, button, false);
    case "care-too":
      return pressed(campaign, button, true);
    default:
      throw new Error(`no plan ${String(plan satisfies never)}`);
  }
}
