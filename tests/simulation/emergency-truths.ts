/** What people outside the system know of a simulated day, and every truth it is held against. */
import type { PlannedEffect } from "../../rules/effects.ts";
import type { Fact } from "../../rules/events.ts";
import { callIn, escalationIn, openIn } from "./custody-model.ts";
import { withoutCustody } from "./custody-truths.ts";
import type { Day, Process, Witness } from "./emergency-process.ts";
import { minute, second } from "./timeline.ts";

/** Longer than this beside an open call without a sentence is silence: the span, and a slow loop. */
const silenceMax = 30 * second + 10 * second;

export class EmergencyTruths implements Witness {
  readonly violations: string[] = [];
  readonly log: string[] = [];
  readonly counts = {
    presses: 0,
    pressedAgain: 0,
    crashes: 0,
    retaken: 0,
    late: 0,
    accepted: 0,
    withdrawn: 0,
    closed: 0,
    noPath: 0,
    toldAtHome: 0,
    toldAtCare: 0,
  };
  readonly closed = new Set<string>();
  /** Alarms that were on the home's disk at some time, and since when. */
  readonly onDisk = new Map<string, number>();
  readonly #accepted = new Set<string>();
  readonly #coming = new Map<string, number>();
  readonly #moved = new Map<string, number>();
  readonly #withCare = new Set<string>();
  readonly #day: Day;
  #home: Process | undefined;
  #care: Process | undefined;
  #lamp = "none";
  #saidAt = 0;
  readonly #whenTold: (process: Process, alarmId: string, party: string) => void;

  constructor(day: Day, whenTold: (process: Process, alarmId: string, party: string) => void) {
    this.#day = day;
    this.#whenTold = whenTold;
  }

  watch(home: Process, care: Process): void {
    this.#home = home;
    this.#care = care;
  }

  broke(sentence: string): void {
    this.violations.push(`at ${this.#day.line.now} ms: ${sentence}`);
  }

  note(line: string): void {
    this.log.push(`${this.#day.line.now} ${line}`);
  }

  /** A person says something at one side. */
  answered(alarmId: string, name: string, says: "accepts" | "withdraws" | "closes"): void {
    this.note(`${name} ${says} ${alarmId}`);
    if (says === "accepts") {
      this.#accepted.add(`${alarmId} ${name}`);
      this.counts.accepted += 1;
    } else if (says === "withdraws") this.counts.withdrawn += 1;
    else {
      this.closed.add(alarmId);
      this.counts.closed += 1;
    }
  }

  stepped(process: Process, fact: Fact, effects: readonly PlannedEffect[]): void {
    if (effects.length > 0 && fact.kind !== "deadline-reached") {
      const did = effects.map((effect) => effect.kind).join(" ");
      this.note(`${process.name} heard ${fact.kind}: ${did}`);
    }
    if (fact.kind === "button-pressed") this.#pressed(effects);
    if (fact.kind === "alarm-accepted") this.#coming.set(fact.alarmId, this.#day.line.now);
    for (const effect of effects) this.#did(process, effect);
    if (process.name === "home") this.#room(process);
    if (this.#home !== undefined && this.#care !== undefined) {
      this.#custody(this.#home, this.#care);
    }
    this.#ended(process);
  }

