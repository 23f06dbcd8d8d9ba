/**
 * Live updates (server-sent events): open alarms and what changed of them, homes that changed, and
 * a beat, so that a desk knows within seconds that it is alone. A slow line gets the newest state
 * in its own time: nothing is gathered for it.
 */
import type { ServerResponse } from "node:http";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { OpenAlarmView } from "../../protocol/care-views.ts";
import { alarmKey } from "../../protocol/open-alarms.ts";
import type { Session } from "./sessions.ts";

export const beatEveryMs = 5_000;

/** Changes within this long go out together: homes that come back all at once are one change. */
const gatherMs = 100;

/** Screens of one person, and of all. */
const streamsPerAccount = 6;
const streamsMax = 2_000;

/**
 * A browser that has taken nothing of what waits for it for so long is let go; it comes again by
 * itself. A part of 64 KiB is through within it on a line of 20 kbit/s.
 */
const stuckMs = 30_000;

/** Length of a part, in characters. */
const partMax = 65_536;

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
  /** Each open alarm as it was sent, by its key; undefined before the first list. */
  sent: ReadonlyMap<string, Said<OpenAlarmView>> | undefined;
  /** Since when it has taken nothing, on the process's clock; undefined while it does. */
  fullSince: number | undefined;
  /** Homes that changed while an update was on its way. */
  waiting: Set<string> | undefined;
}

interface Said<Item> {
  readonly item: Item;
  readonly text: string;
}

const said = <Item>(item: Item): Said<Item> => ({ item, text: JSON.stringify(item) });

/** In groups of at most `partMax` characters each, or of one that is longer; at least one group. */
function inParts<Item>(all: readonly Said<Item>[]): readonly (readonly Said<Item>[])[] {
  const parts: Said<Item>[][] = [[]];
  let length = 0;
  for (const one of all) {
    if (length + one.text.length > partMax && length > 0) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(one);
    length += one.text.length;
  }
  return parts;
}

const listOf = (part: readonly Said<unknown>[]): string =>
  `[${part.map(({ text }) => text).join()}]`;

function write(to: ServerResponse, event: string, text: string): void {
  if (to.writable) to.write(`event: ${event}\ndata: ${text}\n\n`);
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
    const nothing = { sent: undefined, fullSince: undefined, waiting: undefined };
    const stream: Stream = { session, to, ...nothing };
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
    const before = stream.sent ?? new Map<string, Said<OpenAlarmView>>();
    const open = new Map(alarms.map((alarm) => [alarmKey(alarm), said(alarm)]));
    const set = [...open].filter(([key, { text }]) => before.get(key)?.text !== text);
    const gone = [...before].filter(([key]) => !open.has(key));
    const isFirst = stream.sent === undefined;
    if (!isFirst && set.length === 0 && gone.length === 0) return;
    stream.sent = open;
    const over = gone.map(([, { item }]) => ({ home: item.home, alarm: item.alarm }));
    const parts = inParts(set.map(([, one]) => one));
    for (const [nth, part] of parts.entries()) {
      const out = JSON.stringify(nth === 0 ? over : []);
      const [anew, more] = [isFirst && nth === 0, nth < parts.length - 1];
      const text = `{"anew":${anew},"set":${listOf(part)},"gone":${out},"more":${more}}`;
      await this.#send(stream, "alarms", text);
      for (const { item } of part) {
        if (!before.has(alarmKey(item))) await this.#parts.shown(stream.session, item);
      }
    }
  }

  /** While the database is silent the alarms go on; the homes go out with the next change. */
  async #sendHomes(stream: Stream, changed: ReadonlySet<string>): Promise<void> {
    if (changed.size === 0) return;
    let homes: readonly HomeSummaryView[];
    try {
      homes = await this.#parts.homes(stream.session, changed);
    } catch {
      for (const home of changed) this.#changed.add(home);
      return;
    }
    if (homes.length === 0) return;
    for (const part of inParts(homes.map(said))) {
      await this.#send(stream, "homes", `{"homes":${listOf(part)}}`);
    }
  }

  #beatAll(): void {
    for (const stream of this.#streams) {
      this.#parts.again(stream.session).then(
        (session) => {
          if (session === undefined) {
            write(stream.to, "signed-out", "{}");
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

  /** While a part is on its way that is the sign of life, and a beat would only come late. */
  #sendBeat(stream: Stream): void {
    const { to } = stream;
    const now = performance.now();
    stream.fullSince = to.writableNeedDrain ? (stream.fullSince ?? now) : undefined;
    if (stream.fullSince === undefined) {
      write(to, "beat", JSON.stringify({ wall_ms: this.#parts.wall() }));
    } else if (now - stream.fullSince > stuckMs) this.#drop(stream);
  }

  /** Sends once what was sent before is through. Throws where nobody listens any more. */
  async #send(stream: Stream, event: string, text: string): Promise<void> {
    const { to } = stream;
    if (to.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const on = (): void => {
          to.off("drain", on);
          to.off("close", on);
          resolve();
        };
        to.on("drain", on);
        to.on("close", on);
      });
    }
    if (!this.#streams.has(stream)) throw new Error("the browser is gone");
    stream.fullSince = undefined;
    write(to, event, text);
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream);
    stream.to.end();
    // Whoever does not even take the end is cut off.
    setTimeout(() => stream.to.destroy(), 1_000).unref();
  }
}
