/** Everything that is kept of one home, as one JSON document. */
import { type Kysely, sql } from "kysely";
import type { CareDatabase } from "../store/schema.ts";
import { type HomeTable, homeTables, secretColumns } from "./person-data.ts";

/** Rows read at once: the events of a month need not stand in memory together. */
const pageRows = 1_000;

type Row = Readonly<Record<string, unknown>>;

async function page(
  db: Kysely<CareDatabase>,
  table: HomeTable,
  where: { readonly home: string; readonly skip: number },
): Promise<readonly Row[]> {
  const read = await sql<Row>`
    SELECT * FROM ${sql.table(table)} WHERE home = ${where.home}
    ORDER BY 1, 2 LIMIT ${pageRows} OFFSET ${where.skip}`.execute(db);
  return read.rows;
}

/** What is JSON in a column is JSON in the document. */
function opened(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const withoutSecrets = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([column]) => !secretColumns.has(column))
      .map(([column, value]) => [column, opened(value)]),
  );

/** The document piece by piece. */
export async function* exportOf(db: Kysely<CareDatabase>, home: string, now: number) {
  yield `{\n"home": ${JSON.stringify(home)},\n"exported": "${new Date(now).toISOString()}"`;
  for (const table of homeTables) {
    yield `,\n"${table}": [`;
    let between = "\n";
    for (let skip = 0; ; skip += pageRows) {
      const rows = await page(db, table, { home, skip });
      for (const row of rows) {
        yield `${between}${JSON.stringify(withoutSecrets(row))}`;
        between = ",\n";
      }
      if (rows.length < pageRows) break;
    }
    yield "\n]";
  }
  yield "\n}\n";
}
