/**
 * Holds what people and homes saw against what the care service has on disk: the promises of the
 * chain campaign. Pure. Each finding is a sentence; none is good.
 */
import { createHash } from "node:crypto";
import {
  type Arrival,
  afterOutages,
  type Evidence,
  type Offered,
  type OutageKind,
  overlap,
  type TellingRow,
} from "./chain-evidence.ts";

/** Stated slack, ms; the machine is shared and busy. */
export const slack = {
  /** A step's deadline, beyond the outages of the service itself. */
  deadline: 2_000,
  /** A deadline before its time: a step is dated when it is written, a little after its event. */
  early: 1_000,
  /** A row is dated before it is on disk, and a person's word after it. */
  written: 50,
  /** A try that had begun before somebody accepted or closed may still arrive; it has 10 s. */
  underWay: { sms: 3_000, mail: 10_000 },
  /** Two messages by the same way that left together. */
  together: 1_500,
  /** The first try of a message leaves, beyond outages; after some that failed it waits as long. */
  leaves: 30_000,
} as const;

/** Outages in which no deadline can be kept, and those in which no message can leave. */
const ofService: readonly OutageKind[] = ["kill"];
const ofMessages: readonly OutageKind[] = [
  ...(["kill", "database-locked", "database-stopped", "smtp-shut", "smtp-slow"] as const),
  "sms-broken",
];

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]) =>
  new Map(rows.map((row) => [row.id, row]));

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Alarms that were receipted and are not there, or that nobody ended. */
export function lost({ offered, alarms }: Evidence): readonly string[] {
  const rows = byId(alarms);
  return offered.flatMap(({ id, receiptAt, closers }) => {
    const row = rows.get(id);
    if (receiptAt === undefined) return [`${id} was offered and never receipted`];
    if (row === undefined) return [`${id} was receipted and is not in the database`];
    if (row.closed_wall === null) return [`${id} is open at the end`];
    const { closed_by: by } = row;
    return closers.includes(by ?? "") ? [] : [`${id} was closed by ${by}, who did not ask`];
  });
}

/** What the database has and no home ever offered. */
export function invented({ offered, alarms }: Evidence): readonly string[] {
  const known = byId(offered);
  return alarms.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} was never offered`);
}

const told = ({ home, alarm, party, round, step, way, address }: TellingRow): string =>
  `${party} of ${home} for ${alarm}, round ${round} step ${step}, by ${way} ${address}`;

/** A message with the row that made it. */
interface Message {
  readonly arrival: Arrival;
  readonly row: TellingRow;
}

interface Matched {
  readonly messages: readonly Message[];
  readonly strangers: readonly string[];
}

/** The messages in the order in which they arrived; and those that no row knows. */
export function matched({ arrivals, tellings }: Evidence): Matched {
  const rows = new Map(tellings.map((row) => [row.token_sha256, row]));
  const messages: Message[] = [];
  const strangers: string[] = [];
  for (const arrival of [...arrivals].sort((a, b) => a.at - b.at)) {
    const row = rows.get(createHash("sha256").update(arrival.token).digest("hex"));
    if (row === undefined) strangers.push(`a ${arrival.way} of which the database knows nothing`);
    else messages.push({ arrival, row });
  }
  return { messages, strangers };
}

/** One person told twice of one step by one way, and not told that it is a repeat. */
export function doubled(evidence: Evidence): readonly string[] {
  const rows = [...grouped(evidence.tellings, told)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${same.length} rows tell ${key}`);
  const { messages, strangers } = matched(evidence);
  const sent = [...grouped(messages, ({ row }) => told(row))].flatMap(([key, same]) => {
    const keys = new Set(same.map(({ arrival }) => arrival.key));
    const delivered = same.filter(({ arrival }) => arrival.delivered);
    const unmarked = delivered.slice(1).filter(({ arrival }) => !arrival.marked);
    return [
      ...(keys.size > 1 ? [`${keys.size} keys tell ${key}`] : []),
      ...unmarked.map(() => `told twice without a mark: ${key}`),
    ];
  });
  return [...rows, ...strangers, ...sent];
}

/** Letters that came again and say so: nobody knew whether the first had arrived. */
export function repeats(evidence: Evidence): number {
  const groups = grouped(matched(evidence).messages, ({ row }) => row.id);
  return [...groups.values()]
    .map((same) => same.filter(({ arrival }) => arrival.delivered).length - 1)
    .reduce((sum, again) => sum + Math.max(0, again), 0);
}

