/** A gateway as a process of its own, alone: no stick, no care service. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { askStatus, type Status } from "../../../gateway/health.ts";
import { provision } from "../../../gateway/provision.ts";
import { serverCertificate } from "../../../platform/tls.ts";
import { Program, until } from "../../../sim/demo/process.ts";

const patienceMs = 60_000;

export interface AloneHome {
  readonly folder: string;
  readonly file: string;
  readonly journal: string;
  /** Starts a gateway; `node` are arguments before its program. */
  start(node?: readonly string[], env?: Readonly<Record<string, string>>): Program;
  /** The first status that is told, and that fits. */
  status(fits?: (status: Status) => boolean): Promise<Status>;
  log(): string;
  logged(words: string): Promise<true>;
  end(): Promise<void>;
}

/** A home in a new folder, or in one that is there. */
export async function aloneHome(place?: string): Promise<AloneHome> {
  const folder = place ?? mkdtempSync(join(tmpdir(), "obhut test home-"));
  const file = join(folder, "home.yaml");
  const written = parse(readFileSync("deploy/home.example.yaml", "utf8"));
  Object.assign(written, { data: "data", clock: "always" });
  written.radio.port = "tcp://127.0.0.1:1";
  Object.assign(written.hub, { host: "127.0.0.1", mqtt_port: 0, websocket_port: 0 });
  written.care.url = "mqtts://127.0.0.1:1";
  writeFileSync(file, stringify(written));
  const { cert } = await serverCertificate(join(folder, "care"), "care");
  writeFileSync(join(folder, "care.pem"), cert);
  provision(file);
  const running: Program[] = [];
  const logFile = join(folder, "gateway.log");
  const log = (): string => readFileSync(logFile, "utf8");
  return {
    folder,
    file,
    journal: join(folder, "data", "journal"),
    start(node = [], env = {}) {
      const args = [...node, "gateway/cli.ts", "start", "--config", file];
      const program = new Program({ name: "gateway", args, logFile, env });
      running.push(program);
      return program;
    },
    status: (fits = () => true) =>
      until(
        "a status",
        async () => {
          const told = await askStatus(join(folder, "data", "status.sock")).catch(() => undefined);
          return told !== undefined && fits(told) ? told : undefined;
        },
        patienceMs,
      ),
    log,
    logged: (words) =>
      until(
        `the log says "${words}"`,
        () => (log().includes(words) ? true : undefined),
        patienceMs,
      ),
    async end() {
      for (const program of running) if (program.runs) await program.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
