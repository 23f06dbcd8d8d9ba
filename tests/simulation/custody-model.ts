/**
 * Home, care service and what lies between them, as a value that can be explored: two engines with
 * their disks, messages that are lost, repeated and reordered, crashes, beats, deadlines, people.
 * Each side has its own clock; a deadline may come at any time compared with the other side.
 */
import type { HomePlan } from "../../protocol/home.ts";
import { instant, seconds } from "../../protocol/time.ts";
import { type PlannedEffect, waitsForDisk } from "../../rules/effects.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
} from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import { careLink, type LinkState } from "../../rules/machines/care-link.ts";
import { type CallState, emergencyCall } from "../../rules/machines/emergency-call.ts";
import { careEscalation, homeEscalation } from "../../rules/machines/escalation.ts";
import type { EscalationState, OpenAlarm } from "../../rules/machines/escalation-state.ts";
import { anna, bert, callHome } from "../support/call-home.ts";

export type SideName = "home" | "care";
export type Holds = readonly { readonly alarmId: string; readonly epoch: number }[];

/** One process with its memory, its disk, and the promises that wait for the disk. */
export interface Side {
  readonly now: number;
  readonly engine: EngineState;
  readonly disk: { readonly engine: EngineState; readonly now: number };
  readonly pledges: readonly PlannedEffect[];
}

/**
 * A message. `unsaved`: sent, and not yet in the sender's durable outbox. `saved`: sent again until
 * the receiver has it on disk. `stray`: the sender forgot it, or has its receipt; a copy may still
 * arrive. `heard`: the receiver has worked on it.
 */
export interface Parcel {
  readonly to: SideName;
  readonly fact: Fact;
  readonly kept: "unsaved" | "saved" | "stray";
  readonly heard: boolean;
}

/** What may still go wrong or be done; each use takes one. */
export interface Budget {
  readonly presses: number;
  readonly crashes: number;
  readonly copies: number;
  readonly answers: number;
  readonly closings: number;
  readonly wipes: number;
  /** How often the resident says "false alarm". */
  readonly words: number;
}

/** What people outside the model know: it never forgets, and the invariants are about it. */
export interface Ledger {
  /** Alarms that were on the home's disk at some time. */
  readonly onDisk: readonly string[];
  /** Alarms the resident was told are stored. */
  readonly stored: readonly string[];
  /** Every answer that a side told, in the order of the telling: alarm, person, place, yes or no. */
  readonly answers: readonly string[];
  /** Those of them that the home has heard, and that its disk has. */
  readonly atHome: readonly string[];
  readonly onHomeDisk: readonly string[];
  readonly closed: readonly string[];
  /** Presses of which somebody knew who closed the alarm they belong to. */
  readonly looked: readonly string[];
  /** Presses that the home knows of, and those that are on its disk. */
  readonly made: readonly string[];
  readonly pressed: readonly string[];
  /** Alarms of which the care service's disk has, or had, that they are called false. */
  readonly calledFalse: readonly string[];
  readonly wiped: boolean;
  readonly crashed: boolean;
  /** A promise that was not true when it was spoken. */
  readonly lies: readonly string[];
}

export interface World {
  readonly home: Side;
  readonly care: Side;
  readonly parcels: readonly Parcel[];
  /** The care service's beat that is on its way. */
  readonly beat: Holds | null;
  readonly budget: Budget;
  readonly ledger: Ledger;
  /** The rules of both sides: the real ones, or some with a fault on purpose. */
  readonly machines: Machines;
}

/** Short spans in which each deadline can come before each other one. */
export const modelPlan: HomePlan = {
  ...callHome,
  agreement: {
    ...callHome.agreement,
    chains: [],
    fallback: [
      { tell: [anna.id], within_s: 10 },
      { tell: [bert.id], within_s: 10 },
    ],
  },
  link: {
    beatEvery: seconds(5),
    silentAfter: seconds(15),
    alarmAfter: seconds(60),
    custodyWithin: seconds(20),
    closeWithin: seconds(60),
    repeatEvery: seconds(30),
  },
};

export type Machines = Readonly<Record<SideName, MachineList>>;

export const realMachines: Machines = {
  home: { emergencyCall, escalation: homeEscalation, careLink },
  care: { escalation: careEscalation },
};

