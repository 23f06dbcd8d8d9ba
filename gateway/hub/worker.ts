/** The hub's worker: the broker of the home, in a thread of its own so that no client can delay an alarm. */
import { parentPort, workerData } from "node:worker_threads";
import { type Broker, type Login, startBroker } from "../../platform/broker.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { isSecret } from "../../platform/credentials.ts";
import type { BrokerListener } from "../../platform/listeners.ts";
import { Buckets } from "../../platform/throttle.ts";
import { wishSchema } from "../../protocol/bus.ts";
import { requestSchema } from "../../protocol/messages.ts";
import { parseJson } from "../../protocol/parse.ts";
import { homeTopics } from "../../protocol/topics.ts";
import { mayPublish, maySubscribe, whyNotAsk } from "./acl.ts";
import type { EnrolledClient, FromWorker, ToWorker, WorkerSettings } from "./mail.ts";

/** Comfort wishes of one client; what exceeds them is not passed on, and said. */
const wishRate = { burst: 20, perSecond: 5 };

const port = parentPort;
if (port === null) throw new Error("gateway/hub/worker runs as a worker thread only");
const settings = workerData as WorkerSettings;
const clients = new Map(settings.clients.map((client) => [client.name, client]));
const wishes = new Buckets(wishRate, 100);
let broker: Broker | undefined;

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

function intrusion(what: string): void {
  broker?.note(what);
}

function authenticate({ user, password }: Login): EnrolledClient | undefined {
  const client = clients.get(user);
  return client !== undefined && isSecret(password, client.sha256) ? client : undefined;
}

function hear(client: EnrolledClient, _topic: string, payload: Buffer): void {
  const text = payload.toString();
  if (client.kind === "comfort") hearWish(client, text);
  else hearRequest(client, text);
}

function hearRequest(client: EnrolledClient, text: string): void {
  const read = parseJson(requestSchema, text);
  if (!read.ok) {
    intrusion(`a request of ${client.name} is not understood: ${read.why}`);
    return;
  }
  const why = whyNotAsk(client, read.value.request.kind);
  if (why === undefined) {
    tell({ kind: "request", client: client.name, request: read.value });
    return;
  }
  intrusion(`${client.name} may not ask for ${read.value.request.kind}: it is not local`);
  const answer = JSON.stringify({ of: read.value.id, taken: false, why });
  broker?.publish(homeTopics.answer(client.name), answer, { retain: false, qos: 1 });
}

function hearWish(client: EnrolledClient, text: string): void {
  if (!wishes.take(client.name, performance.now())) {
    intrusion(`wishes of ${client.name} came too fast; some were left out`);
    return;
  }
  const read = parseJson(wishSchema, text);
  if (!read.ok) {
    intrusion(`a wish of ${client.name} is not understood: ${read.why}`);
    return;
  }
  const { device, level } = read.value;
  tell({ kind: "wish", client: client.name, device, level });
}

async function close(): Promise<void> {
  await broker?.close();
  port?.close();
}

function take(message: ToWorker): void {
  if (message.kind === "close") {
    close().catch(() => process.exit(1));
    return;
  }
  for (const { topic, payload, retain, qos } of message.mail) {
    broker?.publish(topic, payload, { retain, qos });
  }
  tell({ kind: "handled", count: message.mail.length });
}

async function open(): Promise<void> {
  const tls = settings.tls === undefined ? {} : { tls: settings.tls };
  const listener = (kind: BrokerListener["kind"], at: number): BrokerListener => ({
    kind,
    host: settings.host,
    port: at,
    ...tls,
  });
  const { mqtt, websocket } = settings.ports;
  broker = await startBroker<EnrolledClient>({
    listeners: [listener("tcp", mqtt), listener("websocket", websocket)],
    limits: homeLimits,
    authenticate,
    mayPublish: (client, topic, payload) => mayPublish(client, topic, payload.length),
    maySubscribe: (client, filter) => maySubscribe(client, filter),
    onIntrusion: (summary) => tell({ kind: "intrusion", summary }),
    onPublish: hear,
  });
  const [openMqtt = 0, openWebsocket = 0] = broker.ports;
  port?.on("message", take);
  tell({ kind: "open", ports: { mqtt: openMqtt, websocket: openWebsocket } });
}

open().catch((error: unknown) => {
  tell({ kind: "closed-port", why: error instanceof Error ? error.message : String(error) });
  port?.close();
});
