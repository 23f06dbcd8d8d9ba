/** A real office in its own thread over HTTPS, a scripted core before it, and browsers with cookies. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { type OfficeFront, type OfficeListener, startOffice } from "../../../care/office/front.ts";
import type {
  NotifySettings,
  OfficeAnswer,
  OfficeRequest,
  OfficeSettings,
  TellingProgress,
} from "../../../care/office/mail.ts";
import { digestOf, newToken } from "../../../care/office/tokens.ts";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { DatabasePlace } from "../../../care/store/place.ts";
import type { CareDatabase, NewRow } from "../../../care/store/schema.ts";
import { makeCertificate } from "../../../platform/tls.ts";
import type { AccountRole } from "../../../protocol/care-api.ts";
import { sessionCookie } from "../../../protocol/care-http.ts";
import type { DeskState } from "../../../protocol/desk.ts";
import { instant } from "../../../protocol/time.ts";

export { until } from "../../../sim/demo/process.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: Record<string, unknown>;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of as JSON. */
  readonly raw?: string | Buffer;
}

const jsonOf = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** Speaks HTTPS and keeps cookies as a browser does. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly port: number;
  readonly ca: string;
  readonly agent: Agent;

  constructor(port: number, ca: string) {
    this.port = port;
    this.ca = ca;
    this.agent = new Agent({ ca, keepAlive: true });
  }

  get(path: string, sent: Sent = {}): Promise<Answer> {
    return this.ask("GET", path, undefined, sent);
  }

  post(path: string, body: unknown = {}, sent: Sent = {}): Promise<Answer> {
    return this.ask("POST", path, body, sent);
  }

  headersOf(sent: Sent, method: string): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return {
      ...(method === "GET" ? {} : { "content-type": "application/json", "x-obhut": "1" }),
      ...(cookie === "" ? {} : { cookie }),
      ...sent.headers,
    };
  }

  ask(method: string, path: string, body?: unknown, sent: Sent = {}): Promise<Answer> {
    const bytes = sent.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    // Node frames a body of DELETE only when told how long it is.
    const length =
      bytes === undefined ? {} : { "content-length": String(Buffer.byteLength(bytes)) };
    const headers = { ...this.headersOf(sent, method), ...length };
    const { port, agent } = this;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: "127.0.0.1", port, path, method, headers, agent },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(parts).toString("utf8");
            this.keep(response.headers["set-cookie"] ?? []);
            const status = response.statusCode ?? 0;
            resolve({ status, headers: response.headers, text, json: jsonOf(text) });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(bytes);
    });
  }

  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

export const agreement = {
  version: 1,
  parties: [
    { id: "maier", name: "Frau Maier", kind: "helper", reach: ["sms:+4915112345678"] },
    { id: "yilmaz", name: "Herr Yilmaz", kind: "helper", reach: ["mailto:yilmaz@example.org"] },
    { id: "dienst", name: "Pflegedienst", kind: "professional", reach: ["tel:+49711123"] },
  ],
  chains: [
    {
      name: "night",
      for: ["emergency-call"],
      from: "22:00",
      until: "06:00",
      steps: [{ tell: ["dienst"], within_s: 60 }],
    },
  ],
  fallback: [
    { tell: ["maier"], within_s: 60 },
    { tell: ["yilmaz"], within_s: 60 },
  ],
};

export const noWays: NotifySettings = {
  language: "de",
  mail: null,
  sms: null,
  voice: null,
  push: null,
};

export const homes = {
  weber: { resident: "Frau Erika Weber", group: "north" },
  krause: { resident: "Herr Otto Krause", group: "south" },
} as const;
export type HomeName = keyof typeof homes;

function knownRow(home: HomeName): NewRow<"known_homes"> {
  return {
    home,
    resident: homes[home].resident,
    address: `Lindenweg 4, ${home}stadt`,
    phone: "+49 711 555123",
    key_safe: `Safe neben der Tür, ${home}`,
    notes: `Hört schlecht auf dem linken Ohr (${home})`,
    timezone: "Europe/Berlin",
    home_group: homes[home].group,
    link: "{}",
    credential_sha256: null,
    revoked: 0,
    maintenance_until_wall: null,
    drill_due_wall: null,
    absent_until_wall: null,
    imported_version: 1,
    imported_credential: null,
  };
}

