/**
 * What to send again, and when. Pure: both sides of the uplink keep their unsettled messages in
 * one. A line stays until the other side says that it is on its disk; nothing else takes it out.
 */
import { after, type Duration, type Instant, milliseconds, seconds } from "../protocol/time.ts";

/**
 * `alarm` lines go first and are never given up; `note` and `routine` lines give way, in this
 * order.
 */
export const ranks = ["alarm", "note", "routine"] as const;
export type Rank = (typeof ranks)[number];

/** What the outbox must know of a message. Lines of one lane (one alarm) arrive in their order. */
export interface OutboxLine {
  readonly id: string;
  readonly lane: string;
  readonly rank: Rank;
  /**
   * What the line says, where a younger line says it anew: that one takes the place of the older,
   * so that a chain that goes round while nobody answers does not fill the outbox.
   */
  readonly topic?: string;
}

/** The limits, and what gives way at each. */
export const outboxLimits = {
  /**
   * Lines held. Above it the oldest `routine` line goes, then the oldest `note`. Lines of alarms
   * are held above it too: the rules bound the open alarms, and each has a handful of lines.
   */
  length: 2_000,
  /** Lines on their way without a receipt; the next one waits for a receipt or for the back-off. */
  alarmsUnderway: 64,
  othersUnderway: 16,
  /**
   * After this many sendings on one link (60 s) without a receipt the rest of the lane no longer
   * waits for its head: order gives way before a message the other side cannot read holds back the
   * others.
   */
  patience: 6,
  firstAgain: seconds(2),
  againMax: seconds(30),
} as const;

interface Waiting<Line> {
  readonly line: Line;
  /** Sendings since the link came up. */
  readonly sent: number;
  readonly dueAt: Instant;
}

/** Unsettled lines in the order of their arrival, and whether there is a link to send them on. */
export interface Outbox<Line extends OutboxLine> {
  readonly linked: boolean;
  readonly waiting: readonly Waiting<Line>[];
}

/** An outbox with nothing in it and no link. */
export function emptyOutbox<Line extends OutboxLine>(): Outbox<Line> {
  return { linked: false, waiting: [] };
}

/** How long after the n-th sending on one link the line goes out again: 2, 4, 8, 16, 30, 30 … s. */
export function againAfter(sent: number): Duration {
  const doubled = outboxLimits.firstAgain * 2 ** Math.min(sent - 1, 16);
  return milliseconds(Math.min(doubled, outboxLimits.againMax));
}

function oldestToGive<Line extends OutboxLine>(waiting: readonly Waiting<Line>[]): number {
  const routine = waiting.findIndex(({ line }) => line.rank === "routine");
  return routine >= 0 ? routine : waiting.findIndex(({ line }) => line.rank === "note");
}

/** An outbox after a line came, and the lines that it need not hold any more. */
export interface Put<Line extends OutboxLine> {
  readonly box: Outbox<Line>;
  /** Said anew by the line that came. */
  readonly replaced: readonly Line[];
  /** Given up, because the outbox is full. */
  readonly dropped: readonly Line[];
}

/** Adds a line, due at once. One that already waits is not added again. */
export function put<Line extends OutboxLine>(
  box: Outbox<Line>,
  line: Line,
  now: Instant,
): Put<Line> {
  if (box.waiting.some((held) => held.line.id === line.id)) {
    return { box, replaced: [], dropped: [] };
  }
  const fresh = { line, sent: 0, dueAt: now };
  const older = box.waiting.find(
    (held) => line.topic !== undefined && held.line.topic === line.topic,
  );
  if (older !== undefined) {
    const waiting = box.waiting.map((held) => (held === older ? fresh : held));
    return { box: { ...box, waiting }, replaced: [older.line], dropped: [] };
  }
  const waiting = [...box.waiting, fresh];
  const dropped: Line[] = [];
  while (waiting.length > outboxLimits.length) {
    const given = oldestToGive(waiting);
    if (given < 0) break;
    dropped.push(...waiting.splice(given, 1).map((gone) => gone.line));
  }
  return { box: { ...box, waiting }, replaced: [], dropped };
}

/** The other side has this line on its disk. `known` is false for a receipt nobody waits for. */
export function settle<Line extends OutboxLine>(
  box: Outbox<Line>,
  id: string,
): { readonly box: Outbox<Line>; readonly known: boolean } {
  const waiting = box.waiting.filter(({ line }) => line.id !== id);
  const known = waiting.length < box.waiting.length;
  return { box: known ? { ...box, waiting } : box, known };
}

/** The link is up: every line is due at once, and the back-off begins anew. */
export function linkUp<Line extends OutboxLine>(box: Outbox<Line>, now: Instant): Outbox<Line> {
  const waiting = box.waiting.map((held) => ({ ...held, sent: 0, dueAt: now }));
  return { linked: true, waiting };
}

/** The link is gone: nothing is due until it is back. */
export function linkDown<Line extends OutboxLine>(box: Outbox<Line>): Outbox<Line> {
  return { ...box, linked: false };
}

/** Lines that need not wait for an earlier line of their lane. */
function open<Line extends OutboxLine>(box: Outbox<Line>): readonly Waiting<Line>[] {
  const closed = new Set<string>();
  return box.waiting.filter(({ line, sent }) => {
    if (closed.has(line.lane)) return false;
    if (sent < outboxLimits.patience) closed.add(line.lane);
    return true;
  });
}

/** Alarms first, then what was sent least often, then in the order of arrival. */
function byUrgency<Line extends OutboxLine>(a: Waiting<Line>, b: Waiting<Line>): number {
  return ranks.indexOf(a.line.rank) - ranks.indexOf(b.line.rank) || a.sent - b.sent;
}

/** Takes the lines to send now, and notes that they were sent. */
export function takeDue<Line extends OutboxLine>(
  box: Outbox<Line>,
  now: Instant,
): { readonly box: Outbox<Line>; readonly lines: readonly Line[] } {
  if (!box.linked) return { box, lines: [] };
  const room: Record<"alarms" | "others", number> = {
    alarms: outboxLimits.alarmsUnderway,
    others: outboxLimits.othersUnderway,
  };
  const roomOf = (line: Line) => (line.rank === "alarm" ? "alarms" : "others");
  for (const { line, dueAt, sent } of box.waiting) {
    if (sent > 0 && dueAt > now) room[roomOf(line)] -= 1;
  }
  const taken = new Set<string>();
  const lines: Line[] = [];
  for (const { line } of open(box)
    .filter((held) => held.dueAt <= now)
    .sort(byUrgency)) {
    if (room[roomOf(line)] <= 0) continue;
    room[roomOf(line)] -= 1;
    taken.add(line.id);
    lines.push(line);
  }
  if (lines.length === 0) return { box, lines };
  const waiting = box.waiting.map((held) =>
    taken.has(held.line.id) ? sentAgain(held, now) : held,
  );
  return { box: { ...box, waiting }, lines };
}

function sentAgain<Line>(held: Waiting<Line>, now: Instant): Waiting<Line> {
  const sent = held.sent + 1;
  return { line: held.line, sent, dueAt: after(now, againAfter(sent)) };
}

/**
 * When to look again, after `takeDue` at this instant; undefined while there is nothing to wait
 * for.
 */
export function nextDue<Line extends OutboxLine>(
  box: Outbox<Line>,
  now: Instant,
): Instant | undefined {
  if (!box.linked) return undefined;
  let first: Instant | undefined;
  for (const { dueAt } of open(box)) {
    if (dueAt > now && (first === undefined || dueAt < first)) first = dueAt;
  }
  return first;
}
