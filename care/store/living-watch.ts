/**
 * Looks for what others wrote that a home of this process must be told: answers given at the desk
 * of any process, a new catalogue, looks at the resident's data.
 */
import { type Kysely, sql } from "kysely";
import { readCatalogue } from "./catalogue.ts";
import { ownerOf, watchDisk } from "./disk-watch.ts";
import type { FromDisk } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

/** Every so many looks it is looked for looks and a new catalogue. */
const rarely = 60;
const homesMax = 200;

/** Written out: only then do both databases read the few rows with news and no others. */
const hasNews = sql<boolean>`living.news = 1`;

export interface LivingWatchParts {
  readonly db: Kysely<CareDatabase>;
  readonly owner: string;
  readonly say: (message: FromDisk) => void;
}

export class LivingWatch {
  private readonly parts: LivingWatchParts;
  readonly stop: () => void;
  private count = 0;
  private version: number | undefined;
  /** Up to here the log of looks was read, and up to where it had been read the time before. */
  private read: number | undefined;
  private before = 0;

  constructor(parts: LivingWatchParts) {
    this.parts = parts;
    this.stop = watchDisk(() => this.look());
  }

  private async look(): Promise<void> {
    await this.answers();
    if (this.count % rarely === 0) {
      await this.catalogue();
      await this.looks();
    }
    this.count += 1;
  }

  private async answers(): Promise<void> {
    const { db, owner, say } = this.parts;
    const rows = await db
      .selectFrom("living")
      .innerJoin("homes", "homes.home", "living.home")
      .select("living.home")
      .where(hasNews)
      .where(ownerOf, "=", owner)
      .limit(homesMax)
      .execute();
    if (rows.length > 0) say({ kind: "living", homes: rows.map(({ home }) => home) });
  }

  private async catalogue(): Promise<void> {
    const { version } = await readCatalogue(this.parts.db);
    if (this.version !== undefined && this.version !== version) {
      this.parts.say({ kind: "living", homes: "all" });
    }
    this.version = version;
  }

  /**
   * What was looked at before this start is told when the home comes. Each row is read twice: one
   * with a lower number may be committed later.
   */
  private async looks(): Promise<void> {
    const { db, owner, say } = this.parts;
    const last = await db
      .selectFrom("access_log")
      .select(({ fn }) => fn.max("n").as("n"))
      .executeTakeFirst();
    const newest = Number(last?.n ?? 0);
    const from = this.before;
    this.before = this.read ?? newest;
    const isFirst = this.read === undefined;
    this.read = newest;
    if (isFirst || newest <= from) return;
    const rows = await db
      .selectFrom("access_log")
      .innerJoin("homes", "homes.home", "access_log.home")
      .select("access_log.home")
      .distinct()
      .where("access_log.n", ">", from)
      .where(ownerOf, "=", owner)
      .execute();
    if (rows.length > 0) say({ kind: "living", homes: rows.map(({ home }) => home) });
  }
}
