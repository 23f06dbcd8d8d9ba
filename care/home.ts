/**
 * One home at the care service: event → rules → people told at once, disk beside it → custody,
 * receipt and screens once it is on disk. Everything that the home must learn waits in an outbox.
 */
import type { DeskRequest } from "../protocol/desk.ts";
import type { Beat, UpMessage } from "../protocol/messages.ts";
import type { Instant, WallTime } from "../protocol/time.ts";
import { adoptState } from "../rules/adopt.ts";
import {
  type EngineState,
  type EngineStep,
  initialState,
  stepEngine,
  wakeAt,
} from "../rules/engine.ts";
import type { Fact, LinkFact, RuleEvent } from "../rules/events.ts";
import { careMachines, careStates } from "../rules/index.ts";
import { accountOf, type Line, toldLine } from "./account.ts";
import { factOfDesk, factOfUp } from "./facts.ts";
import type { HomeLink } from "./home-link.ts";
import { readState, writtenState } from "./kept-state.ts";
import type { KnownHome } from "./known-home.ts";
import { type DownLine, lineFor } from "./line.ts";
import { type Records, raisedWall, recordsOf } from "./records.ts";
import type { Answer } from "./requests.ts";
import type { Arrival, EntryRow, KeptHome, KnownChange } from "./store/rows.ts";
import type { CareStore } from "./store/store.ts";
import { type HourParts, hourNow, newHour } from "./told-hour.ts";
import { Waker } from "./waker.ts";

export interface CareClock {
  now(): Instant;
  wall(): WallTime;
}

export interface CareHomeParts extends HourParts {
  readonly known: KnownHome;
  readonly kept: Pick<KeptHome, "state" | "closings"> | undefined;
  /** Id of this start of the care service; begins every id that is born here. */
  readonly boot: string;
  readonly store: CareStore;
  readonly link: HomeLink;
  readonly say: (line: Line) => void;
  /** The state that is on disk has changed. */
  readonly show: (state: EngineState) => void;
  /** People are to be told, or need not be told any more: the rows are on disk. */
  readonly tell: () => void;
  /** A rule threw: a fault of the program. The step is not taken; the other homes go on. */
  readonly onRuleFault: (thrown: unknown, event: RuleEvent) => void;
}

/** How a step ends for those who asked for it. */
interface Sequel {
  readonly message?: string;
  readonly durable?: () => void;
  /** When the home says that it raised the alarm it offers. */
  readonly raisedWall?: number | undefined;
  /** What the desk shows of the home from then on. */
  readonly known?: KnownChange;
  /** The telling whose arrival is heard. */
  readonly heard?: string;
}

/** What is kept with a step that somebody asked for: a setting of the home, and by which id. */
export type Told = Pick<Sequel, "known" | "message">;

/** What a step says to people, beside the state. */
interface News {
  readonly lines: readonly Line[];
  readonly records: Records;
}

type Written = Sequel & News & { readonly down: readonly DownLine[] };

/**
 * Facts that come all the time; one that decides nothing, and that nobody waits for, needs no row
 * of its own.
 */
const routine: ReadonlySet<Fact["kind"]> = new Set<Fact["kind"]>(["peer-heard", "clock-told"]);

const isIdle = ({ decisions, effects, derived }: EngineStep): boolean =>
  decisions.length === 0 && effects.length === 0 && derived.length === 0;

/** Counted over all homes: a telling whose id is there already is taken for a repeat. */
let born = 0;

export class CareHome {
  private readonly parts: CareHomeParts;
  private known: KnownHome;
  private state: EngineState;
  private durable: EngineState;
  /** The state of the last row: what was closed since then is not on its way to the disk yet. */
  private written: EngineState;
  private undurable = 0;
  /** Arrivals heard by steps that are on their way to the disk; until then they are said again. */
  private readonly arriving = new Set<string>();
  private unsaved = false;
  private stopped = false;
  private readonly waker: Waker;

  constructor(parts: CareHomeParts) {
    this.parts = parts;
    this.known = parts.known;
    const { plan } = parts.known;
    const kept = parts.kept === undefined ? undefined : readState(parts.kept);
    this.state =
      kept === undefined ? initialState(careMachines, plan) : adoptState(careMachines, plan, kept);
    this.durable = this.state;
    this.written = this.state;
    this.waker = new Waker({
      now: () => parts.clock.now(),
      due: () => wakeAt(careMachines, this.state),
      wake: (lateMs) => this.hear({ kind: "deadline-reached", lateMs }),
    });
  }

  /** Goes on where the last run ended: deadlines that passed meanwhile are due now. */
  start(gapMs: number | null): void {
    this.hear({ kind: "gateway-started", boot: this.parts.boot, gapMs });
  }

  /** Agreement, link settings or time zone have changed: the next step is taken by the new ones. */
  adopt(known: KnownHome): void {
    this.known = known;
  }

  /** Shows the state that is on disk, to whoever came since. */
  show(): void {
    this.parts.show(this.durable);
  }

  /** Another process, or nobody, looks after the home: what still comes for it is not ours. */
  stop(): void {
    this.stopped = true;
    this.waker.stop();
  }

  /** Somebody has said whether the resident is away; `durable` is called once it is on disk. */
  tellAbsence(durable: () => void, told: Told): void {
    this.hear(hourNow(this.parts), { durable, ...told });
  }

  /** The open alarms in custody, as the disk has them. */
  holds(): Extract<LinkFact, { kind: "peer-heard" }>["holds"] {
    const { open } = careStates(this.durable).escalation;
    return open.map(({ alarm, epoch }) => ({ alarmId: alarm.id, epoch }));
  }

