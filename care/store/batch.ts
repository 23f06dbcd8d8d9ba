/**
 * The rows of one commit, put together by table. Later rows of the same home replace what earlier
 * ones said, as if each had been written on its own. Pure.
 */
import { type LivingBatch, type LivingRow, livingBatch } from "./living-rows.ts";
import { storable } from "./portions.ts";
import type { ContextRow, EntryRow, KnownChange, Row } from "./rows.ts";
import type { AlarmChange, FaultChange, NewRow } from "./schema.ts";

export interface Batch {
  readonly states: ReadonlyMap<string, { readonly state: string; readonly wakeAt: number | null }>;
  readonly events: readonly NewRow<"events">[];
  readonly inbox: readonly NewRow<"inbox">[];
  readonly closings: readonly NewRow<"closings">[];
  /** Removed before `lines` come in. */
  readonly settled: readonly Pick<NewRow<"outbox">, "home" | "id">[];
  readonly lines: readonly NewRow<"outbox">[];
  readonly alarms: readonly NewRow<"alarms">[];
  readonly tellings: readonly NewRow<"tellings">[];
  readonly moot: readonly { readonly home: string; readonly alarm: string }[];
  /** Ids of tellings. */
  readonly heard: readonly string[];
  /** Each fault at most once in a round; its second change waits for the second round. */
  readonly faults: readonly (readonly NewRow<"faults">[])[];
  readonly drills: readonly NewRow<"drills">[];
  readonly context: readonly NewRow<"context">[];
  readonly known: readonly { readonly home: string; readonly change: KnownChange }[];
  readonly living: LivingBatch;
}

const noAlarm: Omit<NewRow<"alarms">, "home" | "id"> = {
  category: null,
  level: null,
  reason: null,
  room: null,
  device: null,
  drill: 0,
  late: 0,
  raised_wall: null,
  custody_wall: null,
  accepted_wall: null,
  accepted_by: null,
  closed_wall: null,
  closed_by: null,
  outcome: null,
  note: null,
  false_alarm: null,
};

const noTelling = {
  token_sha256: null,
  stage: "due",
  tries: 0,
  sent_wall: null,
  delivered_wall: null,
  seen_wall: null,
  answered_wall: null,
  error: null,
} as const;

const key = (home: string, id: string): string => `${home} ${id}`;

/** What was said first stands, but for who comes. */
function changed(before: NewRow<"alarms">, change: AlarmChange): NewRow<"alarms"> {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) continue;
    const empty = after[name] === null || after[name] === 0;
    if (empty || name === "accepted_by") after[name] = value;
  }
  return after as unknown as NewRow<"alarms">;
}

class Gathering {
  readonly states = new Map<string, { state: string; wakeAt: number | null }>();
  readonly events: NewRow<"events">[] = [];
  readonly inbox: NewRow<"inbox">[] = [];
  readonly closings: NewRow<"closings">[] = [];
  readonly settled = new Map<string, { home: string; id: string }>();
  readonly lines = new Map<string, NewRow<"outbox">>();
  readonly alarms = new Map<string, NewRow<"alarms">>();
  readonly tellings: NewRow<"tellings">[] = [];
  readonly moot: { home: string; alarm: string }[] = [];
  readonly heard: string[] = [];
  readonly faults: NewRow<"faults">[][] = [];
  private readonly rounds = new Map<string, number>();
  readonly drills: NewRow<"drills">[] = [];
  readonly context = new Map<string, NewRow<"context">>();
  readonly known: { home: string; change: KnownChange }[] = [];

  settle(home: string, id: string): void {
    this.lines.delete(key(home, id));
    this.settled.set(key(home, id), storable({ home, id }));
  }

  enter(row: EntryRow): void {
    const { home, at, wall, event, decisions } = row;
    const { state } = storable({ state: row.state });
    this.states.delete(home);
    this.states.set(home, { state, wakeAt: whole(row.wakeAt) });
    const trusted = row.trusted ? 1 : 0;
    this.events.push(storable({ home, at, wall, trusted, event, decisions }));
    if (row.message !== undefined) this.inbox.push(storable({ home, id: row.message }));
    for (const closing of row.closings ?? []) this.closings.push(storable({ home, ...closing }));
    for (const line of row.lines) {
      // A line that is already there keeps its place.
      const known = key(home, line.id);
      if (!this.lines.has(known)) this.lines.set(known, storable({ home, ...line }));
    }
    this.remember(row);
  }

  draw({ home, alarm, body, wall }: ContextRow): void {
    this.context.set(key(home, alarm), storable({ home, alarm, body, wall }));
  }

  /** History and people: what the office reads. */
  private remember(row: EntryRow): void {
    const { home } = row;
    for (const change of row.alarms ?? []) this.change(home, change);
    for (const alarm of row.moot ?? []) this.withdraw(home, alarm);
    for (const order of row.tellings ?? []) {
      this.tellings.push(storable({ ...noTelling, ...order, home }));
    }
    if (row.heard !== undefined) this.heard.push(row.heard);
    for (const fault of row.faults ?? []) this.judge(home, fault);
    for (const drill of row.drills ?? []) this.drills.push(storable({ home, ...drill }));
    if (row.context !== undefined) {
      this.context.set(key(home, row.context.alarm), storable({ home, ...row.context }));
    }
    if (row.known !== undefined) this.known.push({ home, change: storable(row.known) });
  }

  private change(home: string, change: AlarmChange): void {
    const known = key(home, change.id);
    const before = this.alarms.get(known) ?? { home, id: change.id, ...noAlarm };
    this.alarms.set(known, storable(changed(before, change)));
  }

  private withdraw(home: string, alarm: string): void {
    this.moot.push(storable({ home, alarm }));
    for (const telling of this.tellings) {
      if (telling.home === home && telling.alarm === alarm) telling.stage = "moot";
    }
  }

  private judge(home: string, fault: FaultChange): void {
    const named = key(home, key(fault.subject, fault.what));
    const nth = this.rounds.get(named) ?? 0;
    this.rounds.set(named, nth + 1);
    const round = this.faults[nth] ?? [];
    this.faults[nth] = round;
    round.push(storable({ home, ...fault, work_note: null, work_by: null }));
  }
}

const whole = (at: number | undefined): number | null => (at === undefined ? null : Math.ceil(at));

export function batchOf(rows: readonly Row[]): Batch {
  const all = new Gathering();
  const living: LivingRow[] = [];
  for (const row of rows) {
    if (row.kind === "settle") all.settle(row.home, row.id);
    else if (row.kind === "context") all.draw(row);
    else if (row.kind === "living") living.push(row);
    else all.enter(row);
  }
  return {
    ...all,
    settled: [...all.settled.values()],
    lines: [...all.lines.values()],
    alarms: [...all.alarms.values()],
    context: [...all.context.values()],
    living: livingBatch(living),
  };
}

/** What a restart goes on from, and nothing else. */
export function rowOfCustody(row: Row): Row {
  if (row.kind !== "entry") return row;
  const { tellings: _tellings, moot: _moot, ...custody } = row;
  return rowWithoutHistory(custody);
}

/** The row without what only the desk's pages show. */
export function rowWithoutHistory(row: Row): Row {
  if (row.kind !== "entry") return row;
  const { alarms: _a, faults: _f, drills: _d, context: _c, known: _k, ...rest } = row;
  return rest;
}
