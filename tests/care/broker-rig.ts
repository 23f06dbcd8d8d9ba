/** The care service at a real mosquitto with the rights of deploy/mosquitto: processes and homes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { stringify } from "yaml";
import { issueCredential } from "../../platform/credentials.ts";
import { type DeskEvent, deskEventSchema } from "../../protocol/desk.ts";
import { Program } from "../../sim/demo/process.ts";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.ts";
import { maier, TestHome, until, yilmaz } from "./care-rig.ts";

export const password = issueCredential().secret;
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

const agreement = {
  version: 1,
  parties: [
    { ...maier, kind: "helper" },
    { ...yilmaz, kind: "helper" },
  ],
  fallback: [
    { tell: ["maier"], within_s: 5 },
    { tell: ["yilmaz"], within_s: 5 },
  ],
};

export interface Place {
  readonly folder: string;
  readonly broker: Mosquitto;
}

export async function place(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-link-"));
  open.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
  const logins = { names: ["weber", "krause"], desks: ["desk"], password };
  const broker = await startMosquitto(join(folder, "mosquitto"), logins);
  open.push({ close: () => broker.kill() });
  return { folder, broker };
}

export interface Care {
  readonly name: string;
  readonly program: Program;
  /** Of its office; 0 where it has none. */
  readonly office: number;
  readonly events: DeskEvent[];
}

/** `more` stands in the configuration; an agreement there is that of every home. */
export async function startCare(
  { folder, broker }: Place,
  name: string,
  url?: string,
  { agreement: written = agreement, ...more }: Readonly<Record<string, unknown>> = {},
): Promise<Care> {
  const config = join(folder, `${name}.yaml`);
  const homes = ["weber", "krause"].map((home) => ({
    home,
    password_sha256: "0".repeat(64),
    link: { beat_every_s: 1, silent_after_s: 120 },
    agreement: written,
  }));
  const database = url === undefined ? {} : { database: { url } };
  const document = {
    name,
    data: join(folder, name),
    broker: broker.settings,
    homes,
    ...database,
    ...more,
  };
  writeFileSync(config, stringify(document));
  const events: DeskEvent[] = [];
  const program = new Program({
    name,
    args: ["care/main.ts", "--config", config, "--json"],
    logFile: join(folder, `${name}.log`),
    onLine: (line) => {
      const read = deskEventSchema.safeParse(JSON.parse(line));
      if (read.success) events.push(read.data);
    },
  });
  open.push({ close: () => program.kill() });
  const [ready] = await program.line(/.*"kind":"ready".*/);
  const { office = 0 } = JSON.parse(ready) as { office?: number };
  return { name, program, office, events };
}

export function home({ broker }: Place, name: string): TestHome {
  const made = new TestHome({ port: broker.port, home: name, password, ca: broker.ca });
  open.push({ close: () => made.uplink.close() });
  return made;
}

export const said = ({ events }: Care, kind: DeskEvent["kind"], of: string) =>
  until(`${kind} of ${of}`, () =>
    events.find((event) => event.kind === kind && event.alarmId === of),
  );
