/** What the homes should know of services, choices and looks, and have not acknowledged yet. */
import { type Kysely, sql } from "kysely";
import { accountRoles } from "../../protocol/care-api.ts";
import { type LivingDown, type Look, livingMax, type Order } from "../../protocol/living.ts";
import { type Catalogue, nextVersion, readCatalogue } from "./catalogue.ts";
import { forgotMs } from "./living-rows.ts";
import { lookWord } from "./looks.ts";
import type { CareDatabase, TableOf } from "./schema.ts";

type Db = Kysely<CareDatabase>;
type Known = TableOf<"living">;

/** One home that is asked about. */
export interface LivingQuestion {
  readonly home: string;
  /** Gateway time of the home; null where it is not news that it is there. */
  readonly at: number | null;
  /** Whether it is time to tell of looks. */
  readonly looks: boolean;
}

/** What one home is to be told; the catalogue is the same for all. */
export interface LivingNews {
  readonly home: string;
  readonly catalogue: boolean;
  readonly bodies: readonly LivingDown[];
}

export interface LivingAnswer {
  readonly catalogue: Catalogue;
  readonly news: readonly LivingNews[];
}

/** A message to a home has 64 KiB at most. */
const listBytesMax = 48_000;

/** An order that is over leaves the resident's week after so long. */
const dayMs = 86_400_000;
const shownMs = 14 * dayMs;

const titleOf = (text: string): Order["title"] => JSON.parse(text) as Order["title"];

const orderOf = (row: TableOf<"orders">): Order => {
  const { id, service, act, nth, state, day, part, who, note } = row;
  const title = titleOf(row.title);
  return { id, service, title, act, nth, state, day, part, from_ms: row.from_wall, who, note };
};

async function ordersOf(db: Db, home: string, wall: number): Promise<readonly Order[]> {
  // What is over gives way, but not the answer to a word that the home may wait for.
  const old = Math.floor(wall) - dayMs;
  const isOver = sql<number>`CASE WHEN state IN ('asked', 'confirmed') OR changed_wall > ${old}
    THEN 0 ELSE 1 END`;
  const since = new Date(wall - shownMs).toISOString().slice(0, 10);
  const rows = await db
    .selectFrom("orders")
    .selectAll()
    .where("home", "=", home)
    .where("day", ">=", since)
    .orderBy(isOver)
    .orderBy("changed_wall", "desc")
    .orderBy("id")
    .limit(livingMax.orders)
    .execute();
  const orders: Order[] = [];
  let room = listBytesMax;
  for (const order of rows.map(orderOf)) {
    room -= Buffer.byteLength(JSON.stringify(order));
    if (room < 0) break;
    orders.push(order);
  }
  return orders;
}

/** People only: what the service does by itself is no look. */
const looksAt = (db: Db, home: string) =>
  db
    .selectFrom("access_log")
    .where("home", "=", home)
    .where("role", "in", accountRoles)
    .orderBy("n", "desc");

async function looksOf(db: Db, home: string): Promise<readonly Look[]> {
  const rows = await looksAt(db, home).selectAll().limit(livingMax.looks).execute();
  return rows.map(({ n, name, role, what, wall }) => {
    return { id: String(n), who: name, role, what: lookWord(what), wall_ms: wall };
  });
}

/** The version of the looks, a new one where somebody has looked since. */
async function looksVersion(db: Db, { home, ...row }: Known, wall: number): Promise<number> {
  const newest = await looksAt(db, home).select("n").limit(1).executeTakeFirst();
  if (newest === undefined || newest.n === row.looks_n) return row.looks_version;
  const version = nextVersion(row.looks_version, wall);
  await db
    .updateTable("living")
    .set({ looks_version: version, looks_n: newest.n })
    .where("home", "=", home)
    .execute();
  return version;
}

/** Answers that the home has not acknowledged. */
async function answersOf(db: Db, home: string): Promise<readonly LivingDown[]> {
  const rows = await db
    .selectFrom("wishes")
    .selectAll()
    .where("home", "=", home)
    .where("state", "in", ["granted", "refused"])
    .where("taken", "=", 0)
    .execute();
  return rows.map(({ ask, state, by_id, by_name, note }) => {
    const by = { id: by_id ?? "", name: by_name ?? "" };
    return { kind: "module-answer", ask, granted: state === "granted", by, note };
  });
}

/** A home that has lost its memory has none of what it acknowledged. */
function hasNothing({ at }: LivingQuestion, { taken_at }: Known): boolean {
  return at !== null && at < taken_at - forgotMs;
}

async function newsOf(
  db: Db,
  question: LivingQuestion,
  row: Known,
  { version, wall }: { readonly version: number; readonly wall: number },
): Promise<LivingNews> {
  const { home } = row;
  const anew = hasNothing(question, row);
  const lacks = (has: number, should: number): boolean => should > 0 && (anew || has < should);
  const bodies: LivingDown[] = [...(await answersOf(db, home))];
  if (lacks(row.orders_taken, row.orders_version)) {
    const orders = [...(await ordersOf(db, home, wall))];
    bodies.push({ kind: "orders", version: row.orders_version, orders });
  }
  if (question.looks) {
    const looked = await looksVersion(db, row, wall);
    if (lacks(row.looks_taken, looked)) {
      bodies.push({ kind: "looks", version: looked, looks: [...(await looksOf(db, home))] });
    }
  }
  return { home, catalogue: lacks(row.catalogue_taken, version), bodies };
}

/**
 * The row of each home, made where there is none. News are marked before the lists are read: what
 * changes meanwhile is news again. One row at a time: whoever locks several waits in a circle with
 * a commit that does.
 */
async function rowsOf(db: Db, owner: string, homes: readonly string[]): Promise<readonly Known[]> {
  const own = await db
    .selectFrom("homes")
    .leftJoin("living", "living.home", "homes.home")
    .select(["homes.home", "living.news"])
    .where("homes.owner", "=", owner)
    .where("homes.home", "in", homes)
    .execute();
  for (const { home, news } of own) {
    if (news === null) await make(db, home);
    else if (news === 1) await mark(db, home);
  }
  const names = own.map(({ home }) => home);
  if (names.length === 0) return [];
  return await db.selectFrom("living").selectAll().where("home", "in", names).execute();
}

async function make(db: Db, home: string): Promise<void> {
  await db
    .insertInto("living")
    .columns(["home"])
    .expression(db.selectFrom("homes").select("home").where("home", "=", home))
    .onConflict((on) => on.column("home").doNothing())
    .execute();
}

async function mark(db: Db, home: string): Promise<void> {
  await db.updateTable("living").set({ news: 0 }).where("home", "=", home).execute();
}

/** Of homes that this process looks after; those that have everything are left out. */
export async function livingOf(
  db: Db,
  owner: string,
  { questions, wall }: { readonly questions: readonly LivingQuestion[]; readonly wall: number },
): Promise<LivingAnswer> {
  const catalogue = await readCatalogue(db);
  if (questions.length === 0) return { catalogue, news: [] };
  const rows = await rowsOf(
    db,
    owner,
    questions.map(({ home }) => home),
  );
  const news: LivingNews[] = [];
  for (const question of questions) {
    const row = rows.find(({ home }) => home === question.home);
    if (row === undefined) continue;
    const found = await newsOf(db, question, row, { version: catalogue.version, wall });
    if (found.catalogue || found.bodies.length > 0) news.push(found);
  }
  return { catalogue, news };
}
