/** What people outside the system know of a simulated day, and every truth it is held against. */
import type { PlannedEffect, Transmission } from "../../rules/effects.ts";
import type { EngineState } from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import { falseAlarmSaid } from "../../rules/machines/escalation-words.ts";
import { callIn, carries, escalationIn, openIn } from "./custody-model.ts";
import { withoutCustody } from "./custody-truths.ts";
import type { Day, Process, Witness } from "./emergency-process.ts";
import { minute, second } from "./timeline.ts";

export type Tell = Extract<Transmission, { kind: "tell-party" }>;

/** The shortest time that a step may have (the agreement's own bound), less a timer's slack. */
const stepMin = 5 * second - 100;

/** A message that is sent again every 20 s has arrived after this long on a whole link. */
const arrivesWithin = 5 * minute;

/** What a home forgets in a crash is younger than this: its disk writes for at most half a second. */
const writtenWithin = second;

/** What the home last heard of one person's coming. */
interface Heard {
  readonly says: boolean;
  readonly at: number;
  readonly nth: number;
}

interface Press {
  readonly at: number;
  /** The alarms that a closing turned it into. */
  readonly heirs: Set<string>;
  onDisk: boolean;
  /** A person knew of it who closed what it belongs to. */
  looked: boolean;
  /** The care service has it on its disk, in an open alarm of which somebody was told. */
  reached: boolean;
}

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
    calledFalse: 0,
    toldFalse: 0,
    lapsed: 0,
    handedOver: 0,
    unreached: 0,
    drills: 0,
    heirs: 0,
  };
  readonly closed = new Set<string>();
  /** Alarms that were on the home's disk at some time, and since when. */
  readonly onDisk = new Map<string, number>();
  /** Who ever said that they come. */
  readonly #accepted = new Set<string>();
  /** What the home heard of that since: a withdrawn acceptance is none. */
  readonly #heard = new Map<string, Heard>();
  /** Who took it back, and when. */
  readonly #withdrew = new Map<string, number>();
  readonly #coming = new Map<string, number>();
  /** When somebody was last told of an alarm, by whichever side: the home's own telling reaches nobody. */
  readonly #moved = new Map<string, number>();
  readonly #toldAtCare = new Map<string, number>();
  readonly #presses = new Map<string, Press>();
  readonly #lastWord = new Map<string, "cry" | "false">();
  readonly #calledFalse = new Set<string>();
  /** Since when the resident waits to hear that people know of a false alarm. */
  readonly #toTell = new Map<string, number>();
  #openBefore: ReadonlySet<string> = new Set();
  #crashedAt = 0;
  readonly #withCare = new Set<string>();
  readonly #day: Day;
  #home: Process | undefined;
  #care: Process | undefined;
  #lamp = "none";
  #saidAt = 0;
  readonly #whenTold: (process: Process, tell: Tell) => void;

  constructor(day: Day, whenTold: (process: Process, tell: Tell) => void) {
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
  answered(
    alarmId: string,
    name: string,
    says: "accepts" | "withdraws" | "closes",
    at: Process,
  ): void {
    this.note(`${name} ${says} ${alarmId}`);
    if (says === "closes") this.#looked(at.engine, alarmId);
    if (says === "accepts") {
      this.#accepted.add(`${alarmId} ${name}`);
      this.#withdrew.delete(`${alarmId} ${name}`);
      this.counts.accepted += 1;
    } else if (says === "withdraws") {
      this.counts.withdrawn += 1;
      this.#withdrew.set(`${alarmId} ${name}`, this.#day.line.now);
    } else {
      this.closed.add(alarmId);
      this.counts.closed += 1;
    }
  }

  crashed(process: Process): void {
    this.counts.crashes += 1;
    this.note(`${process.name} crashed`);
    if (process.name !== "home") return;
    this.#crashedAt = this.#day.line.now;
    this.#lastWord.clear();
    this.#toTell.clear();
  }

  hears(process: Process, fact: Fact): void {
    if (process.name === "home") this.#atHome(fact);
  }

  stepped(process: Process, fact: Fact, effects: readonly PlannedEffect[], id: string): void {
    if (effects.length > 0 && fact.kind !== "deadline-reached") {
      const did = effects.map((effect) => effect.kind).join(" ");
      this.note(`${process.name} heard ${fact.kind}: ${did}`);
    }
    if (fact.kind === "button-pressed") this.#pressed(effects, id);
    if (fact.kind === "deadline-reached") {
      this.counts.lapsed += effects.filter(({ kind }) => kind === "tell-peer-declined").length;
    }
    if (fact.kind === "alarm-accepted") this.#coming.set(fact.alarmId, this.#day.line.now);
    if (process.name === "care" && fact.kind === "deadline-reached") this.#steady(effects);
    for (const effect of effects) this.#did(process, effect);
    if (process.name === "home") {
      this.#room(process);
      this.#cries(process);
    }
    if (this.#home !== undefined && this.#care !== undefined) {
      this.#custody(this.#home, this.#care);
    }
    this.#ended(process);
  }

  /** What the home learns of answers and words, kept apart from its own memory of them. */
  #atHome(fact: Fact): void {
    const { now } = this.#day.line;
    if (fact.kind === "gateway-started") this.#forgets(fact.gapMs === null);
    if (fact.kind === "false-alarm-said" && this.#home !== undefined) {
      if (openIn(this.#home.engine, fact.alarmId) === undefined) return;
      this.counts.calledFalse += 1;
      this.#lastWord.set(fact.alarmId, "false");
      if (!this.#toTell.has(fact.alarmId)) this.#toTell.set(fact.alarmId, now);
    }
    if (fact.kind !== "alarm-accepted" && fact.kind !== "alarm-declined") return;
    // An answer to an alarm that only the care service has yet is told again with custody.
    if (this.#home === undefined || !openIn(this.#home.engine, fact.alarmId)) return;
    const key = `${fact.alarmId} ${fact.by.name}`;
    const before = this.#heard.get(key) ?? { says: false, at: 0, nth: 0 };
    const says = fact.kind === "alarm-accepted";
    if (fact.from === "here") this.#heard.set(key, { ...before, says, at: now });
    else if (fact.nth > before.nth) this.#heard.set(key, { says, at: now, nth: fact.nth });
  }

  /** After a gap that nobody can measure, no promise from before it holds. */
  #forgets(unknownGap: boolean): void {
    for (const [key, heard] of this.#heard) {
      if (heard.at > this.#crashedAt - writtenWithin) this.#heard.delete(key);
    }
    if (!unknownGap) return;
    for (const key of this.#accepted) {
      // The same word once more is one that the care service still stands by.
      const nth = (this.#heard.get(key)?.nth ?? 1) - 1;
      this.#heard.set(key, { says: false, at: this.#day.line.now, nth });
    }
  }

  #isComing(alarmId: string, name: string | undefined): boolean {
    const key = `${alarmId} ${name}`;
    if (!this.#accepted.has(key)) return false;
    const heard = this.#heard.get(key);
    // Heard just before a crash, and perhaps forgotten by it: it was said once, and that must do.
    if (heard === undefined) return true;
    return heard.says && this.#day.line.now - heard.at <= this.#day.plan.link.closeWithin;
  }

  /** A press is over when a person closed what it belongs to and knew of it, and not before. */
  #cries(home: Process): void {
    const open = new Set(escalationIn(home.engine).open.map(({ alarm }) => alarm.id));
    const gone = [...this.#openBefore].filter((alarmId) => !open.has(alarmId));
    const fresh = [...open].filter((alarmId) => !this.#openBefore.has(alarmId));
    for (const [id, press] of this.#presses) {
      // What a closing leaves behind stands for every press before it.
      if (gone.length > 0 && !press.looked) for (const heir of fresh) press.heirs.add(heir);
      if (!press.onDisk || press.looked) continue;
      const kept = [home.engine, home.saved].every((memory) => this.#has(memory, id, press));
      if (!kept) this.broke(`I3: the press ${id} is over, and nobody who ended it knew of it`);
    }
    if (gone.length > 0) this.counts.heirs += fresh.length;
    this.#openBefore = open;
    this.#lastWords(home);
  }

  #lastWords(home: Process): void {
    for (const one of escalationIn(home.engine).open) {
      const last = this.#lastWord.get(one.alarm.id);
      if (last !== undefined && falseAlarmSaid(one) !== (last === "false")) {
        this.broke(`I2: ${one.alarm.id} is called false: ${falseAlarmSaid(one)}, last: ${last}`);
      }
    }
  }

  #has(memory: EngineState, id: string, { heirs }: Press): boolean {
    return escalationIn(memory).open.some((open) => carries(open, id) || heirs.has(open.alarm.id));
  }

  #looked(memory: EngineState, alarmId: string): void {
    const open = openIn(memory, alarmId);
    for (const [id, press] of this.#presses) {
      if (press.heirs.has(alarmId) || (open !== undefined && carries(open, id)))
        press.looked = true;
    }
  }

  #pressed(effects: readonly PlannedEffect[], id: string): void {
    this.counts.presses += 1;
    this.#presses.set(id, {
      at: this.#day.line.now,
      heirs: new Set(),
      onDisk: false,
      looked: false,
      reached: false,
    });
    const call = this.#home === undefined ? null : callIn(this.#home.engine).call;
    if (call !== null) {
      this.#lastWord.set(call.alarmId, "cry");
      this.#toTell.delete(call.alarmId);
    }
    const kinds = effects.map((effect) => effect.kind);
    if (kinds.includes("tell-peer-noted")) this.counts.pressedAgain += 1;
    else if (kinds[0] !== "signal" || !kinds.includes("offer-custody")) {
      this.broke("I1: a press was not transmitted in its own step");
    }
  }

  /** No chain runs on faster than a step may last, whatever becomes of its messages. */
  #steady(effects: readonly PlannedEffect[]): void {
    for (const effect of effects) {
      if (effect.kind !== "tell-party") continue;
      const before = this.#toldAtCare.get(effect.alarm.id);
      if (before !== undefined && this.#day.line.now - before < stepMin) {
        this.broke(`I9: the chain of ${effect.alarm.id} spins`);
      }
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
    if (process.name === "home") {
      // The home has no way of its own to a person: it reached nobody.
      this.counts.toldAtHome += 1;
      return;
    }
    this.counts.toldAtCare += 1;
    this.#toldAtCare.set(effect.alarm.id, this.#day.line.now);
    this.#whenTold(process, effect);
  }

  /** What the room shows and says is what the memory of the home means. */
  #room(home: Process): void {
    const { call } = callIn(home.engine);
    if (this.#lamp !== (call === null ? "none" : "called")) {
      this.broke(`I5: the lamp shows ${this.#lamp}`);
    }
    if (call === null) {
      for (const { alarm } of escalationIn(home.engine).open) {
        if (alarm.drill === true) continue;
        this.broke(`I2: the room says nothing of ${alarm.id}, which is open`);
      }
      return;
    }
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
    for (const [id, press] of this.#presses) {
      if (!this.#has(process.saved, id, press)) continue;
      if (process.name === "home") press.onDisk = true;
      else press.reached = true;
    }
    if (process.name === "care") this.#writtenAtCare(process.saved);
    else {
      for (const { alarm } of escalationIn(process.saved).open) {
        if (!this.onDisk.has(alarm.id)) this.onDisk.set(alarm.id, this.#day.line.now);
      }
    }
  }

  #writtenAtCare(memory: EngineState): void {
    const { open, closed } = escalationIn(memory);
    for (const { alarm, words } of open) {
      this.#withCare.add(alarm.id);
      if (!words.some(({ note }) => note === "false-alarm-said")) continue;
      // It may have been said of a closed alarm whose place this one has.
      for (let id: string | undefined = alarm.id; id !== undefined; ) {
        const heir: string = id;
        this.#calledFalse.add(heir);
        id = closed.find((one) => one.heir === heir)?.alarmId;
      }
    }
    // Closed within the same write in which it was called false.
    for (const { alarmId, heard } of closed.slice(-2)) {
      if (heard.length > 0) this.#calledFalse.add(alarmId);
    }
  }

  spoken(_process: Process, pledge: PlannedEffect): void {
    if (pledge.kind !== "announce") return;
    const { key, alarmId = "", words } = pledge;
    if (key === "help-no-path") this.counts.noPath += 1;
    if (key === "false-alarm-told") {
      this.counts.toldFalse += 1;
      this.#toTell.delete(alarmId);
    }
    const name = words["name"];
    const untrue =
      (key === "help-stored" && !this.onDisk.has(alarmId)) ||
      (key === "help-with-care" && !this.#withCare.has(alarmId)) ||
      (key === "help-coming" && !this.#isComing(alarmId, name)) ||
      (key === "false-alarm-noted" && !this.onDisk.has(alarmId)) ||
      (key === "false-alarm-told" && !this.#calledFalse.has(alarmId)) ||
      (key === "alarm-closed" && !this.closed.has(alarmId));
    if (untrue) this.broke(`I2: "${key}" ${name ?? ""} was said of ${alarmId}, and was not true`);
  }

  /** Since when nothing is in the way between the two sides; undefined while something is. */
  #wholeFor(): number | undefined {
    const { line, link } = this.#day;
    if (this.#home?.up !== true || this.#care?.up !== true || !link.up) return undefined;
    return line.now - Math.max(link.since, this.#home.startedAt, this.#care.startedAt);
  }

  /**
   * Once a minute: over a whole link, everything pressed is known at the care service, and people
   * there were told of it lately or have lately said to come.
   */
  askWhetherReached(): void {
    const whole = this.#wholeFor();
    if (whole === undefined || this.#home === undefined) return;
    this.#knownAtCare(this.#home, whole);
    const { now } = this.#day.line;
    const { closeWithin } = this.#day.plan.link;
    const bound = arrivesWithin + 3 * minute;
    if (whole < bound) return;
    for (const { alarm } of escalationIn(this.#home.saved).open) {
      if (this.closed.has(alarm.id)) continue;
      const told = this.#toldAtCare.get(alarm.id) ?? 0;
      const rested = (this.#coming.get(alarm.id) ?? -closeWithin) + closeWithin;
      const since = this.onDisk.get(alarm.id) ?? now;
      if (now - Math.max(told, rested, since) > bound) {
        this.broke(`I4: nobody at the care service was told of ${alarm.id}`);
      }
    }
  }

  /** Presses and "false alarm" have arrived, and the resident was told of the latter. */
  #knownAtCare(home: Process, whole: number): void {
    const { now } = this.#day.line;
    // A note that overtook the offer of its alarm is told again with custody, of which beats tell.
    const known = arrivesWithin + 10 * this.#day.plan.link.beatEvery;
    for (const [id, { at, onDisk, looked, reached }] of this.#presses) {
      if (!onDisk || looked || reached || Math.min(whole, now - at) < known) continue;
      this.broke(`I4: nobody at the care service knows of the press ${id}`);
    }
    const { call } = callIn(home.engine);
    for (const { name } of call?.coming ?? []) {
      const at = this.#withdrew.get(`${call?.alarmId} ${name}`) ?? now;
      if (Math.min(whole, now - at) > known) this.broke(`I2: ${name} is awaited, and withdrew`);
    }
    for (const [alarmId, at] of this.#toTell) {
      if (openIn(home.engine, alarmId) === undefined) continue;
      if (Math.min(whole, now - at) > known) {
        this.broke(`I2: nobody tells the resident that people know of ${alarmId}`);
      }
    }
  }

  /** Once a minute: one of the two sides lately told somebody of each open alarm, or rests. */
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
