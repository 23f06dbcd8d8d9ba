/**
 * A whole house in real processes: virtual home, care service, gateway, a line between the last two
 * that can be cut, a desk and a tablet. The demo, the end-to-end tests, the campaigns and the
 * benchmarks use it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Desk, openDesk } from "../../care/desk-client.ts";
import { askStatus, type Status } from "../../gateway/health.ts";
import { type DeskEvent, deskEventSchema } from "../../protocol/desk.ts";
import { type ControlClient, connectToHome } from "../control-client.ts";
import { weber } from "../homes/weber.ts";
import { openTcpProxy, type TcpProxy } from "../tcp-proxy.ts";
import { freePort } from "./free-port.ts";
import { type HomeFileOptions, type HomeFiles, writeHomeFiles } from "./home-file.ts";
import { Program, until } from "./process.ts";
import { openTablet, type Tablet } from "./tablet.ts";

/** What the files of the rig say otherwise. */
type FileOptions = Partial<
  Pick<
    HomeFileOptions,
    | "home"
    | "stove"
    | "link"
    | "stepWithin_s"
    | "devices"
    | "care"
    | "careFiles"
    | "reach"
    | "confirms"
  >
>;

export interface RigOptions extends FileOptions {
  readonly seed?: number;
  /** Program of the gateway and of the care service: the sources, or what `npm run build` wrote. */
  readonly built?: boolean;
  /** Folder that stays; a temporary one, removed at the end, by default. */
  readonly folder?: string;
  /** The home's broker and page come back on the same ports, as in a real home. */
  readonly sameHubPort?: boolean;
  readonly onCareLine?: (line: string) => void;
}

/**
 * A program of this project, from wherever it is started: as source, or as built, like this one.
 */
function programOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}${extname(import.meta.url)}`, import.meta.url));
}

/** The processes and the ways to act on them. */
export class Rig {
  readonly folder: string;
  readonly files: HomeFiles;
  readonly home: ControlClient;
  readonly line: TcpProxy;
  /** What the care service said it did, in order: one JSON line each. */
  readonly careEvents: DeskEvent[] = [];
  care: Program;
  gateway: Program;
  private readonly options: RigOptions;
  private readonly sim: Program;
  private readonly opened: { close(): Promise<void> | void }[] = [];

  constructor(
    options: RigOptions,
    base: { folder: string; files: HomeFiles; home: ControlClient; line: TcpProxy; sim: Program },
  ) {
    this.options = options;
    this.folder = base.folder;
    this.files = base.files;
    this.home = base.home;
    this.line = base.line;
    this.sim = base.sim;
    this.care = this.startCare();
    this.gateway = this.startGateway();
  }

  private entry(file: string): string {
    return this.options.built === true ? `dist/${file}.js` : programOf(file);
  }

  startCare(): Program {
    this.care = new Program({
      name: "care service",
      args: [this.entry("care/main"), "--config", this.files.careFile, "--json"],
      logFile: join(this.folder, "care.log"),
      onLine: (line) => this.hearCare(line),
    });
    return this.care;
  }

  /** `env`: what is different at this start, such as another kernel's clock. */
  startGateway(env: Readonly<Record<string, string>> = {}): Program {
    this.gateway = new Program({
      name: "gateway",
      args: [this.entry("gateway/cli"), "start", "--config", this.files.homeFile],
      logFile: join(this.folder, "gateway.log"),
      env,
    });
    return this.gateway;
  }

  private hearCare(line: string): void {
    this.options.onCareLine?.(line);
    if (!line.startsWith("{")) return;
    const read = deskEventSchema.safeParse(JSON.parse(line));
    if (read.success) this.careEvents.push(read.data);
  }

  /** What the gateway says of itself; undefined while it does not run. */
  status(): Promise<Status | undefined> {
    return askStatus(join(this.files.dataDir, "status.sock")).catch(() => undefined);
  }

  /** Resolves once the gateway has its radio, its broker and its care service. */
  async ready(withinMs = 30_000): Promise<Status> {
    return until(
      "the gateway is ready",
      async () => {
        const status = await this.status();
        const whole =
          status !== undefined &&
          status.radio === "ready" &&
          status.care === "reachable" &&
          Object.keys(status.ports).length > 0;
        return whole ? status : undefined;
      },
      withinMs,
    );
  }

  /** An event of the care service that fits, past or to come. */
  careEvent(what: string, fits: (event: DeskEvent) => boolean, withinMs = 30_000) {
    return until(what, () => this.careEvents.find(fits), withinMs);
  }

  desk(): Desk {
    const desk = openDesk({
      url: `mqtts://127.0.0.1:${this.line.target}`,
      name: "desk",
      password: this.files.deskPassword,
      ca: readFileSync(this.files.careCertificate, "utf8"),
    });
    this.opened.push(desk);
    return desk;
  }

  /** A tablet in the home, with the credential of this client. */
  async tablet(client = "tablet"): Promise<Tablet> {
    const status = await this.ready();
    return this.tabletAt(status.ports["mqtt"] ?? 0, client);
  }

  /** A tablet at this port of the home's broker, also while the care service is out of reach. */
  async tabletAt(port: number, client = "tablet"): Promise<Tablet> {
    const tablet = await openTablet({
      port,
      client,
      token: this.files.tokens[client] ?? "",
    });
    this.opened.push(tablet);
    return tablet;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.opened.map(async (part) => part.close()));
    await Promise.allSettled([this.gateway.kill("SIGTERM"), this.care.kill("SIGTERM")]);
    this.home.close();
    await this.line.close();
    await this.sim.kill();
    if (this.options.folder === undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts everything; resolves once all processes run (not yet: `ready`). */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "obhut-rig-"));
  mkdirSync(folder, { recursive: true });
  const home = options.home ?? weber;
  const sim = new Program({
    name: "virtual home",
    args: [
      programOf("sim/main"),
      ...["--control", "0", "--seed", String(options.seed ?? 1)],
      ...["--state", join(folder, "home-state.json")],
    ],
    logFile: join(folder, "sim.log"),
  });
  const stick = await sim.line(/stick at \S*?:(\d+)/);
  const control = await sim.line(/control at \S*:(\d+)/);
  const carePort = await freePort();
  const line = await openTcpProxy(carePort);
  const { seed: _seed, built: _built, sameHubPort, onCareLine: _hear, ...ofFiles } = options;
  const files = await writeHomeFiles({
    ...ofFiles,
    folder,
    home,
    stickPort: Number(stick[1]),
    carePort,
    careLinePort: line.port,
    hubPort: sameHubPort === true ? await freePort() : 0,
    webPort: sameHubPort === true ? await freePort() : 0,
  });
  const client = await connectToHome(Number(control[1]));
  return new Rig(options, { folder, files, home: client, line, sim });
}
