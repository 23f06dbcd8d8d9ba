/** Every look at a resident's data is written down before the data leave. */
import type { Kysely } from "kysely";
import type { CareDatabase, NewRow } from "../store/schema.ts";
import type { Who } from "./directory.ts";
import { Refusal } from "./refusal.ts";

/** A list that is shown again and again is one look for so long. */
const sameLookMs = 900_000;
const rememberedMax = 100_000;
/** Rows of one statement. */
const batch = 500;

/** Looks that wait for a database that does not answer; past it the oldest is given up and said. */
const owedMax = 1_000;

export type Viewer = Pick<Who, "id" | "name" | "role">;

type Row = NewRow<"access_log">;

export class AccessLog {
  readonly #db: Kysely<CareDatabase>;
  readonly #wall: () => number;
  readonly #warn: (text: string) => void;
  readonly #recent = new Map<string, number>();
  #owed: Row[] = [];

  constructor(db: Kysely<CareDatabase>, wall: () => number, warn: (text: string) => void) {
    this.#db = db;
    this.#wall = wall;
    this.#warn = warn;
  }

  /**
   * Writes a look or an act. While an alarm is open, a database that does not answer holds nobody
   * back from helping: the look is written as soon as it can be.
   */
  async write(viewer: Viewer, home: string, what: string, urgent = false): Promise<void> {
    await this.#write([this.#row(viewer, home, what)], urgent);
  }

  /** Looks at what stays on a screen. */
  async glance(viewer: Viewer, homes: readonly string[], what: string): Promise<void> {
    const now = this.#wall();
    const rows: Row[] = [];
    for (const home of new Set(homes)) {
      const key = `${viewer.id} ${home} ${what}`;
      const before = this.#recent.get(key);
      if (before !== undefined && now - before < sameLookMs) continue;
      this.#remember(key, now);
      rows.push(this.#row(viewer, home, what));
    }
    for (let at = 0; at < rows.length; at += batch) {
      await this.#write(rows.slice(at, at + batch), true);
    }
  }

  #row({ id, name, role }: Viewer, home: string, what: string): Row {
    return { wall: this.#wall(), account: id, name, role, home, what };
  }

  #remember(key: string, now: number): void {
    this.#recent.delete(key);
    this.#recent.set(key, now);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > rememberedMax && oldest.done === false) {
      this.#recent.delete(oldest.value);
    }
  }

  async #write(rows: readonly Row[], urgent: boolean): Promise<void> {
    const owed = this.#owed;
    this.#owed = [];
    try {
      await this.#db
        .insertInto("access_log")
        .values([...owed, ...rows])
        .execute();
    } catch {
      this.#owe(urgent ? [...owed, ...rows] : owed);
      if (urgent) return;
      throw new Refusal(503, "the access log cannot be written at this moment; try again");
    }
  }

  #owe(rows: readonly Row[]): void {
    this.#owed = [...rows, ...this.#owed];
    const over = this.#owed.length - owedMax;
    if (over <= 0) return;
    this.#owed.splice(0, over);
    this.#warn(`the access log could not be written for long: ${over} looks were not recorded`);
  }
}
