/** A real Node-RED process beside a real hub with TLS, and a tablet that watches both. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import mqtt from "mqtt";
import { openHub } from "../../gateway/hub/hub.ts";
import type { Hub } from "../../gateway/ports.ts";
import { issueCredential } from "../../platform/credentials.ts";
import { makeCertificate } from "../../platform/tls.ts";
import type { TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { until } from "../support/test-broker.ts";

const start = fileURLToPath(new URL("../../flows/start.ts", import.meta.url));

export const night = new Date(2026, 0, 1, 2, 30).getTime();
export const day = new Date(2026, 0, 1, 14, 30).getTime();

export interface FlowsHome {
  readonly hub: Hub;
  readonly wishes: readonly (readonly [string, string, number])[];
  readonly requests: readonly TabletRequest[];
  readonly intrusions: readonly string[];
  /** Kinds of the events that the tablet saw. */
  readonly seen: readonly string[];
  readonly tablet: mqtt.MqttClient;
  /** Starts Node-RED with the shipped flows, or with these. */
  start(env?: Readonly<Record<string, string>>, flows?: readonly object[]): FlowsProcess;
  move(device: string, wall_ms: number): void;
  close(): Promise<void>;
}

export interface FlowsProcess {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
}

const secret = "0123456789abcdef0123456789abcdef";

export async function openFlowsHome(): Promise<FlowsHome> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-flows-"));
  const identity = await makeCertificate("home-1");
  const certificate = join(folder, "home.pem");
  writeFileSync(certificate, identity.cert);
  const [comfort, tablet] = [issueCredential(), issueCredential()];
  const wishes: (readonly [string, string, number])[] = [];
  const requests: TabletRequest[] = [];
  const intrusions: string[] = [];
  const seen: string[] = [];
  const processes: FlowsProcess[] = [];
  const { hub, ports } = await openHub({
    home: "home-1",
    resident: "Frau Weber",
    phone: "112",
    timezone: "Europe/Berlin",
    boot: "boot-1",
    clock: { now: () => instant(1), wall: () => ({ wall_ms: night, trusted: true }) },
    settings: {
      host: "127.0.0.1",
      ports: { mqtt: 0, websocket: 0 },
      tls: identity,
      folder: join(folder, "hub"),
      clients: [
        { name: "comfort", kind: "comfort", local: false, sha256: comfort.sha256 },
        { name: "tablet", kind: "tablet", local: true, sha256: tablet.sha256 },
      ],
    },
    listener: {
      request: (_client, request) => void requests.push(request),
      wish: (client, device, level) => void wishes.push([client, device, level]),
      intrusion: (summary) => void intrusions.push(summary),
    },
    say: () => undefined,
  });
  const watcher = await mqtt.connectAsync(`mqtts://127.0.0.1:${ports.mqtt}`, {
    clientId: "tablet",
    username: "tablet",
    password: tablet.secret,
    ca: identity.cert,
    keepalive: 30,
  });
  watcher.on("message", (topic) => seen.push(topic));
  await watcher.subscribeAsync("home/event/#", { qos: 1 });
  let count = 0;
  return {
    hub,
    wishes,
    requests,
    intrusions,
    seen,
    tablet: watcher,
    start(env = {}, flows) {
      const own = join(folder, `flows-${processes.length}`);
      const settings = {
        OBHUT_FLOWS_DIR: own,
        OBHUT_FLOWS_SECRET: secret,
        OBHUT_COMFORT_TOKEN: comfort.secret,
        OBHUT_HUB_CERTIFICATE: certificate,
        OBHUT_HUB_PORT: String(ports.mqtt),
        ...env,
      };
      const made = startProcess(settings, own, flows);
      processes.push(made);
      return made;
    },
    move(device, wall_ms) {
      count += 1;
      const event: RuleEvent = {
        kind: "motion-sensed",
        device,
        moving: true,
        id: `motion-${count}`,
        at: instant(count),
      };
      hub.showEvent(event, { wall_ms, trusted: true });
    },
    async close() {
      for (const one of processes) one.child.kill("SIGKILL");
      await Promise.all(processes.map((one) => one.exit));
      watcher.end(true);
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Flows of a test get the shipped broker and its credential; the shipped tab is left out. */
function startProcess(
  env: Readonly<Record<string, string>>,
  folder: string,
  flows: readonly object[] | undefined,
): FlowsProcess {
  const entry =
    flows === undefined ? [start] : [fileURLToPath(import.meta.resolve("./own-flows.ts"))];
  const child = spawn(process.execPath, entry, {
    env: { ...process.env, ...env, OBHUT_TEST_FLOWS: JSON.stringify({ folder, flows }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { child, said: () => text, exit };
}

export const waitFor = until;
