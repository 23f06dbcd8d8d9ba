/** What supervision must say, told again from the history of what was heard: slowly and plainly. */
import type { PlannedDevice } from "../../protocol/home.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { manifests } from "../../rules/index.ts";
import type { SupervisionState } from "../../rules/machines/supervision-state.ts";
import { stoveHome } from "../support/stove-home.ts";

const minute = 60_000;
const byName = (one: string, other: string): number => (one < other ? -1 : 1);
const hour = 60 * minute;

interface Heard {
  /** Instants of frames, and of the beginnings of listening. */
  lastFrame: number;
  silent: boolean;
  missing: boolean;
  lowBattery: boolean;
  unarmed: boolean;
  /** Begin and end of each time of moving; the last may be open. */
  runs: { from: number; to: number | null }[];
  stuck: boolean;
}

const fresh = (): Heard => ({
  lastFrame: Number.NEGATIVE_INFINITY,
  silent: false,
  missing: false,
  lowBattery: false,
  unarmed: false,
  runs: [],
  stuck: false,
});

/** The longest silence, written down once more for each device of the home under test. */
const limits: Readonly<Record<string, number>> = {
  plug: 4 * minute,
  kitchen: 2 * hour,
  hall: 2 * hour,
  bath: 2 * hour,
  door: 2 * hour,
  smoke: 24 * hour,
  heat: 24 * hour,
  leak: 24 * hour,
  sos: 24 * hour,
};

/** Whether a sensor that moves since `runs` last began has had no pause of ten minutes for eight hours. */
function isTireless(runs: Heard["runs"], now: number): boolean {
  let from = runs.at(-1)?.from ?? now;
  for (let at = runs.length - 2; at >= 0; at -= 1) {
    const run = runs[at];
    const next = runs[at + 1];
    if (run?.to === null || run === undefined || next === undefined) break;
    if (next.from - run.to >= 10 * minute) break;
    // A run that was stuck is nobody's; the busy time begins where it ended.
    const wasStuck = run.to - run.from >= hour;
    from = wasStuck ? run.to : run.from;
    if (wasStuck) break;
  }
  return now - from >= 8 * hour;
}

export class SupervisionOracle {
  readonly violations: string[] = [];
  readonly counts = { silent: 0, stuck: 0, missing: 0, battery: 0, radio: 0, cleared: 0 };
  private readonly devices = new Map<string, Heard>(
    stoveHome.devices.map((device) => [device.id, fresh()]),
  );
  private listeningSince: number | null = null;
  private awaySince: number | null = null;
  private radioLost = false;
  private readonly inForce = new Set<string>();

  /** One step: what happened, what followed, and what supervision believes now. */
  after(event: RuleEvent, derived: readonly RuleEvent[], state: SupervisionState): void {
    this.hear(event);
    this.passTime(event.at);
    for (const fact of derived) this.judgeFact(fact, event);
    const expected = this.expected();
    const actual = state.faults.map(({ subject, what }) => `${subject} ${what}`).sort(byName);
    if (JSON.stringify(expected) !== JSON.stringify(actual)) {
      this.fail(event, `I6: faults are [${actual.join(", ")}], not [${expected.join(", ")}]`);
    }
  }

  private fail(event: RuleEvent, sentence: string): void {
    this.violations.push(`${event.at / 1_000} s, ${event.kind}: ${sentence}`);
  }

  private hear(event: RuleEvent): void {
    const heard = "device" in event ? this.devices.get(event.device) : undefined;
    switch (event.kind) {
      case "gateway-started":
        this.listeningSince = null;
        this.awaySince = event.at;
        for (const device of this.devices.values()) restarted(device, event.at);
        return;
      case "radio-lost":
        this.listeningSince = null;
        this.awaySince ??= event.at;
        return;
      case "radio-ready":
        this.listeningSince = event.at;
        this.awaySince = null;
        this.radioLost = false;
        return;
      case "device-missing":
        if (heard !== undefined) heard.missing = true;
        return;
      case "device-found":
        if (heard !== undefined) heard.missing = false;
        return;
      case "fail-safe-read":
        if (heard !== undefined) heard.unarmed = !event.armed;
        return;
      default:
        if (heard !== undefined) frame(heard, event);
    }
  }