interface SessionOptions {
  readonly groups?: readonly string[];
  readonly home?: string;
  readonly party?: string;
  readonly factor?: 0 | 1;
}

/** An account with a session; returns the token of its cookie. */
export async function sessionOf(
  db: Kysely<CareDatabase>,
  role: AccountRole,
  more: SessionOptions = {},
): Promise<string> {
  const { groups = ["*"], home = null, party = null, factor = 1 } = more;
  const token = newToken();
  const now = Date.now();
  const id = `${role}-${digestOf(token).slice(0, 6)}`;
  await db
    .insertInto("accounts")
    .values({
      id,
      name: id,
      email: null,
      role,
      groups: JSON.stringify(groups),
      home,
      party,
      password: null,
      totp_secret: factor === 1 ? "JBSWY3DPEHPK3PXP" : null,
      totp_last: null,
      disabled: 0,
      created_wall: now,
    })
    .execute();
  await db
    .insertInto("sessions")
    .values({
      token_sha256: digestOf(token),
      account: id,
      created_wall: now,
      seen_wall: now,
      expires_wall: now + 3_600_000,
      second_factor: factor,
    })
    .execute();
  return token;
}

const mortal = new URL("./mortal-office.ts", import.meta.url);

/** What the office asked the core, with the way to answer. */
interface Asked {
  readonly request: OfficeRequest;
  readonly answer: (words: OfficeAnswer) => void;
}

export class OfficeRig {
  readonly folder: string;
  readonly place: DatabasePlace;
  readonly ca: string;
  readonly settings: OfficeSettings;
  readonly db: Kysely<CareDatabase>;
  readonly asked: Asked[] = [];
  readonly progress: TellingProgress[] = [];
  readonly changed: string[] = [];
  readonly warnings: string[] = [];
  readonly browsers: Browser[] = [];
  /** What the core says to every request; undefined: nothing, the test answers. */
  reply: OfficeAnswer | undefined = { taken: true, why: "" };
  front: OfficeFront | undefined;

  constructor(
    base: Pick<OfficeRig, "folder" | "place" | "ca" | "settings"> & {
      readonly db: Kysely<CareDatabase>;
    },
  ) {
    this.folder = base.folder;
    this.place = base.place;
    this.ca = base.ca;
    this.settings = base.settings;
    this.db = base.db;
  }

  /** `die`, `throw` or `hang`: what happens to the thread, once. */
  strike(word: "die" | "throw" | "hang"): void {
    writeFileSync(join(this.settings.pagesDir, word), "");
  }

  async start(): Promise<void> {
    const listener: OfficeListener = {
      request: (request, answer) => {
        this.asked.push({ request, answer });
        if (this.reply !== undefined) answer(this.reply);
      },
      tellingStage: (progress) => this.progress.push(progress),
      homesChanged: (home) => this.changed.push(home),
      warn: (text) => this.warnings.push(text),
    };
    this.front = await startOffice(this.settings, listener, {
      entry: mortal,
      hungMs: 3_000,
    });
    const all = Object.keys(homes).map((home) => ({ home, timezone: "Europe/Berlin" }));
    this.front.hello(all);
  }

  get port(): number {
    return this.front?.port ?? 0;
  }

  browser(): Browser {
    const made = new Browser(this.port, this.ca);
    this.browsers.push(made);
    return made;
  }

  /** An account with a session behind the second factor. */
  async as(role: AccountRole, more: SessionOptions = {}): Promise<Browser> {
    const token = await sessionOf(this.db, role, more);
    const browser = this.browser();
    browser.cookies.set(sessionCookie, token);
    return browser;
  }

  /** An open alarm: its row on the disk and the core's view of it. */
  async alarm(home: HomeName, id: string, row: Partial<NewRow<"alarms">> = {}): Promise<void> {
    const now = Date.now();
    await this.db
      .insertInto("alarms")
      .values({
        home,
        id,
        category: "emergency-call",
        level: "alarm",
        reason: "sos-pressed",
        room: "bath",
        device: "bath-button",
        drill: 0,
        late: 0,
        raised_wall: now - 2_000,
        custody_wall: now - 1_000,
        accepted_wall: null,
        accepted_by: null,
        closed_wall: null,
        closed_by: null,
        outcome: null,
        note: null,
        false_alarm: null,
        ...row,
      })
      .execute();
  }