export const escalationIn = (engine: EngineState): EscalationState =>
  engine.machines["escalation"] as EscalationState;
export const callIn = (engine: EngineState): CallState =>
  engine.machines["emergencyCall"] as CallState;
export const linkIn = (engine: EngineState): LinkState => engine.machines["careLink"] as LinkState;

export const openIn = (engine: EngineState, alarmId: string): OpenAlarm | undefined =>
  escalationIn(engine).open.find((open) => open.alarm.id === alarmId);

const other = (name: SideName): SideName => (name === "home" ? "care" : "home");

function newSide(name: SideName, machines: Machines): Side {
  const engine = initialState(machines[name], modelPlan);
  return { now: 0, engine, disk: { engine, now: 0 }, pledges: [] };
}

export function newWorld(budget: Budget, machines: Machines = realMachines): World {
  const world: World = {
    machines,
    home: newSide("home", machines),
    care: newSide("care", machines),
    parcels: [],
    beat: null,
    budget,
    ledger: {
      onDisk: [],
      stored: [],
      answers: [],
      atHome: [],
      onHomeDisk: [],
      closed: [],
      looked: [],
      made: [],
      pressed: [],
      calledFalse: [],
      wiped: false,
      crashed: false,
      lies: [],
    },
  };
  const started: Fact = { kind: "gateway-started", boot: "first", gapMs: 0 };
  return commit(commit(hear(hear(world, "home", started), "care", started), "home"), "care");
}

/** What the other side hears of an effect; nothing for what stays on this side. */
export function factOf(effect: PlannedEffect): Fact | undefined {
  switch (effect.kind) {
    case "offer-custody":
      return { kind: "custody-offered", alarm: effect.alarm, epoch: effect.epoch };
    case "take-custody":
      return { kind: "custody-taken", alarmId: effect.alarmId, epoch: effect.epoch };
    case "tell-peer-accepted":
    case "tell-peer-declined":
      return {
        kind: effect.kind === "tell-peer-accepted" ? "alarm-accepted" : "alarm-declined",
        alarmId: effect.alarmId,
        by: effect.by,
        from: "peer",
        nth: effect.nth,
      };
    case "tell-peer-noted":
      return {
        kind: "alarm-noted",
        alarmId: effect.alarmId,
        note: effect.note,
        from: "peer",
        word: effect.word,
        nth: effect.nth,
      };
    case "ask-drill":
      return { kind: "drill-requested", drillId: effect.drillId };
    case "confirm-note":
      return { kind: "note-taken", alarmId: effect.alarmId, word: effect.word };
    case "tell-peer-closed":
      return {
        kind: "alarm-closed",
        alarmId: effect.alarmId,
        closing: effect.closing,
        from: "peer",
        heard: effect.heard,
      };
    default:
      return undefined;
  }
}

/** The same content again is the same parcel: sent again, to be heard again. */
function send(parcels: readonly Parcel[], to: SideName, sent: Pick<Parcel, "fact" | "kept">) {
  const text = JSON.stringify(sent.fact);
  const same = parcels.find((one) => one.to === to && JSON.stringify(one.fact) === text);
  const kept = same?.kept === "saved" ? "saved" : sent.kept;
  const parcel: Parcel = { to, fact: sent.fact, kept, heard: false };
  return [...parcels.filter((one) => one !== same), parcel];
}

/** One fact on one side: what must not wait leaves at once, promises wait for the disk. */
export function hear(world: World, name: SideName, fact: Fact, id = "e"): World {
  const side = world[name];
  const event = { ...fact, id, at: instant(side.now) };
  const step = stepEngine(world.machines[name], modelPlan, side.engine, event);
  let parcels = world.parcels;
  const pledges = [...side.pledges];
  const spoken: PlannedEffect[] = [];
  for (const effect of step.effects) {
    const told = factOf(effect);
    if (waitsForDisk(effect)) pledges.push(effect);
    else if (told !== undefined) {
      parcels = send(parcels, other(name), { fact: told, kept: "unsaved" });
    } else if (effect.kind === "announce") spoken.push(effect);
  }
  const ledger = step.effects.reduce(
    (kept, effect) => withAnswer(kept, name, effect),
    world.ledger,
  );
  const heard: World = {
    ...world,
    parcels,
    ledger,
    [name]: { ...side, engine: step.state, pledges },
  };
  return spoken.reduce(keepPledge, heard);
}

