/** A broker on a free port with two or three credentials, and clients that log in to it. */
import mqtt from "mqtt";
import type { Broker, BrokerOptions, Identity } from "../../platform/broker.ts";
import { startBroker } from "../../platform/broker.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { connectPacket, RawClient } from "./mqtt-bytes.ts";

export interface Heard {
  readonly who: string;
  readonly topic: string;
  readonly payload: string;
}

export interface TestBroker {
  readonly broker: Broker;
  readonly port: number;
  readonly heard: readonly Heard[];
  readonly intrusions: readonly string[];
  /** Connections and departures in order: `+anna`, `-anna`. */
  readonly comings: readonly string[];
  client(name: string, words?: mqtt.IClientOptions): Promise<mqtt.MqttClient>;
  raw(name: string, clientId?: string): Promise<RawClient>;
  /** Waits until something is true that another process or socket makes true. */
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Polls; the test's own time limit is the only clock. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const secretOf = (name: string): string => `secret-of-${name}`;

/**
 * Each client owns `own/NAME/#` and may read `shared/#`. Everybody whose secret is right may come.
 */
export async function startTestBroker(
  changes: Partial<BrokerOptions<Identity>> = {},
): Promise<TestBroker> {
  const heard: Heard[] = [];
  const intrusions: string[] = [];
  const comings: string[] = [];
  const open: (mqtt.MqttClient | RawClient)[] = [];
  const broker = await startBroker<Identity>({
    listeners: [{ kind: "tcp", host: "127.0.0.1", port: 0 }],
    limits: homeLimits,
    authenticate: ({ user, password }) =>
      password.toString() === secretOf(user) ? { name: user } : undefined,
    mayPublish: (who, topic) => topic.startsWith(`own/${who.name}/`),
    maySubscribe: (who, filter) =>
      filter.startsWith("shared/") || filter.startsWith(`own/${who.name}/`),
    onIntrusion: (summary) => intrusions.push(summary),
    onConnected: (who) => comings.push(`+${who.name}`),
    onGone: (who) => comings.push(`-${who.name}`),
    onPublish: (who, topic, payload) =>
      heard.push({ who: who.name, topic, payload: payload.toString() }),
    ...changes,
  });
  const port = broker.ports[0] ?? 0;
  return {
    broker,
    port,
    heard,
    intrusions,
    comings,
    until,
    async client(name, words = {}) {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: name,
        username: name,
        password: secretOf(name),
        reconnectPeriod: 0,
        keepalive: 30,
        ...words,
      });
      client.on("error", () => undefined);
      open.push(client);
      return client;
    },
    async raw(name, clientId = name) {
      const client = await RawClient.open(port);
      open.push(client);
      client.send(connectPacket({ clientId, user: name, password: secretOf(name) }));
      await client.hear(4);
      return client;
    },
    async close() {
      for (const client of open) {
        if (client instanceof RawClient) client.close();
        else client.end(true);
      }
      await broker.close();
    },
  };
}