  view(
    home: HomeName,
    alarms: readonly string[],
    coming: readonly string[] = [],
    lapsed: readonly string[] = [],
  ): void {
    const now = Date.now();
    const view: DeskState = {
      home,
      at_ms: 1_000,
      wall_ms: now,
      wall_trusted: true,
      link: "reachable",
      alarms: alarms.map((id) => ({
        alarm: {
          id,
          category: "emergency-call",
          level: "alarm",
          reason: "sos-pressed",
          room: "bath",
          raisedAt: instant(1),
          late: false,
        },
        epoch: 1,
        coming: coming.map((who) => ({ id: who, name: who })),
        declined: [],
        told: [{ id: "maier", name: "Frau Maier" }],
        step: 0,
        round: 0,
        due_ms: 31_000,
        falseAlarmSaid: false,
        lapsed: lapsed.map((who) => ({ id: who, name: who })),
        reached: [],
        note: null,
      })),
    };
    this.front?.put({ kind: "state", view });
  }

  /** A row as the core's step makes it. */
  async telling(
    home: HomeName,
    alarm: string,
    more: Partial<NewRow<"tellings">> = {},
  ): Promise<NewRow<"tellings">> {
    const now = Date.now();
    const way = more.way ?? "sms";
    const row: NewRow<"tellings"> = {
      id: `effect-${digestOf(newToken()).slice(0, 8)}/${way}`,
      home,
      alarm,
      party: "maier",
      name: "Frau Maier",
      step: 0,
      round: 0,
      repeat: 0,
      drill: 0,
      way,
      address: "sms:+4915112345678",
      token_sha256: null,
      stage: "due",
      due_wall: now,
      tries: 0,
      created_wall: now,
      sent_wall: null,
      delivered_wall: null,
      seen_wall: null,
      answered_wall: null,
      error: null,
      ...more,
    };
    await this.db.insertInto("tellings").values(row).execute();
    this.front?.put({ kind: "tellings" });
    return row;
  }

  async row(id: string) {
    return await this.db
      .selectFrom("tellings")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
  }

  async close(): Promise<void> {
    for (const browser of this.browsers) browser.close();
    await this.front?.close();
    await this.db.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RigOptions {
  readonly notify?: NotifySettings;
  readonly place?: DatabasePlace;
  readonly pages?: boolean;
}

export async function startOfficeRig(options: RigOptions = {}): Promise<OfficeRig> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-office-"));
  const place = options.place ?? { sqliteFile: join(folder, "care.db") };
  const pagesDir = join(folder, "pages");
  mkdirSync(pagesDir);
  if (options.pages === true) {
    for (const page of ["care", "helper"]) {
      mkdirSync(join(pagesDir, page, "assets"), { recursive: true });
      writeFileSync(join(pagesDir, page, "index.html"), `<!doctype html><title>${page}</title>`);
      writeFileSync(join(pagesDir, page, "assets", "main-1.js"), "export {};\n");
    }
    writeFileSync(join(folder, "secret.txt"), "not a page");
  }
  const tls = await makeCertificate("care");
  const db = await openCareDatabase(place);
  for (const home of Object.keys(homes) as HomeName[]) {
    await db.insertInto("known_homes").values(knownRow(home)).execute();
    await db
      .insertInto("agreements")
      .values({ home, version: 1, body: JSON.stringify(agreement), by_account: null, wall: 1 })
      .execute();
  }
  const rig = new OfficeRig({
    folder,
    place,
    ca: tls.cert,
    db,
    settings: {
      database: place,
      host: "127.0.0.1",
      port: 0,
      publicUrl: null,
      tls,
      pagesDir,
      notify: options.notify ?? noWays,
      retention: {
        eventsDays: 30,
        alarmsDays: 1_095,
        accessLogDays: 365,
        contextDays: 30,
        ordersDays: 30,
      },
    },
  });
  await rig.start();
  return rig;
}
