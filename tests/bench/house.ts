/** The virtual home of a bench, in this process so that both stamps of a frame come from one clock. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Desk, openDesk } from "../../care/desk-client.ts";
import { askStatus } from "../../gateway/health.ts";
import { stoveGroup } from "../../gateway/radio/settings.ts";
import { isOff, readIncoming } from "../../sim/coordinator/af-frames.ts";
import { freePort } from "../../sim/demo/free-port.ts";
import { type HomeFiles, writeHomeFiles } from "../../sim/demo/home-file.ts";
import { Program, until } from "../../sim/demo/process.ts";
import { openTablet, type Tablet } from "../../sim/demo/tablet.ts";
import { writeHerdsmanFiles } from "../../sim/herdsman-files.ts";
import { weber } from "../../sim/homes/weber.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";

/** Lights besides those of the home, to be mute together. */
const moreLights = Array.from({ length: 20 }, (_, index) => ({
  name: `lamp-${index + 1}`,
  roles: ["light"],
  room: "hall",
  model: "RB 265",
  ieee: `0x00124b00265e${(0x2000 + index).toString(16)}`,
  nwk: 0x2000 + index,
}));
export const lamps: readonly string[] = moreLights.map(({ name }) => name);

const zoneCluster = 0x0500;
const smokeName = "kitchen-smoke";
const plugName = "stove-plug";

/** One alarm on its way: from the frame with it to the first `off` for the stove's plug. */
export class Stopwatch {
  private began = Number.NaN;
  private ended: ((ms: number) => void) | undefined;

  constructor(home: VirtualHome) {
    const { nwk } = home.device(smokeName).plan;
    const plug = { nwk: home.device(plugName).plan.nwk, group: stoveGroup };
    home.onFrame(({ direction, at, frame }) => {
      if (this.ended === undefined) return;
      if (direction === "to-host") {
        const data = Number.isNaN(this.began) ? readIncoming(frame) : undefined;
        if (data?.nwk === nwk && data.cluster === zoneCluster) this.began = at;
        return;
      }
      if (Number.isNaN(this.began) || !isOff(frame, plug)) return;
      this.ended(at - this.began);
      this.ended = undefined;
    });
  }

  /** Milliseconds from the alarm's frame to the `off`; rejects after 20 s. */
  async measure(alarm: () => void): Promise<number> {
    this.began = Number.NaN;
    let timer: NodeJS.Timeout | undefined;
    const taken = new Promise<number>((resolve, reject) => {
      this.ended = resolve;
      timer = setTimeout(() => reject(new Error("no off within 20 s of the alarm")), 20_000);
    });
    alarm();
    return taken.finally(() => clearTimeout(timer));
  }
}

/** Everything a bench needs but the gateway itself, which comes and goes. */
export class House {
  readonly home: VirtualHome;
  readonly files: HomeFiles;
  readonly folder: string;
  readonly stopwatch: Stopwatch;
  readonly desk: Desk;
  private readonly care: Program;
  private readonly bareFolder: string;
  tablet: Tablet | undefined;
  gateway: Program | undefined;

  private constructor(base: {
    home: VirtualHome;
    files: HomeFiles;
    folder: string;
    care: Program;
    carePort: number;
  }) {
    this.home = base.home;
    this.files = base.files;
    this.folder = base.folder;
    this.care = base.care;
    this.stopwatch = new Stopwatch(base.home);
    this.bareFolder = join(base.folder, "bare");
    mkdirSync(this.bareFolder, { recursive: true });
    this.desk = openDesk({
      url: `mqtts://127.0.0.1:${base.carePort}`,
      name: "desk",
      password: base.files.deskPassword,
      ca: readFileSync(base.files.careCertificate, "utf8"),
    });
  }

  static async build(folder: string, withLamps = false): Promise<House> {
    const devices = withLamps ? [...weber.devices, ...moreLights] : weber.devices;
    const home = await startVirtualHome({ seed: 1, home: { ...weber, devices } });
    const carePort = await freePort();
    const files = await writeHomeFiles({
      folder,
      home: home.plan,
      stickPort: home.port,
      carePort,
      careLinePort: carePort,
      hubPort: await freePort(),
    });
    const care = new Program({
      name: "care service",
      args: ["dist/care/main.js", "--config", files.careFile, "--json"],
      logFile: join(folder, "care.log"),
    });
    await care.line(/"ready"/).catch(async (thrown: unknown) => {
      await care.kill();
      await home.close();
      throw thrown;
    });
    return new House({ home, files, folder, care, carePort });
  }

  status() {
    return askStatus(join(this.files.dataDir, "status.sock")).catch(() => undefined);
  }

  /** Starts the built gateway; resolves with the ms from the start to "radio ready". */
  async startGateway(): Promise<number> {
    const began = performance.now();
    this.gateway = new Program({
      name: "gateway",
      args: ["dist/gateway/cli.js", "start", "--config", this.files.homeFile],
      logFile: join(this.folder, "gateway.log"),
    });
    const status = await until(
      "the gateway protects",
      async () => {
        const told = await this.status();
        return told?.radio === "ready" && told.ports["mqtt"] !== undefined ? told : undefined;
      },
      60_000,
    );
    const took = performance.now() - began;
    this.tablet = await openTablet({
      port: status.ports["mqtt"] ?? 0,
      client: "tablet",
      token: this.files.tokens["tablet"] ?? "",
    });
    return took;
  }

  async stopGateway(): Promise<void> {
    await this.tablet?.close();
    await this.gateway?.kill("SIGTERM");
    this.gateway = undefined;
  }

  /** Starts the bare handler; resolves with it and the ms from the start to its "ready". */
  async startBare(): Promise<{ bare: Program; took: number }> {
    writeHerdsmanFiles(this.bareFolder, this.home.plan);
    const began = performance.now();
    const bare = new Program({
      name: "bare handler",
      args: ["tests/bench/bare.ts", this.home.address, this.bareFolder],
      logFile: join(this.folder, "bare.log"),
    });
    await bare.line(/^ready$/, 60_000);
    return { bare, took: performance.now() - began };
  }

  /** A person closes what is open at the desk now. */
  closeAlarms(): void {
    const by = { id: "bench", name: "Bench" };
    for (const { alarm } of this.desk.openAlarms()) {
      void this.desk.closeAlarm(alarm.id, { by, outcome: "helped", note: "" });
    }
  }

  /** The alarm ends, a person closes it, and the stove gets power again: as after every real cut. */
  async afterCut(): Promise<void> {
    this.home.device(smokeName).act("clear");
    this.closeAlarms();
    this.home.stove.switchOn(1_800);
    let asked = Number.NEGATIVE_INFINITY;
    await until(
      "the stove is on again",
      async () => {
        const stove = (await this.status())?.stove;
        // Nobody walks in this kitchen; smoke cuts an unattended stove like any other.
        if (stove === "on" || stove === "unattended") return true;
        if (!this.home.stove.relay.closed && performance.now() - asked > 200) {
          asked = performance.now();
          this.tablet?.ask({ kind: "stove-reset" }, 60_000).catch(() => undefined);
        }
        return undefined;
      },
      60_000,
    );
  }

  alarm(): Promise<number> {
    return this.stopwatch.measure(() => this.home.device(smokeName).act("alarm"));
  }

  async close(): Promise<void> {
    await this.desk.close();
    await this.stopGateway();
    await this.care.kill("SIGTERM");
    await this.home.close();
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
