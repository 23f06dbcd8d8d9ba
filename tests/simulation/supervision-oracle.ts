/** What supervision must say, told again from the history of what was heard: slowly and plainly. */
import type { HomePlan, PlannedDevice } from "../../protocol/home.ts";
import { minutes } from "../../protocol/time.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { manifests } from "../../rules/index.ts";
import type { SupervisionState } from "../../rules/machines/supervision-state.ts";
import { stoveHome } from "../support/stove-home.ts";
import { FaultAlarmsOracle } from "./supervision-alarms-oracle.ts";
import { hour, minute, second } from "./timeline.ts";

const byName = (one: string, other: string): number => (one < other ? -1 : 1);

/** The home under test: devices on the radio, and a pull cord on a wire. */
export const supervisedHome: HomePlan = {
  ...stoveHome,
  devices: [
    ...stoveHome.devices,
    {
      id: "cord",
      roles: ["sos-button"],
      room: "bath",
      power: "mains",
      checkInEvery: minutes(5),
      byRadio: false,
    },
  ],
};

/** A deadline comes at most so late; later than that something was passed over. */
const lateMax = 10 * second;
/** A device is given more time so often in a row. */
const sparedMax = 3;
/** After so much silence the plug is asked. */
const plugAskedAfter = 3 * minute;

interface Heard {
  readonly byRadio: boolean;
  /** Listened to for so long without a word. */
  unheard: number;
  /** How often it was given more time than that since it spoke. */
  spared: number;
  silent: boolean;
  missing: boolean;
  lowBattery: boolean;
  unarmed: boolean;
  /** Begin and end of each time of moving; the last may be open. */
  runs: { from: number; to: number | null }[];
  stuck: boolean;
}

const fresh = ({ byRadio }: PlannedDevice): Heard => ({
  byRadio,
  unheard: 0,
  spared: 0,
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
  cord: 10 * minute,
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
  readonly counts = {
    silent: 0,
    stuck: 0,
    missing: 0,
    battery: 0,
    radio: 0,
    cleared: 0,
    spared: 0,
    alarms: 0,
    alarmsAgain: 0,
  };
  readonly alarms = new FaultAlarmsOracle();
  private readonly devices = new Map<string, Heard>(
    supervisedHome.devices.map((device) => [device.id, fresh(device)]),
  );
  private last = 0;
  private ready = false;
  /** How long the radio has been away while somebody waited for it; null while it is there. */
  private away: number | null = null;
  private radioLost = false;
  private readonly inForce = new Set<string>();

  /** One step: what happened, what followed, and what supervision believes now. */
  after(event: RuleEvent, derived: readonly RuleEvent[], state: SupervisionState): void {
    if (event.kind === "gateway-started") this.start(event.at, event.gapMs);
    else this.listen(event.at);
    this.last = event.at;
    this.hear(event);
    this.judge(event);
    for (const fact of derived) this.judgeFact(fact, event);
    const expected = this.expected();
    const actual = state.faults.map(({ subject, what }) => `${subject} ${what}`).sort(byName);
    if (JSON.stringify(expected) !== JSON.stringify(actual)) {
      this.fail(event, `I6: faults are [${actual.join(", ")}], not [${expected.join(", ")}]`);
    }
    this.judgeAlarms(event, derived);
  }

  private fail(event: RuleEvent, sentence: string): void {
    this.violations.push(`${event.at / 1_000} s, ${event.kind}: ${sentence}`);
  }

  /** Time passed in which the gateway ran: who could have been heard in it, and was not? */
  private listen(until: number): void {
    const passed = until - this.last;
    if (this.away !== null) this.away += passed;
    for (const heard of this.devices.values()) {
      if (this.ready || !heard.byRadio) heard.unheard += passed;
    }
  }

  /** A gap is no silence while it can be measured; a gap that cannot is waited for anew. */
  private start(at: number, gapMs: number | null): void {
    if (gapMs !== null) this.listen(at - gapMs);
    for (const heard of this.devices.values()) {
      restarted(heard, at);
      if (gapMs !== null) continue;
      heard.unheard += at - this.last;
      this.spare(heard, 0);
    }
    this.away = gapMs === null ? 0 : (this.away ?? 0);
    this.ready = false;
  }

  private spare(heard: Heard, unheard: number): void {
    if (heard.unheard <= unheard || heard.spared >= sparedMax) return;
    heard.unheard = unheard;
    heard.spared += 1;
    this.counts.spared += 1;
  }

  private hear(event: RuleEvent): void {
    const heard = "device" in event ? this.devices.get(event.device) : undefined;
    switch (event.kind) {
      case "radio-lost":
        this.ready = false;
        this.away ??= 0;
        return;
      case "radio-ready": {
        this.ready = true;
        this.away = null;
        this.radioLost = false;
        const plug = this.devices.get("plug");
        if (plug !== undefined) this.spare(plug, plugAskedAfter);
        return;
      }
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

  /** What is overdue for longer than a deadline may be late was passed over. */
  private judge(event: RuleEvent): void {
    const isNew = event.kind === "gateway-started" || event.kind === "radio-ready";
    const prompt = (what: string, over: number): void => {
      if (over > lateMax && !isNew) this.fail(event, `I6: ${what} was found ${over} ms late`);
    };
    if (this.away !== null && this.away >= minute && !this.radioLost) {
      this.radioLost = true;
      prompt("the radio's loss", this.away - minute);
    }
    for (const [id, heard] of this.devices) {
      const over = heard.unheard - (limits[id] ?? 0);
      if (over >= 0 && !heard.silent && (this.ready || !heard.byRadio)) {
        heard.silent = true;
        prompt(`silence of ${id}`, over);
      }
      judgeRuns(heard, event.at);
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

  private judgeAlarms(event: RuleEvent, derived: readonly RuleEvent[]): void {
    const causes = new Set<string>();
    if (this.radioLost) causes.add("radio-lost");
    for (const [id, heard] of this.devices) {
      if (heard.missing) causes.add("device-missing");
      if (heard.silent && (id === "sos" || id === "cord")) causes.add(`sos-button-silent ${id}`);
    }
    for (const sentence of this.alarms.after(event, derived, causes)) this.fail(event, sentence);
    this.counts.alarms = this.alarms.raised;
    this.counts.alarmsAgain = this.alarms.again;
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
  heard.unheard = 0;
  heard.spared = 0;
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
  const roles = supervisedHome.devices
    .filter(({ id, byRadio }) => id === subject || (subject === "radio" && byRadio))
    .flatMap((device) => device.roles);
  return manifests
    .filter(({ needs, uses }) => roles.some((role) => needs.includes(role) || uses.includes(role)))
    .map(({ name }) => name)
    .sort(byName);
}
