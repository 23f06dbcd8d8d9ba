/** Connections to PostgreSQL: numbers as numbers, and no connection that hangs is used again. */
import { Kysely, PostgresDialect, type PostgresPool, sql } from "kysely";
import pg from "pg";
import { careMigrations, NewerSchema } from "./migrations.ts";
import type { CareDatabase } from "./schema.ts";

/** The server gives a statement up after this long; a commit takes milliseconds. */
const statementMs = 15_000;
/** Later than the server's own limit: nobody answers at all, and the connection is given up. */
const silentMs = 20_000;
const connectMs = 5_000;
/** A process that stands still inside a transaction must not hold the others' rows for ever. */
const idleInTransactionMs = 30_000;

/** int8 fits a number: what we count stays below 2^53. */
const int8 = 20;

/** One number for all processes of this program: they make the tables one after the other. */
const migrationLock = 0x4f626843;

export interface PostgresParts {
  readonly url: string;
  /** Connections at most. */
  readonly connections?: number;
  /** An idle connection broke; whoever uses the pool next gets a new one. */
  readonly onTrouble?: (why: string) => void;
}

function poolOf({ url, connections = 4, onTrouble }: PostgresParts): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: "obhut-care",
    statement_timeout: statementMs,
    query_timeout: silentMs,
    connectionTimeoutMillis: connectMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    types: {
      getTypeParser: ((id: number, format: "text") =>
        id === int8 ? Number : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
    },
  });
  pool.on("error", (error) => onTrouble?.(error.message));
  return { connect: async () => lend(await pool.connect()), end: () => pool.end() };
}

type Lent = Awaited<ReturnType<PostgresPool["connect"]>>;

/** A connection on which the server fell silent may answer to the wrong question later. */
function lend(client: pg.PoolClient): Lent {
  let broken: Error | undefined;
  // A connection can break between two statements, when no query is there to hear of it.
  const hear = (error: Error): void => {
    broken = error;
  };
  client.on("error", hear);
  // Kysely's type also has a form for cursors, which need a driver option that is not set.
  const query: unknown = async (text: string, values: readonly unknown[]) => {
    if (broken !== undefined) throw broken;
    try {
      return await client.query(text, [...values]);
    } catch (thrown) {
      if (!(thrown instanceof pg.DatabaseError)) broken = asError(thrown);
      throw thrown;
    }
  };
  const release = (): void => {
    client.off("error", hear);
    client.release(broken);
  };
  return { query: query as Lent["query"], release };
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** Opens the pool and brings the tables up to date. */
export async function openPostgres(parts: PostgresParts): Promise<Kysely<CareDatabase>> {
  const db = new Kysely<CareDatabase>({ dialect: new PostgresDialect({ pool: poolOf(parts) }) });
  try {
    await migrate(db);
    return db;
  } catch (thrown) {
    await db.destroy();
    throw thrown;
  }
}

async function migrate(db: Kysely<CareDatabase>): Promise<void> {
  const steps = careMigrations("postgres");
  await db.transaction().execute(async (within) => {
    await sql`SELECT pg_advisory_xact_lock(${migrationLock})`.execute(within);
    await sql`CREATE TABLE IF NOT EXISTS obhut_schema (version BIGINT PRIMARY KEY)`.execute(within);
    const read = await sql<{
      version: number | null;
    }>`SELECT max(version) AS version FROM obhut_schema`.execute(within);
    const found = read.rows[0]?.version ?? 0;
    if (found > steps.length) throw new NewerSchema(found, steps.length);
    for (const [at, step] of steps.entries()) {
      if (at < found) continue;
      await sql.raw(step).execute(within);
      await sql`INSERT INTO obhut_schema VALUES (${at + 1})`.execute(within);
    }
  });
}
