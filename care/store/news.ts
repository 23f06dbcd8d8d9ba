/**
 * What others wrote that the rules of this process's homes must hear, wherever it was written and
 * whoever was dead then. A message that has come to whom it tells stays unheard until a step that
 * heard of it is on disk; what a desk or a file changed of a home stays unread until whoever looks
 * after the home reads it.
 */
import { type Kysely, sql } from "kysely";
import { ownerOf, watchDisk } from "./disk-watch.ts";
import { portions } from "./portions.ts";
import type { Arrival, FromDisk } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

type Db = Kysely<CareDatabase>;

const pageRows = 200;
/** Rows looked at in one go; the rest comes with the next. */
const pagesMax = 20;

/** Written out: only then do both databases read the few unheard rows and no others. */
const isUnheard = sql<boolean>`tellings.unheard = 1`;

const isUnread = sql<boolean>`known_homes.unread = 1`;
/** Not the bare columns, for the same reason as `ownerOf`. */
const homeOfTelling = sql<string>`coalesce(tellings.home, '')`;
const homeOfKnown = sql<string>`coalesce(known_homes.home, '')`;

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
    found.push(...(await unheard(db).where(homeOfTelling, "in", part).execute()));
  }
  return found;
}

/** Who lives there, agreement or credential: to be read anew from now on. */
export async function markRead(db: Db, homes: readonly string[]): Promise<void> {
  for (const part of portions(homes)) {
    await db
      .updateTable("known_homes")
      .set({ unread: 0 })
      .where(isUnread)
      .where(homeOfKnown, "in", part)
      .execute();
  }
}

export interface NewsParts {
  readonly db: Db;
  readonly owner: string;
  readonly say: (message: FromDisk) => void;
}

/** Looks for news of this process's homes; arrivals are said again until they are heard of. */
export class NewsWatch {
  private readonly parts: NewsParts;
  readonly stop: () => void;
  /** Where the next page begins: rows of a home that has no rules any more hold up no others. */
  private after = "";

  constructor(parts: NewsParts) {
    this.parts = parts;
    this.stop = watchDisk(() => this.look());
  }

  private async look(): Promise<void> {
    await this.changes();
    for (let nth = 0; nth < pagesMax && (await this.page()); nth += 1);
  }

  /** Marked before it is read: what is changed meanwhile is found by the next look. */
  private async changes(): Promise<void> {
    const { db, owner, say } = this.parts;
    const rows = await db
      .selectFrom("known_homes")
      .innerJoin("homes", "homes.home", "known_homes.home")
      .select("known_homes.home")
      .where(isUnread)
      .where(ownerOf, "=", owner)
      .limit(pageRows)
      .execute();
    if (rows.length === 0) return;
    const homes = rows.map(({ home }) => home);
    await markRead(db, homes);
    say({ kind: "changed", homes });
  }

  /** Returns whether there may be more. */
  private async page(): Promise<boolean> {
    const { db, owner, say } = this.parts;
    const arrivals = await unheard(db)
      .innerJoin("homes", "homes.home", "tellings.home")
      .where(ownerOf, "=", owner)
      .where("tellings.id", ">", this.after)
      .limit(pageRows)
      .execute();
    if (arrivals.length > 0) say({ kind: "arrivals", arrivals });
    const isFull = arrivals.length === pageRows;
    this.after = isFull ? (arrivals.at(-1)?.id ?? "") : "";
    return isFull;
  }
}
