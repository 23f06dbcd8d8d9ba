/**
 * Messages that have come to whom they tell, as the rows of `tellings` say it. The receipt may have
 * come to another process than the one whose rules wait for it, or while nobody looked after the
 * home: the row stays unheard until a step of the home's rules that heard of it is on disk.
 */
import { type Kysely, sql } from "kysely";
import { portions } from "./portions.ts";
import type { Arrival, FromDisk } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

type Db = Kysely<CareDatabase>;

/** What is heard here in this time at the latest; a message has half a minute to arrive. */
const lookEveryMs = 1_000;
const pageRows = 200;
/** Rows looked at in one go; the rest comes with the next. */
const pagesMax = 20;

/** Written out: only then do both databases read the few unheard rows and no others. */
const isUnheard = sql<boolean>`tellings.unheard = 1`;

const unheard = (db: Db) =>
  db
    .selectFrom("tellings")
    .select([
      ...(["tellings.id", "tellings.home", "tellings.alarm as alarmId"] as const),
      ...(["tellings.party", "tellings.step", "tellings.round"] as const),
    ])
    .where(isUnheard)
    .orderBy("tellings.id");

/** Of homes that are taken up. */
export async function arrivalsOf(db: Db, homes: readonly string[]): Promise<readonly Arrival[]> {
  const found: Arrival[] = [];
  for (const part of portions(homes)) {
    found.push(...(await unheard(db).where("tellings.home", "in", part).execute()));
  }
  return found;
}

export interface ArrivalParts {
  readonly db: Db;
  readonly owner: string;
  readonly say: (message: FromDisk) => void;
}

/** Says again and again what has arrived in this process's homes and is not heard of. */
export class ArrivalWatch {
  private readonly parts: ArrivalParts;
  private readonly timer: NodeJS.Timeout;
  private looking = false;
  /** Where the next page begins: rows of a home that has no rules any more hold up no others. */
  private after = "";

  constructor(parts: ArrivalParts) {
    this.parts = parts;
    this.timer = setInterval(() => void this.look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      for (let nth = 0; nth < pagesMax && (await this.page()); nth += 1);
    } catch {
      // A database that is away is complained of by those who write; the next look finds the rows.
    } finally {
      this.looking = false;
    }
  }

  /** Returns whether there may be more. */
  private async page(): Promise<boolean> {
    const { db, owner, say } = this.parts;
    const arrivals = await unheard(db)
      .innerJoin("homes", "homes.home", "tellings.home")
      .where("homes.owner", "=", owner)
      .where("tellings.id", ">", this.after)
      .limit(pageRows)
      .execute();
    if (arrivals.length > 0) say({ kind: "arrivals", arrivals });
    const isFull = arrivals.length === pageRows;
    this.after = isFull ? (arrivals.at(-1)?.id ?? "") : "";
    return isFull;
  }
}
