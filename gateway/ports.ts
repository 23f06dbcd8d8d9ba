/**
 * The sockets of the shell. The loop and `main.ts` know these interfaces only; each driver fills
 * one. No method that the safety path calls may block, throw, or wait for a peer.
 */

import type { Tried } from "../platform/intrusions.ts";
import type { Alarm } from "../protocol/alarm.ts";
import type {
  Beat,
  DownMessage,
  TabletAnswer,
  TabletRequest,
  UpBody,
} from "../protocol/messages.ts";
import type { Instant, WallTime } from "../protocol/time.ts";
import type { HomeView } from "../protocol/view.ts";
import type { AnnouncementKey, PlannedEffect, SignalPattern } from "../rules/effects.ts";
import type { Decision, EngineState } from "../rules/engine.ts";
import type { Fact, RuleEvent } from "../rules/events.ts";

/** Gateway time and wall time. Only the driver reads a real clock. */
export interface Clock {
  now(): Instant;
  wall(): WallTime;
}

/** Where a driver says what happened. Returns at once; never throws. */
export type Hear = (fact: Fact) => void;

/**
 * How an actuation ended. `detail` is for the journal: what answered, after how many milliseconds.
 */
export interface ActOutcome {
  readonly ok: boolean;
  readonly detail: string;
}

/** The radio. Every promise settles within its own stated deadline; none rejects. */
export interface Radio {
  /** Starts the endless supervision (connect, watch, reconnect). Facts come through `Hear`. */
  start(): void;
  /** Closes the port within 5 s, also when the coordinator is silent. */
  stop(): Promise<void>;
  /**
   * The frame is on the wire before this returns to the event loop; resolves with the read-back.
   */
  cutPower(device: string, way: "direct" | "group"): Promise<ActOutcome>;
  givePower(device: string): Promise<ActOutcome>;
  /** Asks the relay for its state; the answer comes as `relay-read`. */
  readRelay(device: string): Promise<ActOutcome>;
  /** Lights and sirens; never in the way of `cutPower`. */
  signal(pattern: SignalPattern): void;
  /**
   * Comfort: switches a light or moves a cover; first to give way. Level 0 to 100. That it obeyed
   * is no reading: how it then is comes as `level-read`.
   */
  wish(device: string, level: number): Promise<ActOutcome>;
}

/** One line of the outbox: sent at once, again until a receipt, and kept on disk until then. */
export interface OutboxMessage {
  readonly id: string;
  readonly body: UpBody;
}

/** What one engine step leaves in the journal. */
export interface JournalEntry {
  readonly event: RuleEvent;
  readonly wall: WallTime;
  readonly decisions: readonly Decision[];
  readonly effects: readonly PlannedEffect[];
  readonly outbox: readonly OutboxMessage[];
}

/** What the journal knows at start. */
export interface Resumed {
  /** Rules as of the last durable event; undefined for a new home. */
  readonly state: EngineState | undefined;
  readonly pending: readonly OutboxMessage[];
  /** The rules start without all of the memory that may lie on the disk. */
  readonly blind: boolean;
  /** Alarms that were raised in a run without memory: whatever the memory says, they are open. */
  readonly adrift: readonly Alarm[];
  readonly now: Instant;
  /** How long the gateway was away, in ms; null when nobody knows. */
  readonly gapMs: number | null;
  /** Sentences about what was wrong with the files and what was done about it. */
  readonly reports: readonly string[];
}

/**
 * How long an entry may wait for the disk. `now`: committed at once together with all that waits;
 * `soon`: within 30 s, for routine reports; `idle`: within 5 min, for what only proves life;
 * `beat`: as `idle`, and a later beat stands for it while nothing between them woke the rules.
 */
export type Urgency = "now" | "soon" | "idle" | "beat";

/** The journal. Lives in a worker; the loop's thread never touches the disk. */
export interface Journal {
  /**
   * Resolves when the entry is on disk. Rejects when it never will be: memory is full, or the
   * entry cannot be stored.
   */
  append(entry: JournalEntry, when: Urgency): Promise<void>;
  /** The care service has this message on its disk. */
  settle(outboxId: string): void;
  /**
   * Writes the state of the rules, so that a restart need not replay from the beginning. Resolves
   * when it, or a later one, is on disk. A run that began blind writes none and rejects.
   */
  snapshot(state: EngineState): Promise<void>;
  /** What keeps entries from the disk now, as a sentence; undefined while nothing does. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

/** A sentence to show and say, true at the moment it is sent. */
export interface Announcement {
  readonly id: string;
  readonly key: AnnouncementKey;
  readonly alarmId?: string;
  readonly words: Readonly<Record<string, string>>;
  readonly at_ms: number;
}

/**
 * The hub: broker and pages in a worker. Every call returns at once; what does not fit is
 * coalesced.
 */
export interface Hub {
  /** Latest state wins; older parts that were not sent yet are replaced. */
  showState(view: HomeView): void;
  announce(announcement: Announcement): void;
  /** Events for onlookers; the first to be dropped when the hub does not keep up. */
  showEvent(event: RuleEvent, wall: WallTime): void;
  answer(client: string, answer: TabletAnswer): void;
  close(): Promise<void>;
}

/**
 * What the hub tells the gateway. `client` is the authenticated name, never the payload's claim.
 */
export interface HubListener {
  request(client: string, request: TabletRequest): void;
  wish(client: string, device: string, level: number): void;
  /** Refused logins and topics, counted: a sentence for the log, and what it says of a stranger. */
  intrusion(summary: string, tried: Tried): void;
}

/** The path to the care service. */
export interface Uplink {
  start(): void;
  /** Sends at once when the link is up, and again until a receipt comes. Returns at once. */
  send(message: OutboxMessage): void;
  /** What the next beat says about the alarms this home holds. */
  setHolds(holds: Beat["holds"]): void;
  /** Whether an alarm is open: then a lost connection is made again within seconds. */
  setUrgent(urgent: boolean): void;
  /** With a reason, the last beat says goodbye: the care service knows that nothing broke. */
  close(leaving?: Beat["leaving"]): Promise<void>;
}

/** What the uplink tells the gateway. */
export interface UplinkListener {
  /** A message of the care service; call `taken` once it is durable, and the receipt goes out. */
  message(message: DownMessage, taken: () => void): void;
  beat(beat: Beat): void;
  /** The connection broke, or the first try failed; said once until there is one again. */
  disconnected(): void;
  /** A receipt came: the outbox line is settled. */
  settled(outboxId: string): void;
}
