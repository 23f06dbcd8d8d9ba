/** Reads what a restart needs, page by page, and single things when they are asked for. */
import type { Kysely } from "kysely";
import { arrivalsOf, markRead } from "./news.ts";
import { portions } from "./portions.ts";
import { type KeptHome, type KnownRow, takenMax } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

type Db = Kysely<CareDatabase>;

/** The homes with these names, in this order. */
export async function readHomes(db: Db, names: readonly string[]): Promise<readonly KeptHome[]> {
  const found: KeptHome[] = [];
  await markRead(db, names);
  for (const part of portions(names)) found.push(...(await readPortion(db, part)));
  return found;
}

async function readPortion(db: Db, names: readonly string[]): Promise<readonly KeptHome[]> {
  const [known, homes, closings, lines, arrivals] = await Promise.all([
    readKnown(db, names),
    db.selectFrom("homes").select(["home", "state", "fence"]).where("home", "in", names).execute(),
    db
      .selectFrom("closings")
      .select(["home", "body as text"])
      .where("home", "in", names)
      .orderBy("n")
      .execute(),
    db
      .selectFrom("outbox")
      .select(["home", "line as text"])
      .where("home", "in", names)
      .orderBy("n")
      .execute(),
    arrivalsOf(db, names),
  ]);
  const textsOf = byHome(closings);
  const linesOf = byHome(lines);
  const rowOf = new Map(homes.map((row) => [row.home, row]));
  return names.map((home) => ({
    home,
    known: known.get(home),
    state: rowOf.get(home)?.state ?? undefined,
    fence: rowOf.get(home)?.fence ?? 0,
    closings: textsOf.get(home) ?? [],
    lines: linesOf.get(home) ?? [],
    arrivals: arrivals.filter((arrival) => arrival.home === home),
  }));
}

function byHome(rows: readonly { readonly home: string; readonly text: string }[]) {
  const found = new Map<string, string[]>();
  for (const { home, text } of rows) {
    const list = found.get(home);
    if (list === undefined) found.set(home, [text]);
    else list.push(text);
  }
  return found;
}

async function readKnown(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, KnownRow>> {
  const rows = await db.selectFrom("known_homes").selectAll().where("home", "in", names).execute();
  const agreements = await db
    .selectFrom("agreements as one")
    .select(["one.home", "one.body"])
    .where("one.home", "in", names)
    .where(({ eb, selectFrom }) =>
      eb(
        "one.version",
        "=",
        selectFrom("agreements as all")
          .whereRef("all.home", "=", "one.home")
          .select(({ fn }) => fn.max("all.version").as("newest")),
      ),
    )
    .execute();
  const bodyOf = new Map(agreements.map(({ home, body }) => [home, body]));
  const found = new Map<string, KnownRow>();
  for (const known of rows) {
    const agreement = bodyOf.get(known.home);
    if (agreement !== undefined) found.set(known.home, { known, agreement });
  }
  return found;
}

/** Who lives there and the agreement in force, after a change at the desk. */
export async function readKnownHome(db: Db, home: string): Promise<KnownRow | undefined> {
  return (await readKnown(db, [home])).get(home);
}

/** Ids of messages that were taken last, oldest first. */
export async function readTaken(db: Db, home: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("inbox")
    .select("id")
    .where("home", "=", home)
    .orderBy("n", "desc")
    .limit(takenMax)
    .execute();
  return rows.map(({ id }) => id).reverse();
}