/** An answer that a side tells was given there, or has lapsed there. */
function withAnswer(ledger: Ledger, name: SideName, effect: PlannedEffect): Ledger {
  const fact = factOf(effect);
  const said = fact === undefined ? undefined : answerIn(name, fact);
  if (said === undefined) return ledger;
  const answers = ledger.answers.includes(said) ? ledger.answers : [...ledger.answers, said];
  return {
    ...ledger,
    answers,
    atHome: name === "home" ? withNew(ledger.atHome, said) : ledger.atHome,
  };
}

/** The answer in what one side told the other, as the ledger has it. */
function answerIn(from: SideName, fact: Fact): string | undefined {
  if (fact.kind !== "alarm-accepted" && fact.kind !== "alarm-declined") return undefined;
  const nth = fact.from === "peer" ? fact.nth : 0;
  const says = fact.kind === "alarm-accepted" ? "yes" : "no";
  return `${fact.alarmId} ${fact.by.name} ${from}${nth} ${says}`;
}

/** Whether the last answer of this person that the home has heard is that they come. */
function isComing({ answers, atHome }: Ledger, alarmId: string, name: string | undefined): boolean {
  const last = answers.findLast(
    (said) => said.startsWith(`${alarmId} ${name} `) && atHome.includes(said),
  );
  return last?.endsWith(" yes") ?? false;
}

/** Whether this alarm is what became of a press, or has it as a note. */
export function carries({ alarm, words }: OpenAlarm, press: string): boolean {
  const of = (id: string): boolean => id.startsWith(`${press}:`) || id.startsWith(`${press}.`);
  return of(alarm.id) || words.some(({ id }) => of(id));
}

export const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** A set of words as a sorted list: worlds are compared by their text. */
export const withNew = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list : [...list, item].sort(byText);

/** Whether somebody called it a false alarm, whatever was said since. */
const isCalledFalse = (engine: EngineState, alarmId: string): boolean =>
  openIn(engine, alarmId)?.words.some(({ note }) => note === "false-alarm-said") ?? false;

/** What a promise must be true of, at the moment it is spoken. */
function isTrue(world: World, pledge: Extract<PlannedEffect, { kind: "announce" }>): boolean {
  const { alarmId = "", key, words } = pledge;
  const { ledger, home, care } = world;
  switch (key) {
    case "help-stored":
      return ledger.onDisk.includes(alarmId) || ledger.closed.includes(alarmId);
    case "help-with-care":
      return (
        ledger.wiped ||
        openIn(care.disk.engine, alarmId) !== undefined ||
        ledger.closed.includes(alarmId)
      );
    case "help-coming":
      return isComing(ledger, alarmId, words["name"]);
    case "false-alarm-noted":
      return isCalledFalse(home.disk.engine, alarmId) || ledger.closed.includes(alarmId);
    case "false-alarm-told":
      return ledger.calledFalse.includes(alarmId);
    case "alarm-closed":
      return ledger.closed.includes(alarmId);
    case "help-no-path":
    case "help-nobody-yet":
      return openIn(home.engine, alarmId) !== undefined || ledger.closed.includes(alarmId);
    default:
      return true;
  }
}

function keepPledge(world: World, pledge: PlannedEffect): World {
  if (pledge.kind !== "announce") {
    const told = factOf(pledge);
    if (told === undefined) return world;
    return { ...world, parcels: send(world.parcels, "home", { fact: told, kept: "saved" }) };
  }
  const { ledger } = world;
  const lies = isTrue(world, pledge)
    ? ledger.lies
    : [...ledger.lies, `${pledge.key} ${pledge.alarmId ?? ""}`];
  const stored =
    pledge.key === "help-stored" ? withNew(ledger.stored, pledge.alarmId ?? "") : ledger.stored;
  return { ...world, ledger: { ...ledger, lies, stored } };
}

function homeWritten({ home, ledger }: World): Ledger {
  let { onDisk } = ledger;
  for (const open of escalationIn(home.engine).open) onDisk = withNew(onDisk, open.alarm.id);
  return { ...ledger, onDisk, onHomeDisk: ledger.atHome, pressed: ledger.made };
}