/** One step of one alarm as the database has it, with the earliest moment at which it was decided. */
export interface Told {
  readonly round: number;
  readonly step: number;
  readonly at: number;
}

const place = ({ round, step }: Pick<Told, "round" | "step">): number => round * 1_000 + step;

/** The steps of each alarm, in the order of the chain. */
export function stepsOf(tellings: readonly TellingRow[]): ReadonlyMap<string, readonly Told[]> {
  const found = new Map<string, readonly Told[]>();
  for (const [alarm, rows] of grouped(tellings, (row) => row.alarm)) {
    const steps = [...grouped(rows, (row) => String(place(row))).values()].map((same): Told => {
      const { round = 0, step = 0 } = same[0] ?? {};
      return { round, step, at: Math.min(...same.map((row) => row.created_wall)) };
    });
    found.set(
      alarm,
      steps.sort((a, b) => place(a) - place(b)),
    );
  }
  return found;
}

const isNext = (before: Told, next: Told, count: number): boolean =>
  next.round === before.round
    ? next.step === before.step + 1
    : next.round === before.round + 1 && next.step === 0 && before.step === count - 1;

/** Steps that were left out, or decided before those in front of them. */
function orderOfRows({ tellings, steps }: Evidence): string[] {
  return [...stepsOf(tellings)].flatMap(([alarm, list]) =>
    list.flatMap((next, at) => {
      const before = list[at - 1];
      const name = `${alarm}: round ${next.round} step ${next.step}`;
      if (before === undefined) return place(next) === 0 ? [] : [`${name} is its first`];
      if (!isNext(before, next, steps.length)) return [`${name} follows ${place(before)}`];
      return next.at < before.at ? [`${name} was decided before the step in front of it`] : [];
    }),
  );
}

/** First tries by one way that came to the provider in the wrong order. */
function orderOfMessages(evidence: Evidence): string[] {
  const firsts = new Map<string, Message>();
  for (const message of matched(evidence).messages) {
    const { row } = message;
    const key = `${row.alarm} ${row.way} ${place(row)} ${row.party}`;
    if (!firsts.has(key)) firsts.set(key, message);
  }
  const groups = grouped([...firsts.values()], ({ row }) => `${row.alarm} ${row.way}`);
  return [...groups].flatMap(([alarm, list]) => {
    const faults: string[] = [];
    const inOrder = [...list].sort((a, b) => place(a.row) - place(b.row));
    for (const [at, next] of inOrder.entries()) {
      const late = inOrder.slice(0, at).find(({ arrival, row }) => {
        const isEarlier = place(row) < place(next.row);
        const isBehind = arrival.at > next.arrival.at + slack.together;
        const span = { from: row.created_wall, until: arrival.at };
        return isEarlier && isBehind && overlap(evidence.outages, ofMessages, span) === 0;
      });
      if (late !== undefined) {
        const by = Math.round(late.arrival.at - next.arrival.at);
        faults.push(`${alarm}: ${told(late.row)} came ${by} ms after ${told(next.row)}`);
      }
    }
    return faults;
  });
}

export const disordered = (evidence: Evidence): readonly string[] => [
  ...orderOfRows(evidence),
  ...orderOfMessages(evidence),
];

/** From when until when it was certain that somebody comes, or that all is over. */
interface Rest {
  readonly from: number;
  readonly until: number;
  readonly why: string;
}

/** The spans in which nobody may be told of the alarm. */
export function restsOf({ said, offered }: Evidence, alarm: string): readonly Rest[] {
  const rests: Rest[] = [];
  const answers = said.filter((one) => one.alarm === alarm);
  for (const { coming, takenAt, party } of answers) {
    if (!coming || takenAt === undefined) continue;
    const back = answers.filter((one) => !one.coming && one.party === party);
    const until = back.map(({ askedAt }) => askedAt).find((at) => at >= takenAt);
    rests.push({ from: takenAt, until: until ?? Infinity, why: `${party} was coming` });
  }
  const closedAt = offered.find(({ id }) => id === alarm)?.closedAt;
  if (closedAt !== undefined) rests.push({ from: closedAt, until: Infinity, why: "it was over" });
  return rests;
}

