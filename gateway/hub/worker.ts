/**
 * The hub's worker: the broker of the home, in a thread of its own so that no client can delay an
 * alarm.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type Broker, type Login, startBroker } from "../../platform/broker.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { systemTime } from "../../platform/clock.ts";
import type { BrokerListener } from "../../platform/listeners.ts";
import { Buckets } from "../../platform/throttle.ts";
import { mayPublish, maySubscribe } from "./acl.ts";
import { Keyring } from "./keyring.ts";
import type { EnrolledClient, FromWorker, ToWorker, WorkerSettings } from "./mail.ts";
import { openPairing } from "./pairing.ts";
import { openWeb } from "./web.ts";

/** Comfort wishes of one client; what exceeds them is not passed on, and said. */
const wishRate = { burst: 20, perSecond: 5 };

/** `obhut unpair` takes effect within this. */
const lookEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error("gateway/hub/worker runs as a worker thread only");
const settings = workerData as WorkerSettings;
const wishes = new Buckets(wishRate, 100);
let broker: Broker | undefined;
let looking: NodeJS.Timeout | undefined;

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

const say = (words: string): void => tell({ kind: "line", words });

function hear(client: EnrolledClient, _topic: string, payload: Buffer): void {
  if (client.kind === "comfort" && !wishes.take(client.name, performance.now())) {
    broker?.note(`wishes of ${client.name} came too fast; some were left out`);
    return;
  }
  tell({ kind: "said", client: client.name, text: payload.toString() });
}

/** Looks at what was unpaired; a disk that does not answer is not asked twice. */
function lookAt(keyring: Keyring): void {
  let isLooking = false;
  looking = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    keyring
      .heed()
      .catch((thrown: unknown) => say(`what was unpaired cannot be read: ${String(thrown)}`))
      .finally(() => {
        isLooking = false;
      });
  }, lookEveryMs);
}

async function close(): Promise<void> {
  clearInterval(looking);
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
  const { host, pagesDir, clients, folder } = settings;
  const keyring = await Keyring.open({
    folder,
    clients,
    now: systemTime(),
    say,
    revoked: (name, why) => broker?.drop(name, why),
  });
  const note = (words: string): void => broker?.note(words);
  const post = openPairing({ redeem: (code) => keyring.redeem(code), say, note });
  const tls = settings.tls === undefined ? {} : { tls: settings.tls };
  const answer = pagesDir === undefined ? {} : { answer: openWeb({ folder: pagesDir, say, post }) };
  const { mqtt, websocket } = settings.ports;
  const listeners: readonly BrokerListener[] = [
    { kind: "tcp", host, port: mqtt, ...tls },
    { kind: "websocket", host, port: websocket, ...tls, ...answer },
  ];
  broker = await startBroker<EnrolledClient>({
    listeners,
    limits: homeLimits,
    authenticate: ({ user, password }: Login) => {
      const client = keyring.clientOf(user, password);
      return client && { ...client, onePlace: client.kind === "tablet" };
    },
    mayPublish: (client, topic, payload) => mayPublish(client, topic, payload.length),
    maySubscribe: (client, filter) => maySubscribe(client, filter),
    onIntrusion: (summary) => tell({ kind: "intrusion", summary }),
    onPublish: hear,
  });
  const [openMqtt = 0, openWebsocket = 0] = broker.ports;
  port?.on("message", take);
  lookAt(keyring);
  tell({ kind: "open", ports: { mqtt: openMqtt, websocket: openWebsocket } });
}

open().catch((error: unknown) => {
  tell({ kind: "closed-port", why: error instanceof Error ? error.message : String(error) });
  port?.close();
});