  #pressed(effects: readonly PlannedEffect[]): void {
    this.counts.presses += 1;
    const kinds = effects.map((effect) => effect.kind);
    if (kinds.includes("tell-peer-noted")) this.counts.pressedAgain += 1;
    else if (kinds[0] !== "signal" || !kinds.includes("offer-custody")) {
      this.broke("I1: a press was not transmitted in its own step");
    }
  }

  #did(process: Process, effect: PlannedEffect): void {
    if (effect.kind === "offer-custody" && effect.epoch > 1) this.counts.retaken += 1;
    if (effect.kind === "signal") this.#lamp = effect.pattern;
    if (effect.kind === "announce" && effect.alarmId !== undefined) {
      this.#saidAt = this.#day.line.now;
    }
    if (effect.kind !== "tell-party") return;
    this.#moved.set(effect.alarm.id, this.#day.line.now);
    if (effect.late) this.counts.late += 1;
    if (process.name === "home") this.counts.toldAtHome += 1;
    else this.counts.toldAtCare += 1;
    this.#whenTold(process, effect.alarm.id, effect.party);
  }

  /** What the room shows and says is what the memory of the home means. */
  #room(home: Process): void {
    const { call } = callIn(home.engine);
    if (this.#lamp !== (call === null ? "none" : "called")) {
      this.broke(`I5: the lamp shows ${this.#lamp}`);
    }
    if (call === null) return;
    const since = Math.max(this.#saidAt, home.startedAt);
    if (this.#day.line.now - since > silenceMax) this.broke("I2: silence beside an open call");
    if (openIn(home.engine, call.alarmId) === undefined) {
      this.broke(`I3: the room calls for ${call.alarmId}, which is not open`);
    }
  }

  #custody(home: Process, care: Process): void {
    for (const alarmId of this.onDisk.keys()) {
      if (this.closed.has(alarmId)) continue;
      const homes = [home.engine, home.saved];
      for (const found of withoutCustody(homes, [care.engine, care.saved], alarmId)) {
        this.broke(found);
      }
      if (homes.some((memory) => openIn(memory, alarmId) === undefined)) {
        this.broke(`I3: the home forgot ${alarmId}`);
      }
    }
  }

  #ended(side: Process): void {
    const { open, closed } = escalationIn(side.engine);
    const ids = open.map((one) => one.alarm.id);
    if (new Set(ids).size !== ids.length) this.broke(`I5: an alarm is open twice at ${side.name}`);
    for (const { alarmId } of closed) {
      if (!this.closed.has(alarmId)) this.broke(`I3: ${alarmId} ended without a person`);
    }
  }

  written(process: Process): void {
    for (const { alarm } of escalationIn(process.saved).open) {
      if (process.name === "care") this.#withCare.add(alarm.id);
      else if (!this.onDisk.has(alarm.id)) this.onDisk.set(alarm.id, this.#day.line.now);
    }
  }

  spoken(_process: Process, pledge: PlannedEffect): void {
    if (pledge.kind !== "announce") return;
    const { key, alarmId = "", words } = pledge;
    if (key === "help-no-path") this.counts.noPath += 1;
    const name = words["name"];
    const untrue =
      (key === "help-stored" && !this.onDisk.has(alarmId)) ||
      (key === "help-with-care" && !this.#withCare.has(alarmId)) ||
      (key === "help-coming" && !this.#accepted.has(`${alarmId} ${name}`)) ||
      (key === "alarm-closed" && !this.closed.has(alarmId));
    if (untrue) this.broke(`I2: "${key}" was said of ${alarmId}, and was not true`);
  }

  /** Once a minute: somebody was told lately of each open alarm, or has lately said to come. */
  askWhetherTold(home: Process): void {
    const { now } = this.#day.line;
    const { silentAfter, custodyWithin, closeWithin } = this.#day.plan.link;
    const bound = silentAfter + custodyWithin + 3 * minute + minute;
    if (!home.up || now - home.startedAt < bound) return;
    for (const { alarm } of escalationIn(home.saved).open) {
      if (this.closed.has(alarm.id)) continue;
      const told = this.#moved.get(alarm.id) ?? this.onDisk.get(alarm.id) ?? 0;
      const rested = (this.#coming.get(alarm.id) ?? -closeWithin) + closeWithin;
      if (now - Math.max(told, rested) > bound) {
        this.broke(`I4: nobody was told of ${alarm.id} for ${Math.round((now - told) / 1_000)} s`);
      }
    }
  }

  /** At the end of a calm time nothing is open, nothing is on its way, and the lamp is out. */
  askWhetherCalm(): void {
    for (const side of [this.#home, this.#care]) {
      if (side === undefined) continue;
      for (const { alarm } of escalationIn(side.engine).open) {
        this.broke(`I4: ${alarm.id} is still open at ${side.name} after a calm time`);
      }
      if (side.outbox.length > 0) this.broke(`I9: the outbox of ${side.name} does not empty`);
    }
    if (this.#lamp !== "none") this.broke("I3: the lamp still calls");
  }
}