  heardBeat({ holds, leaving }: Pick<Beat, "holds" | "leaving">): void {
    this.hear({ kind: "peer-heard", holds, ...(leaving ? { leaving } : {}) });
  }

  /** A message of the home, not heard before; `durable` is called once it is on disk. */
  receive(message: UpMessage, durable: () => void): void {
    const { id, body } = message;
    const fact = factOfUp(body);
    const sequel = { message: id, durable, raisedWall: raisedWall(message) };
    if (fact !== undefined) this.hear(fact, sequel);
  }

  /** Something that a person or a provider did here; `durable` is called once it is on disk. */
  say(fact: Fact, durable: () => void, told: Told = {}): void {
    this.hear(fact, { durable, ...told });
  }

  /** The rules' memory as of the last step. */
  now(): EngineState {
    return this.state;
  }

  /** A message has come to whom it tells. */
  hearArrival({ id, alarmId, party, step, round }: Arrival): void {
    if (this.arriving.has(id)) return;
    this.arriving.add(id);
    const durable = (): void => void this.arriving.delete(id);
    this.hear({ kind: "party-reached", alarmId, party, step, round }, { heard: id, durable });
  }

  /** Whether somebody waits here. */
  hasOpenAlarm(): boolean {
    return careStates(this.state).escalation.open.length > 0;
  }

  /** A person at a desk; `answer` is called once, at the latest when it is on disk. */
  request(asked: DeskRequest, answer: Answer, told: Told = {}): void {
    const { alarmId } = asked.request;
    const { open, closed } = careStates(this.state).escalation;
    if (open.some(({ alarm }) => alarm.id === alarmId)) {
      const durable = (): void => answer({ taken: true, why: "" });
      this.hear(factOfDesk(asked), { durable, ...told });
      return;
    }
    const before = closed.find((ended) => ended.alarmId === alarmId);
    const why =
      before === undefined
        ? "no alarm with this id is open in this home"
        : `${before.closing.by.name} closed it already`;
    answer({ taken: false, why });
  }

  /** The disk takes rows again: what was decided without room for a row is written now. */
  catchUp(): void {
    if (this.unsaved) this.hear({ kind: "deadline-reached", lateMs: 0 });
  }

  private hear(fact: Fact, sequel: Sequel = {}): void {
    if (this.stopped) return;
    const hour = routine.has(fact.kind) ? undefined : newHour(this.state, this.parts);
    if (hour !== undefined) this.hear(hour);
    const { known } = this;
    const { clock, boot } = this.parts;
    const event: RuleEvent = { ...fact, id: `${boot}-${born}`, at: clock.now() };
    born += 1;
    const before = this.state;
    let step: EngineStep;
    try {
      step = stepEngine(careMachines, known.plan, before, event);
    } catch (thrown) {
      this.parts.onRuleFault(thrown, event);
      return;
    }
    this.state = step.state;
    this.waker.arm();
    for (const effect of step.effects) {
      const told = toldLine(effect, known.plan.agreement);
      if (told !== undefined) this.parts.say(told);
    }
    if (sequel.durable === undefined && routine.has(fact.kind) && isIdle(step)) this.skip();
    else {
      const wall = clock.wall().wall_ms;
      const { agreement } = known.plan;
      const taken = { agreement, before, event, step, wall, raisedWall: sequel.raisedWall };
      const news = { lines: accountOf(before, event, step), records: recordsOf(taken) };
      this.keep(event, step, { ...sequel, ...news });
    }
  }

  /** Nothing was decided: the next row carries the state along. */
  private skip(): void {
    if (this.undurable === 0 && !this.unsaved) this.durable = this.state;
  }

  private keep(event: RuleEvent, step: EngineStep, sequel: Sequel & News): void {
    const { store, link } = this.parts;
    const { known } = this;
    // Whom to tell, and who comes, stands in the row: such a step is kept whatever the disk does.
    const { alarms, tellings: due } = sequel.records;
    const canWait = sequel.durable === undefined && due.length === 0 && alarms.length === 0;
    if (canWait && !store.hasRoom(known.plan.home)) {
      this.unsaved = true;
      return;
    }
    const down = step.effects.flatMap((effect) => lineFor(effect, known.plan.agreement) ?? []);
    this.unsaved = false;
    this.undurable += 1;
    store.append(this.row(event, step, { ...sequel, down }), () => {
      this.undurable -= 1;
      this.durable = this.undurable === 0 && !this.unsaved ? this.state : step.state;
      sequel.durable?.();
      for (const line of sequel.lines) this.parts.say(line);
      link.send(down);
      this.parts.show(this.durable);
      const { tellings, moot } = sequel.records;
      if (tellings.length > 0 || moot.length > 0) this.parts.tell();
    });
  }

  private row(
    event: RuleEvent,
    step: EngineStep,
    { message, down, records, known, heard }: Written,
  ): EntryRow {
    const { wall_ms, trusted } = this.parts.clock.wall();
    const written = writtenState(this.written, step.state);
    this.written = step.state;
    return {
      kind: "entry",
      home: this.known.plan.home,
      at: event.at,
      wall: wall_ms,
      trusted,
      event: JSON.stringify(event),
      decisions: JSON.stringify(step.decisions),
      ...written,
      wakeAt: wakeAt(careMachines, step.state),
      ...records,
      ...{ known, heard },
      message,
      lines: down.map((line) => ({ id: line.id, line: JSON.stringify(line) })),
    };
  }
}
