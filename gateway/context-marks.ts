/**
 * What the sensors said in the last hours, thinned to what a person would draw. Only in memory: a
 * restart begins with nothing.
 */
import { type ContextPoint, contextMax } from "../protocol/messages.ts";
import { after, hours, type Instant, minutes } from "../protocol/time.ts";
import type { DeviceFact } from "../rules/events.ts";

/** What was longer ago is forgotten. */
export const contextReach = hours(6);
/** Marks remembered; of more the oldest goes. Twice what one message takes. */
export const marksMax = 2 * contextMax.points;
/** Of what a device says more often only the newest mark of each of these stays. */
const pace = minutes(1);
/**
 * A change of power that a person would see on a curve: less than a lamp, or less than a fifth, is
 * noise of the meter. Our choice; a hob takes 1,000 W and more.
 */
const powerStep = { watts: 50, part: 0.2 } as const;

/** One thing worth a mark on a timeline. */
export interface Mark {
  readonly at: Instant;
  readonly device: string;
  readonly kind: string;
  readonly value: ContextPoint["value"];
}

type Sensed = Pick<Mark, "kind" | "value"> & {
  /** A state goes on until the next word; the others are over as they are said. */
  readonly lasts: boolean;
};

/** What a fact says to a timeline; undefined for what says nothing to a person. */
function sensed(fact: DeviceFact): Sensed | undefined {
  switch (fact.kind) {
    case "button-pressed":
    case "button-unclear":
      return { kind: fact.kind, value: null, lasts: false };
    case "motion-sensed":
      return fact.moving ? { kind: fact.kind, value: true, lasts: false } : undefined;
    case "contact-sensed":
      return { kind: fact.kind, value: fact.open, lasts: true };
    case "hazard-sensed":
      return { kind: `${fact.hazard}-sensed`, value: fact.present, lasts: true };
    case "relay-read":
      return { kind: fact.kind, value: fact.on, lasts: true };
    case "power-read":
      return { kind: fact.kind, value: Math.round(fact.watts), lasts: true };
    default:
      return undefined;
  }
}

function isSame(before: Mark["value"], now: Mark["value"]): boolean {
  if (typeof before !== "number" || typeof now !== "number") return before === now;
  const least = Math.max(powerStep.watts, powerStep.part * Math.max(before, now));
  return Math.abs(now - before) < least;
}

const minuteOf = (at: Instant): number => Math.floor(at / pace);

/** The marks of one home, oldest first. */
export class ContextMarks {
  private marks: Mark[] = [];
  /** The last change of each device and kind, also of one that is forgotten by now. */
  private readonly changes = new Map<string, Mark>();
  /** The newest word that only repeated a state: what the sensor says now. */
  private readonly repeats = new Map<string, Mark>();
  private count = 0;

  /** Counts the marks that ever came: it moves when there is something new to draw. */
  get version(): number {
    return this.count;
  }

  hear(fact: DeviceFact, at: Instant): void {
    const said = sensed(fact);
    if (said === undefined) return;
    const { kind, value, lasts } = said;
    const mark = { at, device: fact.device, kind, value };
    const key = `${kind} ${fact.device}`;
    const last = this.changes.get(key);
    if (last !== undefined && isSame(last.value, value)) {
      if (lasts) this.repeats.set(key, mark);
      if (lasts || minuteOf(last.at) === minuteOf(at)) return;
    }
    this.changes.set(key, mark);
    this.repeats.delete(key);
    this.add(mark);
  }

  /** What is known of the last hours, oldest first. */
  lately(now: Instant): readonly Mark[] {
    const from = after(now, -contextReach as typeof contextReach);
    return [...this.marks, ...this.repeats.values()]
      .filter(({ at }) => at >= from)
      .sort((a, b) => a.at - b.at);
  }

  private add(mark: Mark): void {
    const { at, device, kind, value } = mark;
    this.count += 1;
    const from = at - contextReach;
    // A state that flickers is drawn once a minute for each of its values; power once a minute.
    const isAnew = (one: Mark): boolean =>
      one.device === device &&
      one.kind === kind &&
      minuteOf(one.at) === minuteOf(at) &&
      (typeof value === "number" || one.value === value);
    const kept = this.marks.filter((one) => one.at >= from && !isAnew(one));
    this.marks = [...kept.slice(1 - marksMax), mark];
  }
}

export interface Framed {
  readonly now: Instant;
  /** Wall time of now; null while nobody has confirmed it. */
  readonly wall: number | null;
  readonly roomOf: (device: string) => string;
}

/** What the envelope and the frame of the message take at most, in bytes. */
const frameBytes = 2_000;

/** The newest marks that one message takes, as they are sent. */
export function pointsOf(marks: readonly Mark[], { now, wall, roomOf }: Framed): ContextPoint[] {
  const points: ContextPoint[] = [];
  let room = contextMax.bytes - frameBytes;
  for (const { at, device, kind, value } of marks.slice(-contextMax.points).toReversed()) {
    const wall_ms = wall === null ? null : Math.round(wall - (now - at));
    const point = { at_ms: at, wall_ms, device, room: roomOf(device), kind, value };
    room -= Buffer.byteLength(JSON.stringify(point)) + 1;
    if (room < 0) break;
    points.push(point);
  }
  return points.reverse();
}
