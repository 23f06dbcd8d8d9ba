/** What the chain campaign did and saw. All times are wall times of this machine, ms since 1970. */

export interface Offered {
  readonly home: string;
  readonly id: string;
  readonly at: number;
  /** The care service gave its receipt for the offer. */
  receiptAt?: number;
  /** A person asked for the end, and was told that it is on disk. */
  closeAskedAt?: number;
  closedAt?: number;
  /** Names of those who asked. */
  readonly closers: string[];
}

/** What a person said, and when the service had it on disk. */
export interface Said {
  readonly alarm: string;
  readonly party: string;
  readonly coming: boolean;
  readonly askedAt: number;
  takenAt?: number;
}

/** A message at the provider's door, taken or not. */
export interface Arrival {
  readonly way: "sms" | "mail";
  /** The key to the helper's page: one for each telling. */
  readonly token: string;
  /** What the provider knows a repeat by, where it does. */
  readonly key: string;
  readonly at: number;
  /** It went on to the person. */
  readonly delivered: boolean;
  /** It says of itself that it is a repeat. */
  readonly marked: boolean;
}

export const outageKinds = [
  ...(["kill", "line-cut", "line-frozen", "database-locked", "database-stopped"] as const),
  ...(["smtp-shut", "smtp-slow", "sms-broken"] as const),
];
export type OutageKind = (typeof outageKinds)[number];

export interface Outage {
  readonly kind: OutageKind;
  readonly from: number;
  readonly until: number;
}

export interface AlarmRow {
  readonly home: string;
  readonly id: string;
  readonly closed_wall: number | null;
  readonly closed_by: string | null;
}

export interface TellingRow {
  readonly id: string;
  readonly home: string;
  readonly alarm: string;
  readonly party: string;
  readonly step: number;
  readonly round: number;
  readonly way: string;
  readonly address: string;
  readonly token_sha256: string | null;
  readonly created_wall: number;
}

export interface Step {
  readonly tell: readonly string[];
  readonly within_s: number;
  readonly delivered_within_s: number;
}

export interface Evidence {
  readonly offered: readonly Offered[];
  readonly said: readonly Said[];
  readonly arrivals: readonly Arrival[];
  readonly outages: readonly Outage[];
  /** Moments at which an alarm had no custodian, in words. */
  readonly uncovered: readonly string[];
  readonly steps: readonly Step[];
  /** The database at the end. */
  readonly alarms: readonly AlarmRow[];
  readonly tellings: readonly TellingRow[];
}

/** How much of the time between two moments lies in outages of these kinds. */
export function overlap(
  outages: readonly Outage[],
  kinds: readonly OutageKind[],
  span: { readonly from: number; readonly until: number },
): number {
  return outages
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ from, until }) => Math.min(until, span.until) - Math.max(from, span.from))
    .reduce((sum, part) => sum + Math.max(0, part), 0);
}

/** The moment `from`, or the end of the outages that were there then or began within `forMs`. */
export function afterOutages(
  outages: readonly Outage[],
  kinds: readonly OutageKind[],
  span: { readonly from: number; readonly forMs: number },
): number {
  return outages
    .filter(({ kind }) => kinds.includes(kind))
    .toSorted((a, b) => a.from - b.from)
    .reduce(
      (at, { from, until }) => (from < at + span.forMs && until > at ? until : at),
      span.from,
    );
}
