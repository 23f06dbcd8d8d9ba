/**
 * The MQTT broker of a home and of the care service: aedes behind gates. Nobody without a
 * credential, nothing retained but what the server retains, no sessions kept for the absent, and no
 * client that delays another.
 *
 * A client id must be the credential's name, or begin with it and a colon (`kitchen-tablet:2`); an
 * empty one is filled in. So nobody can take over or block the session of another credential.
 */
import { Aedes } from "aedes";
import { Admission } from "./admission.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import { forwardAll } from "./forward-all.ts";
import { Gate } from "./gate.ts";
import { Intrusions, nothingTried, type Sign, type Tried } from "./intrusions.ts";
import type { BrokerListener, OpenPort } from "./listeners.ts";
import { openPort } from "./listeners.ts";
import "./packet-numbers.ts";
import { quickRetained } from "./retained.ts";
import { Sessions } from "./sessions.ts";
import type { Wire } from "./wire.ts";

/** What a client shows at the door. */
export interface Login {
  readonly clientId: string;
  readonly user: string;
  readonly password: Buffer;
  readonly remote: string;
}

/** Whom a credential belongs to. `name` is unique among credentials and is what logs say. */
export interface Identity {
  readonly name: string;
  /** Its sessions at once, where the limit for all is not right. */
  readonly sessions?: number;
  /** It stands in one place: use from two addresses at once is said. */
  readonly onePlace?: boolean;
}

export interface BrokerOptions<Who extends Identity> {
  readonly listeners: readonly BrokerListener[];
  readonly limits: BrokerLimits;
  /** Whom the credential belongs to; undefined refuses. Must be quick: a hash and a comparison. */
  authenticate(login: Login): Who | undefined;
  /** False closes the connection: MQTT 3.1.1 has no other way to refuse a message. */
  mayPublish(who: Who, topic: string, payload: Buffer): boolean;
  /** False answers with 0x80 for this filter. */
  maySubscribe(who: Who, filter: string): boolean;
  /** Sentences about refused logins, topics and dropped clients, already at a bearable rate. */
  onIntrusion(summary: string, tried: Tried): void;
  /** The first session of a credential came; its last one went. */
  onConnected?(who: Who): void;
  onGone?(who: Who): void;
  /** A message of a client that it was allowed to publish. A throw here is reported, not fatal. */
  onPublish(who: Who, topic: string, payload: Buffer): void;
}

export interface PublishOptions {
  readonly retain: boolean;
  readonly qos: 0 | 1;
}

export interface BrokerStats {
  readonly clients: number;
  readonly strangers: number;
  /** Bytes that wait for clients to read them. */
  readonly unsentBytes: number;
  /** Connections ended by a limit: frozen, too slow, malformed, oversized. */
  readonly dropped: number;
  /** Refusals of any kind since the start. */
  readonly intrusions: number;
}

export interface Broker {
  /** In the order of the listeners. */
  readonly ports: readonly number[];
  /** Returns at once; never throws, never waits for a client. */
  publish(topic: string, payload: string | Buffer, options: PublishOptions): void;
  /** Ends every session of a credential, for one that was revoked. */
  drop(name: string, why: string): void;
  /**
   * Counts a refusal of the server's own with the others; `onIntrusion` hears it at a bearable
   * rate.
   */
  note(what: string, sign?: Sign): void;
  stats(): BrokerStats;
  /** Drops every client and closes the ports. */
  close(): Promise<void>;
}

/** How often frozen clients are looked for; with `frozenMs` it must stay below two seconds. */
export const watchEveryMs = 250;

/** Opens the ports. Rejects with a sentence when one cannot be opened; then none stays open. */
export async function startBroker<Who extends Identity>(
  options: BrokerOptions<Who>,
): Promise<Broker> {
  const { limits } = options;
  const admission = new Admission(limits);
  const intrusions = new Intrusions((summary, tried) => options.onIntrusion(summary, tried));
  const sessions = new Sessions(options, admission, intrusions);
  const aedes = new Aedes({
    concurrency: 1_000,
    connectTimeout: limits.connectWithinMs,
    keepaliveLimit: limits.keepaliveSeconds,
    maxTopicLevels: limits.topicLevels,
    maxInflightInbound: limits.inflight,
    maxClientsIdLength: 200,
    persistence: quickRetained(),
    ...sessions.handlers(),
  });
  forwardAll(aedes);
  sessions.watchEvents(aedes);
  await aedes.listen();
  const door = {
    admit(remote: string): boolean {
      const refusal = admission.admit(remote, performance.now());
      if (refusal !== undefined) {
        intrusions.note(`${refusal} from ${remote}`, performance.now(), "refused");
      }
      return refusal === undefined;
    },
    note: (what: string, sign?: Sign) => intrusions.note(what, performance.now(), sign),
    crowded(remote: string): void {
      intrusions.note(`too many connections wait; the most from ${remote}`, performance.now());
    },
    enter(wire: Wire, loggedIn: () => void): void {
      const gate: Gate = new Gate(wire, limits, {
        dropped: (why) => sessions.dropped(gate, why),
        flooding: () => sessions.flooding(gate),
      });
      sessions.strangerCame(gate, loggedIn);
      aedes.handle(gate);
    },
  };
  const ports: OpenPort[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(ports.map((port) => port.close()));
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  };
  try {
    for (const listener of options.listeners) ports.push(await openPort(listener, limits, door));
  } catch (error) {
    await closeAll();
    throw error;
  }
  const watch = setInterval(() => {
    sessions.watch(performance.now());
    intrusions.review(performance.now());
  }, watchEveryMs);
  return {
    ports: ports.map((port) => port.port),
    publish(topic, payload, { retain, qos }) {
      aedes.publish({ cmd: "publish", topic, payload, retain, qos, dup: false }, (error) => {
        if (!error) return;
        const words = `the broker could not publish ${topic}: ${error.message}`;
        options.onIntrusion(words, nothingTried);
      });
    },
    drop: (name, why) => sessions.drop(name, why),
    note: (what, sign) => intrusions.note(what, performance.now(), sign),
    stats: () => sessions.stats(),
    async close() {
      clearInterval(watch);
      sessions.dropEverybody();
      await closeAll();
    },
  };
}
