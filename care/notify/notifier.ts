/**
 * Works the rows of `tellings`: what is due leaves by its way, each try with a deadline of its own,
 * again and again while the alarm is open. Quiet hours hold back nothing: there are none here.
 */
import type { Kysely } from "kysely";
import type { Category, Level } from "../../protocol/alarm.ts";
import type { TellingProgress } from "../office/mail.ts";
import type { CareDatabase } from "../store/schema.ts";
import { againAfterMs } from "./retry.ts";
import { unfinished } from "./stages.ts";
import {
  type Advance,
  advance,
  claim,
  type DueRow,
  dueRows,
  makeMoot,
  postpone,
  releaseClaims,
  type TellingRow,
} from "./telling-rows.ts";
import { helperPath, tellingDigest, tellingToken } from "./token.ts";
import { type Sent, type Telling, type Way, type Ways, wordsOf } from "./way.ts";

/** One try has so long, whatever the other side does. */
export const tryMs = 10_000;
/** A claim outlives its try by this much, for the word of how it ended. */
const graceMs = 5_000;

/** How long an orderly end waits for what is on its way. */
const stopMs = 2_000;

/** Without news the rows are looked at this often: another process may have left some. */
const lookEveryMs = 1_000;
const pageRows = 200;
/** Rows looked at in one go; the rest comes with the next. */
const pagesMax = 20;

/** Nobody knows how a try ended that did not come back. */
const unanswered = `no answer within ${tryMs / 1_000} s`;

export interface NotifierParts {
  readonly db: Kysely<CareDatabase>;
  readonly ways: Ways;
  readonly wall: () => number;
  /** Derives the keys of the helpers' pages. */
  readonly secret: string;
  /** Begins every link. */
  readonly publicUrl: () => string;
  readonly language: "de" | "en";
  /** Whether this process looks after the home. */
  readonly owns: (home: string) => boolean;
  readonly progress: (progress: TellingProgress) => void;
  readonly warn: (text: string) => void;
}

/** The scheme says the way, the rest is the address. A number is dialled as digits. */
function bare(address: string): string {
  const [, scheme = "", rest = ""] = /^(\w+):(.*)$/.exec(address) ?? ["", "", address];
  return scheme === "sms" || scheme === "tel" ? rest.replaceAll("-", "") : rest;
}

export class Notifier {
  readonly #parts: NotifierParts;
  readonly #flying = new Map<string, Way>();
  readonly #ends = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #stopped = false;
  #resumed = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  /**
   * Which homes are ours is known. For the first time: nothing of this thread is on its way yet,
   * and what an earlier one left behind goes at once.
   */
  own(): void {
    if (this.#resumed) {
      this.look();
      return;
    }
    this.#resumed = true;
    const { db, owns, wall, warn } = this.#parts;
    releaseClaims(db, owns, wall())
      .catch((thrown: unknown) => warn(`old messages wait for the database: ${wordsOf(thrown)}`))
      .finally(() => this.look());
  }

  /** Lets what is on its way end; what is not over soon is tried again by the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      late = setTimeout(resolve, stopMs);
    });
    await Promise.race([Promise.allSettled(this.#ends), patience]);
    clearTimeout(late);
    await Promise.allSettled(Object.values(this.#parts.ways).map((way) => way.close?.()));
  }

  /** Rows may be due. */
  look(): void {
    this.#again = true;
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    void this.#work().finally(() => {
      this.#looking = false;
    });
  }

  /** A receipt, a look or an answer: moves the row forward and says so to the core. */
  async advance(id: string, step: Advance): Promise<TellingRow | undefined> {
    const row = await advance(this.#parts.db, id, step);
    if (row === undefined) return undefined;
    const { home, alarm: alarmId, party, step: nth, round, stage } = row;
    this.#parts.progress({ id, home, alarmId, party, step: nth, round, stage });
    return row;
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#page(0);
      } catch (thrown) {
        this.#parts.warn(`messages to people wait for the database: ${wordsOf(thrown)}`);
        return;
      }
    }
  }

  async #page(nth: number): Promise<void> {
    const page = { limit: pageRows, skip: nth * pageRows };
    const rows = await dueRows(this.#parts.db, this.#parts.wall(), page);
    const own = rows.filter(({ home }) => this.#parts.owns(home));
    const moot = own.filter(({ closed_wall }) => closed_wall !== null).map(({ id }) => id);
    if (moot.length > 0) await makeMoot(this.#parts.db, moot);
    for (const row of own) if (row.closed_wall === null) await this.#begin(row);
    // What is not ours, or has no room yet, stands before what may be.
    if (rows.length === pageRows && nth + 1 < pagesMax) await this.#page(nth + 1);
  }

  async #begin(row: DueRow): Promise<void> {
    const { db, ways, wall, secret } = this.#parts;
    if (this.#flying.has(row.id)) return;
    const way = ways[row.way];
    if (way === undefined) {
      const error = `this service has no way for ${row.way}`;
      await this.advance(row.id, { stage: "failed", now: wall(), error });
      return;
    }
    const busy = [...this.#flying.values()].filter((other) => other === way).length;
    if (busy >= way.atOnce) return;
    const doubtful = row.error === unfinished || row.error === unanswered;
    const repeat = row.repeat === 1 || (doubtful && !way.dropsCopies);
    const until = wall() + tryMs + graceMs;
    if (!(await claim(db, row, { until, repeat, digest: tellingDigest(secret, row.id) }))) return;
    this.#flying.set(row.id, way);
    const end = this.#try(way, row, repeat).finally(() => {
      this.#flying.delete(row.id);
      this.#ends.delete(end);
      this.look();
    });
    this.#ends.add(end);
  }

  async #try(way: Way, row: DueRow, repeat: boolean): Promise<void> {
    const { db, wall, warn } = this.#parts;
    try {
      const sent = await withDeadline(way, this.#telling(row, repeat));
      if (sent.ok) {
        await this.advance(row.id, { stage: sent.stage, now: wall() });
      } else if (sent.end === "final") {
        await this.advance(row.id, { stage: "failed", now: wall(), error: sent.why });
      } else {
        const error = sent.end === "unknown" ? unanswered : sent.why;
        const until = wall() + againAfterMs(row.tries + 1);
        await postpone(db, row.id, { until, error });
      }
    } catch (thrown) {
      // The claim runs out, and the row is tried again.
      warn(`a message to ${row.party} of ${row.home} failed: ${wordsOf(thrown)}`);
    }
  }

  #telling(row: DueRow, repeat: boolean): Telling {
    const { secret, publicUrl, language } = this.#parts;
    return {
      id: row.id,
      home: row.home,
      alarm: row.alarm,
      party: row.party,
      name: row.name,
      way: row.way,
      address: bare(row.address),
      resident: row.resident ?? row.home,
      category: (row.category ?? "fault") as Category,
      level: (row.level ?? "alarm") as Level,
      reason: row.reason ?? "",
      drill: row.drill === 1,
      repeat,
      language,
      link: `${publicUrl()}${helperPath(tellingToken(secret, row.id))}`,
    };
  }
}

/** The deadline holds even where a library does not heed the signal. */
async function withDeadline(way: Way, telling: Telling): Promise<Sent> {
  const { signal, abort } = deadline();
  const late = new Promise<Sent>((resolve) => {
    signal.addEventListener("abort", () => resolve({ ok: false, why: unanswered, end: "unknown" }));
  });
  try {
    return await Promise.race([way.send(telling, signal), late]);
  } finally {
    abort();
  }
}

function deadline(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), tryMs);
  return { signal: controller.signal, abort: () => clearTimeout(timer) };
}
