/** Two processes of a care service on one PostgreSQL and one broker, each with an office and one home. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { sign } from "../../care/notify/signature.ts";
import { openCareDatabase } from "../../care/store/open.ts";
import type { CareDatabase } from "../../care/store/schema.ts";
import { sessionCookie } from "../../protocol/care-http.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { type Care, home, open, type Place, place, startCare } from "./broker-rig.ts";
import { type TestHome, until } from "./care-rig.ts";
import { type Answer, Browser, sessionOf } from "./office/office-rig.ts";

export const pairHomes = ["weber", "krause"] as const;
type HomeName = (typeof pairHomes)[number];

const secret = "shared with the provider";

/** A receipt as a provider sends it, to whichever office. */
export function receipt(browser: Browser, id: string, stage: string): Promise<Answer> {
  const raw = JSON.stringify({ receipts: [{ id, stage }] });
  const at = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "x-obhut-timestamp": at,
    "x-obhut-signature": sign(secret, at, raw),
    "x-obhut": "",
  };
  return browser.post("/api/receipts/sms", undefined, { raw, headers });
}

export interface Pair {
  readonly at: Place;
  readonly db: Kysely<CareDatabase>;
  readonly homes: Readonly<Record<HomeName, TestHome>>;
  /** Signed in as a lead. */
  browser(care: Care): Browser;
  /** The process that has the home, and the other one. */
  sides(home: HomeName): Promise<{ readonly owner: Care; readonly other: Care }>;
}

async function ownersOf(db: Kysely<CareDatabase>): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom("homes").select(["home", "owner"]).execute();
  return new Map(rows.map(({ home, owner }) => [home, (owner ?? "").replace(/-\w+$/, "")]));
}

/** Resolves once each process has one of the two homes. */
export async function startPair(
  server: PostgresServer,
  {
    sms,
    ...more
  }: { readonly sms?: number; readonly agreement?: unknown; readonly services?: unknown } = {},
): Promise<Pair> {
  const at = await place();
  const url = await server.database();
  writeFileSync(join(at.folder, "sms-secret"), secret);
  const notify =
    sms === undefined
      ? {}
      : { notify: { sms: { url: `http://127.0.0.1:${sms}/`, secret_file: "sms-secret" } } };
  const office = { host: "127.0.0.1", port: 0 };
  const first = await startCare(at, "one", url, { office, ...notify, ...more });
  const second = await startCare(at, "two", url, { office, ...notify, ...more });
  const db = await openCareDatabase({ postgresUrl: url });
  open.push({ close: () => db.destroy() });
  await until("each has a home", async () => {
    const owners = new Set((await ownersOf(db)).values());
    return (owners.has("one") && owners.has("two")) || undefined;
  });
  const token = await sessionOf(db, "lead");
  const browsers = [first, second].map(({ name, office: port }) => {
    const ca = readFileSync(join(at.folder, name, "certificate.pem"), "utf8");
    const browser = new Browser(port, ca);
    browser.cookies.set(sessionCookie, token);
    open.push(browser);
    return browser;
  });
  const [one, two] = browsers as [Browser, Browser];
  return {
    ...{ at, db },
    homes: { weber: home(at, "weber"), krause: home(at, "krause") },
    browser: (care) => (care === first ? one : two),
    sides: async (name) => {
      const isFirst = (await ownersOf(db)).get(name) === "one";
      return isFirst ? { owner: first, other: second } : { owner: second, other: first };
    },
  };
}
