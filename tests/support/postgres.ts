/** A PostgreSQL of its own, Debian's, with the disk synchronised. Fails loudly where there is none. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

export interface PostgresServer {
  /** URL of a new, empty database. */
  database(): Promise<string>;
  close(): Promise<void>;
}

/** Installing the package may take a minute the first time. */
export const postgresStartMs = 180_000;

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-postgres-"));
  const server = spawn("sh", ["deploy/postgres.sh", "serve", folder], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said: string[] = [];
  server.stderr.on("data", (bytes: Buffer) => said.push(bytes.toString("utf8")));
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout.on("data", (bytes: Buffer) => {
      const found = /^postgres:\S+/m.exec(bytes.toString("utf8"))?.[0];
      if (found !== undefined) resolve(found);
    });
    server.once("exit", (code) =>
      reject(new Error(`PostgreSQL did not start (${code}): ${said.join("").slice(-2_000)}`)),
    );
  });
  let count = 0;
  return {
    database: async () => {
      count += 1;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`CREATE DATABASE care${count}`);
      await client.end();
      return url.replace(/\/postgres$/, `/care${count}`);
    },
    close: async () => {
      server.stdin.end();
      if (server.exitCode === null) await once(server, "exit");
    },
  };
}
