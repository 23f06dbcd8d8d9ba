/** Who lives where, and who may see it. */
import type { Kysely } from "kysely";
import type { AccountRole } from "../../protocol/care-api.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";

export type KnownHomeRow = TableOf<"known_homes">;

/** Whoever is logged in. */
export interface Who {
  readonly id: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly groups: readonly string[];
  /** Of a helper: the one home, and who of its agreement. */
  readonly home: string | null;
  readonly party: string | null;
}

/** Groups that stand for all homes. */
export const everyGroup = "*";

/** Pure: whether a home of this group is among somebody's. */
export function sees(who: Who, home: string, group: string | null): boolean {
  if (who.role === "helper") return who.home === home;
  return who.groups.includes(everyGroup) || (group !== null && who.groups.includes(group));
}

/** How long a row may be old; a change that this office makes is seen at once. */
const freshMs = 10_000;
const rowsMax = 50_000;

interface Kept {
  readonly row: KnownHomeRow | undefined;
  readonly at: number;
}

export class Directory {
  readonly #db: Kysely<CareDatabase>;
  readonly #wall: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(db: Kysely<CareDatabase>, wall: () => number) {
    this.#db = db;
    this.#wall = wall;
  }

  /** Reads all homes once, so that a database that falls silent later hides no alarm's home. */
  async load(): Promise<void> {
    const rows = await this.#db.selectFrom("known_homes").selectAll().limit(rowsMax).execute();
    for (const row of rows) this.#keep(row.home, row);
  }

  /** While the database is silent, what was known of the home still serves whoever helps there. */
  async get(home: string): Promise<KnownHomeRow | undefined> {
    const kept = this.#kept.get(home);
    if (kept !== undefined && this.#wall() - kept.at < freshMs) return kept.row;
    try {
      const row = await this.#db
        .selectFrom("known_homes")
        .selectAll()
        .where("home", "=", home)
        .executeTakeFirst();
      this.#keep(home, row);
      return row;
    } catch (thrown) {
      if (kept === undefined) throw thrown;
      return kept.row;
    }
  }

  /** The row of a home that this person may see. */
  async visible(who: Who, home: string): Promise<KnownHomeRow | undefined> {
    const row = await this.get(home);
    return row !== undefined && sees(who, home, row.home_group) ? row : undefined;
  }

  forget(home: string): void {
    this.#kept.delete(home);
  }

  #keep(home: string, row: KnownHomeRow | undefined): void {
    this.#kept.delete(home);
    this.#kept.set(home, { row, at: this.#wall() });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > rowsMax && oldest.done === false) this.#kept.delete(oldest.value);
  }
}

/** The resident's name; a home without one is called by its own. */
export const residentOf = (row: Pick<KnownHomeRow, "home" | "resident">): string =>
  row.resident ?? row.home;
