/** What the journal may hold, and what gives way first where it is full. Never an alarm. */

export interface JournalLimits {
  /**
   * Events, decisions and snapshots older than this go, at a snapshot, so that what stays can be
   * replayed. The evidence of an open alarm stays.
   */
  readonly keepDays: number;
  /**
   * Past this many events the oldest go first, as above. Without any snapshot: at twice as many.
   */
  readonly eventsMax: number;
  /** How many events after an alarm was raised stay until it is closed. */
  readonly evidenceMax: number;
  /** How many open alarms, oldest first, can hold evidence back at the same time. */
  readonly openAlarmsMax: number;
  /**
   * Messages for the care service without a receipt. Past this the oldest that is neither an offer
   * of custody nor a closing goes; those two never do.
   */
  readonly outboxMax: number;
  /**
   * Entries that wait in memory while the disk stalls or is full, in bytes. Past this the oldest
   * routine reports are forgotten, which leaves a hole that replay names; at twice as many what
   * else gives way before an alarm does (give-way.ts).
   */
  readonly queueBytesMax: number;
  /** Small copies of what a restart needs; the oldest goes. */
  readonly generationsMax: number;
  /** Damaged files moved aside for later study; the oldest goes. */
  readonly damagedMax: number;
  /** Starts of the gateway on record; the oldest goes. */
  readonly runsMax: number;
  /**
   * So long a start waits for the memory, opening and reading together, in ms. A disk that has not
   * given it by then is treated as absent: the home is watched without.
   */
  readonly openWithinMs: number;
  /** An entry that waits longer than this to be on the disk makes the disk a fault, in ms. */
  readonly storageLostMs: number;
}

export const journalLimits: JournalLimits = {
  keepDays: 30,
  eventsMax: 200_000,
  evidenceMax: 2_000,
  openAlarmsMax: 50,
  outboxMax: 2_000,
  queueBytesMax: 8 * 1024 * 1024,
  generationsMax: 5,
  damagedMax: 3,
  runsMax: 200,
  openWithinMs: 30_000,
  storageLostMs: 10_000,
};

/** How long a routine report may wait for company before it is committed. */
export const soonMs = 30_000;
/** How long what only proves life may wait: a commit every half minute for beats wears the card. */
export const idleMs = 5 * 60_000;
/** With nothing to write, gateway time itself is written this often. */
export const beatMs = 5 * 60_000;
/** How often it is looked whether the disk still takes what is to be written. */
export const lookMs = 1_000;
/** How often old rows are looked for, and whether a new generation is due. */
export const tendMs = 3_600_000;
/** A generation is due a day after the last. */
export const generationMs = 24 * 3_600_000;
/** After an alarm a generation is due sooner: two files know of it before one of them can break. */
export const generationAfterAlarmMs = 60_000;
