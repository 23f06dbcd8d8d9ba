/** A real care service in its own process, a line to it that can break, and homes that speak the real uplink. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type Desk, openDesk } from "../../care/desk-client.ts";
import type { OutboxMessage, Uplink } from "../../gateway/ports.ts";
import { issueCredential } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import type { Alarm } from "../../protocol/alarm.ts";
import { type DeskEvent, deskEventSchema } from "../../protocol/desk.ts";
import type { Beat, DownMessage } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { freePort } from "../../sim/demo/free-port.ts";
import { Program, until } from "../../sim/demo/process.ts";
import { openTcpProxy, type TcpProxy } from "../../sim/tcp-proxy.ts";
import { type HomeLogin, openHomeUplink } from "../support/home-uplink.ts";

export { until } from "../../sim/demo/process.ts";

export const maier = { id: "maier", name: "Frau Maier" };
export const yilmaz = { id: "yilmaz", name: "Herr Yilmaz" };

export const homeNames = ["weber", "krause"] as const;
const residents = { weber: "Frau Weber", krause: "Herr Krause" } as const;
type HomeName = (typeof homeNames)[number];

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

export function alarmOf(id: string, more: Partial<Alarm> = {}): Alarm {
  return {
    id,
    category: "emergency-call",
    level: "alarm",
    reason: "sos-pressed",
    room: "bedroom",
    raisedAt: instant(1_000),
    late: false,
    ...more,
  };
}

export const offerOf = (id: string, alarm: Alarm, epoch = 1): OutboxMessage => ({
  id,
  body: { kind: "custody-offered", alarm, epoch },
});

/** A home as the care service sees it: the real uplink, and a note of everything that came down it. */
export class TestHome {
  readonly heard: DownMessage[] = [];
  readonly beats: Beat[] = [];
  readonly settled: string[] = [];
  readonly said: string[] = [];
  readonly uplink: Uplink;
  /** False: messages are heard, but no receipt is ever sent. */
  taking = true;

  constructor(login: HomeLogin) {
    this.uplink = openHomeUplink(
      login,
      {
        message: (message, taken) => {
          this.heard.push(message);
          if (this.taking) taken();
        },
        beat: (beat) => this.beats.push(beat),
        disconnected: () => undefined,
        settled: (id) => this.settled.push(id),
      },
      (words) => this.said.push(words),
    );
  }

  send(message: OutboxMessage): void {
    this.uplink.send(message);
  }

  bodies<Kind extends DownMessage["body"]["kind"]>(kind: Kind) {
    type Body = Extract<DownMessage["body"], { kind: Kind }>;
    return this.heard.map(({ body }) => body).filter((body): body is Body => body.kind === kind);
  }

  /** Waits until the care service has said that it has custody. */
  custody(alarmId: string, withinMs?: number): Promise<true> {
    const taken = () => this.bodies("custody-taken").some((body) => body.alarmId === alarmId);
    return until(`custody of ${alarmId}`, () => (taken() ? true : undefined), withinMs);
  }

  connected(): Promise<true> {
    return until("a beat comes back", () => (this.beats.length > 0 ? true : undefined));
  }
}

export class CareRig {
  readonly folder: string;
  readonly port: number;
  readonly line: TcpProxy;
  readonly ca: string;
  readonly passwords: Readonly<Record<string, string>>;
  readonly configFile: string;
  readonly events: DeskEvent[] = [];
  readonly open: { close(): Promise<void> | void }[] = [];
  care: Program;

  constructor(base: Pick<CareRig, "folder" | "port" | "line" | "ca" | "passwords" | "configFile">) {
    this.folder = base.folder;
    this.port = base.port;
    this.line = base.line;
    this.ca = base.ca;
    this.passwords = base.passwords;
    this.configFile = base.configFile;
    this.care = this.start();
  }

  start(): Program {
    this.care = new Program({
      name: "care",
      args: ["care/main.ts", "--config", this.configFile, "--json"],
      logFile: join(this.folder, "care.log"),
      onLine: (line) => {
        const read = deskEventSchema.safeParse(JSON.parse(line));
        if (read.success) this.events.push(read.data);
      },
    });
    return this.care;
  }

  /** Takes a home out of the configuration; heard of at the next start. */
  forget(home: HomeName): void {
    const read = parse(readFileSync(this.configFile, "utf8")) as { homes: { home: string }[] };
    const homes = read.homes.filter((one) => one.home !== home);
    writeFileSync(this.configFile, stringify({ ...read, homes }));
  }

  ready(): Promise<RegExpExecArray> {
    return this.care.line(/"kind":"ready"/);
  }

  /** By the line that can break, unless told otherwise. */
  home(home: HomeName, more: { port?: number; password?: string } = {}): TestHome {
    const { port = this.line.port, password = this.passwords[home] ?? "" } = more;
    const made = new TestHome({ port, home, password, ca: this.ca });
    this.open.push({ close: () => made.uplink.close() });
    return made;
  }

  desk(): Desk {
    const settings = { name: "desk", password: this.passwords["desk"] ?? "", ca: this.ca };
    const desk = openDesk({ url: `mqtts://127.0.0.1:${this.port}`, ...settings });
    this.open.push(desk);
    return desk;
  }

  event(kind: DeskEvent["kind"], fits: (event: DeskEvent) => boolean = () => true) {
    return until(`the care service says ${kind}`, () =>
      this.events.find((event) => event.kind === kind && fits(event)),
    );
  }

  /** How often the care service believed that an alarm of a home was new, by alarm. */
  raisedCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { kind, reason, alarmId = "" } of this.events) {
      if (kind === "raised" && reason !== "home-silent")
        counts[alarmId] = (counts[alarmId] ?? 0) + 1;
    }
    return counts;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.open.map(async (part) => part.close()));
    await this.line.close();
    await this.care.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts the care service; `link` are settings of every home, `more` of the whole file. */
export async function startCareRig(
  link: Readonly<Record<string, number>> = {},
  more: Readonly<Record<string, unknown>> = {},
  prepare: (folder: string) => void = () => undefined,
): Promise<CareRig> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-care-"));
  prepare(folder);
  const port = await freePort();
  const made = [...homeNames, "desk"].map((name) => ({ name, ...issueCredential() }));
  const sha256 = (name: string) => made.find((one) => one.name === name)?.sha256;
  const configFile = join(folder, "care.yaml");
  const document = {
    listen: { host: "127.0.0.1", port },
    desks: [{ name: "desk", password_sha256: sha256("desk") }],
    homes: homeNames.map((home) => ({
      home,
      password_sha256: sha256(home),
      about: { resident: residents[home], address: "Lindenstraße 7", phone: "+49 711 5550100" },
      link: { beat_every_s: 1, silent_after_s: 120, ...link },
      agreement: more["agreement"] ?? agreement,
    })),
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "agreement")),
  };
  writeFileSync(configFile, stringify(document));
  mkdirSync(join(folder, "data"));
  await serverCertificate(join(folder, "data"), "care");
  const line = await openTcpProxy(port);
  const pem = readFileSync(join(folder, "data", "tls.pem"), "utf8");
  const rig = new CareRig({
    folder,
    port,
    line,
    configFile,
    ca: pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----")),
    passwords: Object.fromEntries(made.map(({ name, secret }) => [name, secret])),
  });
  await rig.ready();
  return rig;
}
