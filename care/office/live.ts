/**
 * Live updates (server-sent events): open alarms as a whole, homes that changed, and a beat, so
 * that a desk knows within seconds that it is alone.
 */
import type { ServerResponse } from "node:http";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { OpenAlarmView } from "../../protocol/care-views.ts";
import type { Session } from "./sessions.ts";

export const beatEveryMs = 5_000;

/** Changes within this long go out together: homes that come back all at once are one change. */
const gatherMs = 100;

/** Screens of one person, and of all. */
const streamsPerAccount = 6;
const streamsMax = 2_000;

/** A browser that reads so slowly that this much waits is let go; it comes again by itself. */
const unsentBytesMax = 1_048_576;

export interface LiveParts {
  readonly alarms: (session: Session) => Promise<readonly OpenAlarmView[]>;
  /** Summaries of those of these homes that the session may see. */
  readonly homes: (
    session: Session,
    homes: ReadonlySet<string>,
  ) => Promise<readonly HomeSummaryView[]>;
  /** Looks whether the session still stands; undefined ends the stream. */
  readonly again: (session: Session) => Promise<Session | undefined>;
  /** Which alarms a person has on the screen, once for each. */
  readonly shown: (session: Session, alarm: OpenAlarmView) => Promise<void>;
  readonly wall: () => number;
}

interface Stream {
  session: Session;
  readonly to: ServerResponse;
  readonly shown: Set<string>;
  /** What was sent last: the same is not sent again. */
  last: string;
  /** Homes that changed while an update was on its way. */
  waiting: Set<string> | undefined;
}

export class Live {
  readonly #parts: LiveParts;
  readonly #streams = new Set<Stream>();
  #changed = new Set<string>();
  #gather: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#beat = setInterval(() => this.#beatAll(), beatEveryMs);
  }

  hasRoom(session: Session): boolean {
    const own = this.watchers((other) => other.who.id === session.who.id);
    return own < streamsPerAccount && this.#streams.size < streamsMax;
  }

  async open(session: Session, to: ServerResponse): Promise<void> {
    const stream: Stream = { session, to, shown: new Set(), last: "", waiting: undefined };
    this.#streams.add(stream);
    to.on("close", () => this.#streams.delete(stream));
    this.#sendBeat(stream);
    await this.#update(stream, new Set());
  }

  /** Whether somebody who may see this home has a screen open. */
  watchers(sees: (session: Session) => boolean): number {
    return [...this.#streams].filter(({ session }) => sees(session)).length;
  }

  changed(home: string): void {
    this.#changed.add(home);
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined;
      const homes = this.#changed;
      this.#changed = new Set();
      for (const stream of this.#streams) void this.#update(stream, homes);
    }, gatherMs);
  }

  close(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#gather);
    for (const { to } of this.#streams) to.end();
    this.#streams.clear();
  }

  /** One update at a time for each stream; what changes meanwhile goes out with the next. */
  async #update(stream: Stream, changed: ReadonlySet<string>): Promise<void> {
    if (stream.waiting !== undefined) {
      for (const home of changed) stream.waiting.add(home);
      return;
    }
    stream.waiting = new Set(changed);
    try {
      do {
        const homes = stream.waiting;
        stream.waiting = new Set();
        await this.#sendAlarms(stream);
        await this.#sendHomes(stream, homes);
      } while (stream.waiting.size > 0 && this.#streams.has(stream));
    } catch {
      // The browser comes again and gets everything anew.
      this.#drop(stream);
    }
    stream.waiting = undefined;
  }

  async #sendAlarms(stream: Stream): Promise<void> {
    const alarms = await this.#parts.alarms(stream.session);
    const text = JSON.stringify({ alarms });
    if (text === stream.last) return;
    stream.last = text;
    this.#send(stream, "alarms", text);
    if (!this.#streams.has(stream)) return;
    const open = new Set(alarms.map(({ alarm }) => alarm));
    for (const id of stream.shown) if (!open.has(id)) stream.shown.delete(id);
    for (const alarm of alarms) {
      if (stream.shown.has(alarm.alarm)) continue;
      stream.shown.add(alarm.alarm);
      await this.#parts.shown(stream.session, alarm);
    }
  }

  /** While the database is silent the alarms go on; the homes go out with the next change. */
  async #sendHomes(stream: Stream, changed: ReadonlySet<string>): Promise<void> {
    if (changed.size === 0) return;
    try {
      const homes = await this.#parts.homes(stream.session, changed);
      if (homes.length > 0) this.#send(stream, "homes", JSON.stringify({ homes }));
    } catch {
      for (const home of changed) this.#changed.add(home);
    }
  }

  #beatAll(): void {
    for (const stream of this.#streams) {
      this.#parts.again(stream.session).then(
        (session) => {
          if (session === undefined) {
            this.#send(stream, "signed-out", "{}");
            this.#drop(stream);
            return;
          }
          stream.session = session;
          this.#sendBeat(stream);
        },
        () => this.#drop(stream),
      );
    }
  }

  #sendBeat(stream: Stream): void {
    this.#send(stream, "beat", JSON.stringify({ wall_ms: this.#parts.wall() }));
  }

  #send(stream: Stream, event: string, text: string): void {
    const { to } = stream;
    // Before the next word: one that tells of thousands of homes may be larger by itself.
    if (to.writableLength > unsentBytesMax) this.#drop(stream);
    else if (to.writable) to.write(`event: ${event}\ndata: ${text}\n\n`);
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream);
    stream.to.end();
    // Whoever does not even take the end is cut off.
    setTimeout(() => stream.to.destroy(), 1_000).unref();
  }
}
