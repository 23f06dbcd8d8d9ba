/**
 * What the sensors said goes to the care service only with an alarm: of level alarm or concern, not
 * a test, and while it is open. In a pause for visitors who moves and which door opens is not even
 * remembered. A picture for people: nothing waits for it, and no fault of it is heard by the loop.
 */
import { wordsOf } from "../platform/words.ts";
import { deviceById, type HomePlan } from "../protocol/home.ts";
import type { ContextPoint } from "../protocol/messages.ts";
import { between, type Instant, minutes } from "../protocol/time.ts";
import type { EngineState } from "../rules/engine.ts";
import { isDeviceFact, type RuleEvent } from "../rules/events.ts";
import { homeStates } from "../rules/index.ts";
import type { OpenAlarm } from "../rules/machines/escalation-state.ts";
import { ContextMarks, pointsOf } from "./context-marks.ts";
import type { Performer } from "./loop.ts";
import type { Clock, OutboxMessage } from "./ports.ts";

/** An open alarm is drawn anew at most so often. */
const pace = minutes(1);
/** Alarms that are told at one look; the others wait for the next, and the loop for neither. */
const togetherMax = 4;

export interface ContextParts {
  readonly plan: HomePlan;
  readonly clock: Clock;
  /** Id of this start of the gateway. */
  readonly boot: string;
  /** To the uplink alone: it is in no journal. */
  readonly send: (message: OutboxMessage) => void;
  /** A sentence for the log; called a bounded number of times. */
  readonly say: (words: string) => void;
}

interface Told {
  readonly at: Instant;
  readonly version: number;
  /** The message that says it; undefined once its receipt is there. */
  readonly waits: string | undefined;
}

/** What sensors say of who is there, and whom the resident has asked to be left alone with. */
const personal: ReadonlySet<RuleEvent["kind"]> = new Set<RuleEvent["kind"]>([
  "motion-sensed",
  "contact-sensed",
]);

const isFor = ({ alarm }: OpenAlarm): boolean =>
  (alarm.level === "alarm" || alarm.level === "concern") && alarm.drill !== true;

export class Context {
  private readonly parts: ContextParts;
  private readonly marks = new ContextMarks();
  private readonly told = new Map<string, Told>();
  private nth = 0;
  /** Until when there is a pause, as of the step that is being told. */
  private pausedUntil: Instant | null = null;

  constructor(parts: ContextParts) {
    this.parts = parts;
  }

  /** The same performer, which also remembers what is told and looks at what is shown. */
  beside(performer: Performer): Performer {
    return {
      ...performer,
      act: (step) => {
        const outbox = performer.act(step);
        this.guard(() => {
          this.pausedUntil = homeStates(step.state).choices.pausedUntil;
        });
        return outbox;
      },
      tell: (event, wall) => {
        performer.tell(event, wall);
        this.guard(() => this.remember(event));
      },
      show: (state, durable, now) => {
        performer.show(state, durable, now);
        this.guard(() => this.look(state, now));
      },
    };
  }

  /** Whether the message was one of these; then no journal knows it. */
  settled(id: string): boolean {
    if (!id.startsWith(this.prefix())) return false;
    for (const [alarmId, told] of this.told) {
      if (told.waits === id) this.told.set(alarmId, { ...told, waits: undefined });
    }
    return true;
  }

  private guard(act: () => void): void {
    try {
      act();
    } catch (thrown) {
      this.parts.say(`what the sensors said is not told: ${wordsOf(thrown)}`);
    }
  }

  private prefix(): string {
    return `context-${this.parts.boot}-`;
  }

  private remember(event: RuleEvent): void {
    if (!isDeviceFact(event)) return;
    const isPaused = this.pausedUntil !== null && event.at < this.pausedUntil;
    if (isPaused && personal.has(event.kind)) return;
    if (deviceById(this.parts.plan, event.device) === undefined) return;
    this.marks.hear(event, event.at);
  }

  /** The offers of the step that opened an alarm are with the uplink by now. */
  private look(state: EngineState, now: Instant): void {
    const { open } = homeStates(state).escalation;
    if (open.length === 0 && this.told.size === 0) return;
    const here = open.filter(isFor).map(({ alarm }) => alarm.id);
    this.withdraw(new Set(here));
    // The newest alarm first: somebody looks at it now.
    const due = here.toReversed().filter((id) => this.isDue(id, now));
    for (const id of due.slice(0, togetherMax)) this.draw(id, now);
  }

  private isDue(alarmId: string, now: Instant): boolean {
    const last = this.told.get(alarmId);
    if (last === undefined) return true;
    return last.version !== this.marks.version && between(last.at, now) >= pace;
  }

  private draw(alarmId: string, now: Instant): void {
    const { plan, clock } = this.parts;
    const { wall_ms, trusted } = clock.wall();
    const roomOf = (device: string): string => deviceById(plan, device)?.room ?? "";
    const wall = trusted ? wall_ms : null;
    const points = pointsOf(this.marks.lately(now), { now, wall, roomOf });
    if (points.length === 0) return;
    const waits = this.send(alarmId, points);
    this.told.set(alarmId, { at: now, version: this.marks.version, waits });
  }

  /** An alarm is over: what has not left the home does not leave it any more. */
  private withdraw(open: ReadonlySet<string>): void {
    for (const [alarmId, { waits }] of this.told) {
      if (open.has(alarmId)) continue;
      this.told.delete(alarmId);
      // An empty one takes its place in the outbox.
      if (waits !== undefined) this.send(alarmId, []);
    }
  }

  private send(alarmId: string, points: ContextPoint[]): string {
    this.nth += 1;
    const id = `${this.prefix()}${this.nth}`;
    this.parts.send({ id, body: { kind: "context", alarmId, points } });
    return id;
  }
}