  private passTime(now: number): void {
    if (this.awaySince !== null && now - this.awaySince >= minute) this.radioLost = true;
    for (const [id, heard] of this.devices) {
      if (this.listeningSince !== null) {
        const from = Math.max(heard.lastFrame, this.listeningSince);
        if (now - from >= (limits[id] ?? 0)) heard.silent = true;
      }
      judgeRuns(heard, now);
    }
  }

  private expected(): readonly string[] {
    const list: string[] = this.radioLost ? ["radio radio-lost"] : [];
    for (const [id, heard] of this.devices) {
      if (heard.silent) list.push(`${id} silent`);
      if (heard.missing) list.push(`${id} missing`);
      if (heard.lowBattery) list.push(`${id} battery-low`);
      if (heard.unarmed) list.push(`${id} not-fail-safe`);
      if (heard.stuck) list.push(`${id} stuck`);
    }
    return list.sort(byName);
  }

  /** Each fault is found once and cleared once, in turn, and names the modules that it blinds. */
  private judgeFact(fact: RuleEvent, event: RuleEvent): void {
    if (fact.kind !== "fault-found" && fact.kind !== "fault-cleared") return;
    const { subject, what, blind } = fact.fault;
    const key = `${subject} ${what}`;
    if (fact.kind === "fault-cleared") {
      this.counts.cleared += 1;
      if (!this.inForce.delete(key)) this.fail(event, `I9: ${key} was cleared twice`);
      return;
    }
    if (this.inForce.has(key)) this.fail(event, `I9: ${key} was found twice`);
    this.inForce.add(key);
    if (what === "silent") this.counts.silent += 1;
    if (what === "stuck") this.counts.stuck += 1;
    if (what === "missing") this.counts.missing += 1;
    if (what === "battery-low") this.counts.battery += 1;
    if (what === "radio-lost") this.counts.radio += 1;
    const concerned = what === "battery-low" ? [] : modulesOf(subject);
    if (JSON.stringify([...blind].sort(byName)) !== JSON.stringify(concerned)) {
      this.fail(event, `I6: ${key} blinds ${concerned.join(", ")}, not ${blind.join(", ")}`);
    }
  }
}

/** What moved when the gateway stopped is given its full time again; what rested is forgotten. */
function restarted(heard: Heard, now: number): void {
  heard.runs = heard.runs.at(-1)?.to === null ? [{ from: now, to: null }] : [];
}

function frame(heard: Heard, event: RuleEvent): void {
  heard.lastFrame = event.at;
  heard.silent = false;
  heard.missing = false;
  if (event.kind === "battery-read" && event.volts !== undefined) {
    if (event.volts < 2.4) heard.lowBattery = true;
    if (event.volts >= 2.6) heard.lowBattery = false;
  }
  if (event.kind !== "motion-sensed") return;
  const last = heard.runs.at(-1);
  const open = last !== undefined && last.to === null;
  if (event.moving && !open) heard.runs.push({ from: event.at, to: null });
  if (!event.moving && open) last.to = event.at;
}

function judgeRuns(heard: Heard, now: number): void {
  const last = heard.runs.at(-1);
  if (last === undefined) return;
  if (last.to === null) {
    if (now - last.from >= hour || isTireless(heard.runs, now)) heard.stuck = true;
    return;
  }
  const lasted = last.to - last.from >= hour;
  const tireless = !lasted && isTireless(heard.runs, last.to);
  if (!tireless || now - last.to >= 10 * minute) heard.stuck = false;
}

function modulesOf(subject: string): readonly string[] {
  const roles = stoveHome.devices
    .filter((device: PlannedDevice) => subject === "radio" || device.id === subject)
    .flatMap((device) => device.roles);
  return manifests
    .filter(({ needs, uses }) => roles.some((role) => needs.includes(role) || uses.includes(role)))
    .map(({ name }) => name)
    .sort(byName);
}
