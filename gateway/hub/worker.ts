/**
 * The hub's worker: the broker of the home, in a thread of its own so that no client can delay an
 * alarm.
 */
import { type Broker, type Login, startBroker } from "../../platform/broker.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { systemTime } from "../../platform/clock.ts";
import type { Sign } from "../../platform/intrusions.ts";
import type { BrokerListener } from "../../platform/listeners.ts";
import type { ThreadService } from "../../platform/thread-service.ts";
import { serveThread } from "../../platform/thread-service.ts";
import { Buckets } from "../../platform/throttle.ts";
import { mayPublish, maySubscribe } from "./acl.ts";
import { Keyring } from "./keyring.ts";
import type { EnrolledClient, FromWorker, HubPorts, Mail, WorkerSettings } from "./mail.ts";
import { openPairing } from "./pairing.ts";
import { openWeb } from "./web.ts";

/** Comfort wishes of one client; what exceeds them is not passed on, and said. */
const wishRate = { burst: 20, perSecond: 5 };

/** `obhut unpair` takes effect within this. */
const lookEveryMs = 1_000;

type Tell = (message: FromWorker) => void;

/** Passes on what clients say, and not more wishes than a home can have. */
function hearing(tell: Tell, note: (words: string) => void) {
  const wishes = new Buckets(wishRate, 100);
  return (client: EnrolledClient, _topic: string, payload: Buffer): void => {
    if (client.kind === "comfort" && !wishes.take(client.name, performance.now())) {
      note(`wishes of ${client.name} came too fast; some were left out`);
      return;
    }
    tell({ kind: "said", client: client.name, text: payload.toString() });
  };
}

/** Looks at what was unpaired; a disk that does not answer is not asked twice. */
function lookAt(keyring: Keyring, say: (words: string) => void): NodeJS.Timeout {
  let isLooking = false;
  return setInterval(() => {
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

async function open(
  settings: WorkerSettings,
  tell: Tell,
): Promise<ThreadService<HubPorts, readonly Mail[]>> {
  const { host, pagesDir, clients, folder } = settings;
  let broker: Broker | undefined;
  const say = (words: string): void => tell({ kind: "line", words });
  const note = (words: string, sign?: Sign): void => broker?.note(words, sign);
  const keyring = await Keyring.open({
    folder,
    clients,
    now: systemTime(),
    say,
    revoked: (name, why) => broker?.drop(name, why),
  });
  const post = openPairing({ redeem: (code) => keyring.redeem(code), say, note });
  const tls = settings.tls === undefined ? {} : { tls: settings.tls };
  const certificate = settings.tls?.cert;
  const trust = certificate === undefined ? {} : { certificate };
  const answer =
    pagesDir === undefined ? {} : { answer: openWeb({ folder: pagesDir, say, post, ...trust }) };
  const { mqtt, websocket } = settings.ports;
  const listeners: readonly BrokerListener[] = [
    { kind: "tcp", host, port: mqtt, ...tls },
    { kind: "websocket", host, port: websocket, ...tls, ...answer },
  ];
  const running = await startBroker<EnrolledClient>({
    listeners,
    limits: homeLimits,
    authenticate: ({ user, password }: Login) => {
      const client = keyring.clientOf(user, password);
      return client && { ...client, onePlace: client.kind === "tablet" };
    },
    mayPublish: (client, topic, payload) => mayPublish(client, topic, payload.length),
    maySubscribe: (client, filter) => {
      const may = maySubscribe(client, filter);
      if (may && client.kind === "tablet" && filter.startsWith("home/state/")) {
        tell({ kind: "joined" });
      }
      return may;
    },
    onIntrusion: (summary, tried) => tell({ kind: "intrusion", summary, tried }),
    onPublish: hearing(tell, note),
  });
  broker = running;
  const looking = lookAt(keyring, say);
  const [openMqtt = 0, openWebsocket = 0] = running.ports;
  return {
    open: { mqtt: openMqtt, websocket: openWebsocket },
    take: (mail) => {
      for (const { topic, payload, retain, qos } of mail) {
        running.publish(topic, payload, { retain, qos });
      }
      return mail.length;
    },
    close: () => {
      clearInterval(looking);
      return running.close();
    },
  };
}

serveThread(open);