function careWritten({ care, ledger }: World): Ledger {
  let { calledFalse } = ledger;
  for (const { alarm } of escalationIn(care.engine).open) {
    if (!isCalledFalse(care.engine, alarm.id)) continue;
    // Said of this alarm, or of the closed one whose place it has.
    const before = escalationIn(care.engine).closed.filter(({ heir }) => heir === alarm.id);
    calledFalse = [alarm.id, ...before.map(({ alarmId }) => alarmId)].reduce(withNew, calledFalse);
  }
  for (const { alarmId, heard } of escalationIn(care.engine).closed) {
    if (heard.some((word) => word.startsWith("word"))) calledFalse = withNew(calledFalse, alarmId);
  }
  return { ...ledger, calledFalse };
}

/** The disk of one side has all that happened there: its promises are spoken, receipts go out. */
export function commit(world: World, name: SideName): World {
  const side = world[name];
  const parcels = world.parcels.map((parcel): Parcel => {
    if (parcel.to === name) return parcel.heard ? { ...parcel, kept: "stray" } : parcel;
    return parcel.kept === "unsaved" ? { ...parcel, kept: "saved" } : parcel;
  });
  const disk = { engine: side.engine, now: side.now };
  let next: World = { ...world, parcels, [name]: { ...side, disk, pledges: [] } };
  next = { ...next, ledger: name === "home" ? homeWritten(next) : careWritten(next) };
  for (const pledge of side.pledges) next = keepPledge(next, pledge);
  return next;
}

/** One side ends without warning and starts again from its disk, after a gap that it may not know. */
export function crash(world: World, name: SideName, gapMs: number | null): World {
  const side = world[name];
  const parcels = world.parcels.map((parcel): Parcel => {
    if (parcel.kept === "stray") return parcel;
    if (parcel.to === name) return { ...parcel, heard: false };
    return parcel.kept === "unsaved" ? { ...parcel, kept: "stray" } : parcel;
  });
  const { engine, now } = side.disk;
  const { onHomeDisk, pressed } = world.ledger;
  const forgotten = name === "home" ? { atHome: onHomeDisk, made: pressed } : {};
  const ledger = { ...world.ledger, ...forgotten, crashed: true };
  const restarted: World = {
    ...world,
    parcels,
    ledger,
    [name]: { ...side, engine, now, pledges: [] },
  };
  return hear(restarted, name, { kind: "gateway-started", boot: "again", gapMs });
}

/** The care service comes back with an empty disk, and with an empty outbox. */
export function wipe(world: World): World {
  const parcels = world.parcels.map((parcel): Parcel => {
    if (parcel.to === "home") return { ...parcel, kept: "stray" };
    return parcel.kept === "stray" ? parcel : { ...parcel, heard: false };
  });
  const ledger = { ...world.ledger, wiped: true };
  return commit({ ...world, parcels, ledger, care: newSide("care", world.machines) }, "care");
}

/** The receiver works on one message. A copy of one that it worked on already is heard again. */
export function deliver(world: World, parcel: Parcel): World {
  const parcels = world.parcels.map((one) => (one === parcel ? { ...one, heard: true } : one));
  const said = parcel.to === "home" ? answerIn("care", parcel.fact) : undefined;
  const atHome = said === undefined ? world.ledger.atHome : withNew(world.ledger.atHome, said);
  return hear({ ...world, parcels, ledger: { ...world.ledger, atHome } }, parcel.to, parcel.fact);
}

/** Time on one side jumps to an instant that is due there. */
export function wakeUp(world: World, name: SideName, at: number): World {
  const side = world[name];
  const woken: World = { ...world, [name]: { ...side, now: Math.max(side.now, at) } };
  return hear(woken, name, { kind: "deadline-reached", lateMs: 0 });
}

/** What a memory lists in a beat: the open alarms that this side holds. */
export function holdsIn(engine: EngineState): Holds {
  return escalationIn(engine)
    .open.filter((open) => open.holder === "self")
    .map((open) => ({ alarmId: open.alarm.id, epoch: open.epoch }));
}

/** The alarms a side lists in its beat: those on its disk. */
export const holdsOf = (side: Side): Holds => holdsIn(side.disk.engine);
