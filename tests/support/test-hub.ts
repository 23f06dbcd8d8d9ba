/** A hub on free ports with one client of each kind, and MQTT clients that log in to it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { openHub } from "../../gateway/hub/hub.ts";
import type { EnrolledClient, HubPorts, WorkerSettings } from "../../gateway/hub/mail.ts";
import type { Hub } from "../../gateway/ports.ts";
import { issueCredential } from "../../platform/credentials.ts";
import type { TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";

export const quietView: HomeView = {
  alarms: [],
  stove: null,
  modules: [],
  link: { care: "reachable" },
  signal: "none",
  fixtures: [],
  pause: { until: null },
  question: null,
  services: { offers: [], orders: [] },
  privacy: { told: [], looks: [], wellbeing: null },
};

export interface Received {
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly retain: boolean;
}

export interface TestHub {
  readonly hub: Hub;
  readonly ports: HubPorts;
  /** What was paired is kept here. */
  readonly folder: string;
  readonly requests: readonly (readonly [string, TabletRequest])[];
  readonly wishes: readonly (readonly [string, string, number])[];
  readonly intrusions: readonly string[];
  readonly lines: readonly string[];
  secretOf(name: string): string;
  client(name: string, words?: mqtt.IClientOptions): Promise<mqtt.MqttClient>;
  /** A client that has subscribed, and what it received. */
  reader(name: string, filters: readonly string[]): Promise<Received[]>;
  close(): Promise<void>;
}

const kinds = [
  ["tablet-1", "tablet", true],
  ["tablet-2", "tablet", false],
  ["flows", "comfort", false],
  ["toolbox", "installer", false],
  ["daughter", "viewer", false],
] as const;

export interface TestHubOptions {
  /** Another worker, in tests of its death. */
  readonly entry?: URL;
  readonly settings?: Partial<WorkerSettings>;
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const { entry, settings } = options;
  const secrets = new Map(kinds.map(([name]) => [name as string, issueCredential()]));
  const clients = kinds.map(([name, kind, local]): EnrolledClient => {
    const sha256 = secrets.get(name)?.sha256 ?? "";
    return { name, kind, local, sha256 };
  });
  const requests: (readonly [string, TabletRequest])[] = [];
  const wishes: (readonly [string, string, number])[] = [];
  const intrusions: string[] = [];
  const lines: string[] = [];
  const open: mqtt.MqttClient[] = [];
  const place = mkdtempSync(join(tmpdir(), "obhut hub-"));
  const folder = settings?.folder ?? join(place, "hub");
  const { hub, ports } = await openHub({
    home: "home-1",
    resident: "Frau Weber",
    phone: "112",
    timezone: "Europe/Berlin",
    boot: "boot-1",
    clock: {
      now: () => instant(12_345),
      wall: () => ({ wall_ms: 1_700_000_000_000, trusted: true }),
    },
    settings: { host: "127.0.0.1", ports: { mqtt: 0, websocket: 0 }, clients, folder, ...settings },
    listener: {
      request: (client, request) => void requests.push([client, request]),
      wish: (client, device, level) => void wishes.push([client, device, level]),
      intrusion: (summary) => void intrusions.push(summary),
    },
    say: (words) => lines.push(words),
    ...(entry === undefined ? {} : { entry }),
  });
  const secretOf = (name: string): string => secrets.get(name)?.secret ?? "";
  const client: TestHub["client"] = async (name, words = {}) => {
    const made = await mqtt.connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`, {
      clientId: name,
      username: name,
      password: secretOf(name),
      reconnectPeriod: 0,
      keepalive: 30,
      ...words,
    });
    made.on("error", () => undefined);
    open.push(made);
    return made;
  };
  return {
    hub,
    ports,
    folder,
    requests,
    wishes,
    intrusions,
    lines,
    secretOf,
    client,
    async reader(name, filters) {
      const received: Received[] = [];
      const made = await client(name, { reconnectPeriod: 20 });
      made.on("message", (topic, payload, { retain }) => {
        received.push({ topic, message: JSON.parse(payload.toString()), retain });
      });
      await made.subscribeAsync([...filters], { qos: 1 });
      return received;
    },
    async close() {
      for (const one of open) one.end(true);
      await hub.close();
      rmSync(place, { recursive: true });
    },
  };
}