/** Who was told although somebody was coming, or all was over. */
export function needless(evidence: Evidence): readonly string[] {
  const rests = new Map(evidence.offered.map(({ id }) => [id, restsOf(evidence, id)]));
  const during = (alarm: string, at: number, graceMs: number): Rest | undefined =>
    rests.get(alarm)?.find(({ from, until }) => at > from + graceMs && at < until);
  const decided = evidence.tellings.flatMap((row) => {
    const rest = during(row.alarm, row.created_wall, slack.written);
    return rest === undefined ? [] : [`${told(row)} was decided although ${rest.why}`];
  });
  const sent = matched(evidence).messages.flatMap(({ arrival, row }) => {
    const rest = during(row.alarm, arrival.at, slack.underWay[arrival.way]);
    if (rest === undefined) return [];
    const by = Math.round(arrival.at - rest.from);
    return [`${told(row)} came ${by} ms after ${rest.why}`];
  });
  return [...decided, ...sent];
}

/** From when on nothing can be said of the alarm's deadlines: a person's word may be on its way. */
function judgedUntil({ said }: Evidence, { id, closeAskedAt = Infinity }: Offered): number {
  const accepted = said.filter(({ alarm, coming }) => coming && alarm === id);
  return Math.min(closeAskedAt, ...accepted.map(({ askedAt }) => askedAt));
}

/** How late each step was beyond the outages, ms; and what came too early or too late. */
export interface Punctuality {
  readonly lateMs: readonly number[];
  readonly faults: readonly string[];
}

/** Before its time only the word of all who were told, or of who was coming, moves the chain. */
function isEarly(evidence: Evidence, alarm: string, before: Told, next: Told): boolean {
  const { tell = [], within_s = 0, delivered_within_s = 0 } = evidence.steps[before.step] ?? {};
  const reach_s = Math.min(within_s, delivered_within_s * 2 ** before.round);
  if (next.at >= before.at + reach_s * 1_000 - slack.early) return false;
  const said = evidence.said.filter((one) => one.alarm === alarm && one.askedAt <= next.at);
  const not = new Set(said.filter(({ coming }) => !coming).map(({ party }) => party));
  const isWithdrawn = said.some(({ coming, party }) => coming && not.has(party));
  return !isWithdrawn && !tell.every((party) => not.has(party));
}

/** One step and what followed it, until nothing can be said any more. */
function followed(evidence: Evidence, offer: Offered, pair: readonly [Told, Told | undefined]) {
  const [before, next] = pair;
  const end = judgedUntil(evidence, offer);
  const came = Math.min(next?.at ?? Infinity, end);
  const dueAt = before.at + (evidence.steps[before.step]?.within_s ?? 0) * 1_000;
  // Gateway time goes on while the service is dead: what came due then is due when it is back, and
  // so is what was decided just before, and not yet on disk.
  const span = { from: dueAt, forMs: slack.deadline };
  const late = came - afterOutages(evidence.outages, ofService, span);
  const name = `${offer.id}: round ${before.round} step ${before.step}`;
  const faults: string[] = [];
  if (next !== undefined && isEarly(evidence, offer.id, before, next)) {
    faults.push(`${name} was left after ${Math.round(next.at - before.at)} ms`);
  }
  if (late > slack.deadline) faults.push(`${name} was left ${Math.round(late)} ms late`);
  const isLeft = next !== undefined && next.at <= end;
  return { faults, late: isLeft ? [Math.max(0, late)] : [] };
}

export function punctuality(evidence: Evidence): Punctuality {
  const steps = stepsOf(evidence.tellings);
  const all = evidence.offered.flatMap((offer) => {
    const list = steps.get(offer.id) ?? [];
    const { receiptAt } = offer;
    if (receiptAt === undefined) return [];
    const first = list[0]?.at ?? Infinity;
    const unheard = first > receiptAt + slack.written;
    const words = `${offer.id} was receipted, and nobody was told by then`;
    const begin = { faults: unheard ? [words] : [], late: [] };
    return [begin, ...list.map((step, at) => followed(evidence, offer, [step, list[at + 1]]))];
  });
  return { lateMs: all.flatMap(({ late }) => late), faults: all.flatMap(({ faults }) => faults) };
}

/** Who was to be told, and to whom no try ever came, while the alarm waited long enough for it. */
export function neverSent(evidence: Evidence): readonly string[] {
  const tried = new Set(matched(evidence).messages.map(({ row }) => row.id));
  const offers = byId(evidence.offered);
  return evidence.tellings.flatMap((row) => {
    const offer = offers.get(row.alarm);
    if (offer === undefined || tried.has(row.id) || row.way === "desk") return [];
    const until = judgedUntil(evidence, offer);
    const outage = overlap(evidence.outages, ofMessages, { from: row.created_wall, until });
    const waited = until - row.created_wall - outage;
    return waited > slack.leaves ? [`${told(row)} waited ${Math.round(waited)} ms, unsent`] : [];
  });
}
