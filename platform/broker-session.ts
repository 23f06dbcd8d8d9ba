/**
 * One MQTT connection, kept for ever: made again after every loss, and cut when the other end is
 * silent. MQTT.js is used for one connection at a time and never queues or repeats: what must not
 * be lost stands in an outbox of ours.
 */
import type { Socket } from "node:net";
import { MqttClient } from "mqtt";
import "./packet-numbers.ts";
import { openSocket, type SocketTarget } from "./pinned-socket.ts";
import { retryAfter, retryLimits } from "./retry.ts";
import { wordsOf } from "./words.ts";

/** Limits of a session; at each of them the connection is cut and made anew. */
export const sessionLimits = {
  /** From the first SYN to the granted subscriptions. */
  connectMs: 10_000,
  /**
   * From the known address to an answer to the SYN. Linux sends it at 0, 1, 3 and 7 s: a try that
   * began in a dead line is given up before a pause that would outlast the line's return.
   */
  reachMs: 3_500,
  /**
   * MQTT.js asks after so long, and gives up half of it later: an end that died without a word is
   * noticed within 15 s.
   */
  keepaliveS: 10,
  /** An answer is owed (PINGRESP, PUBACK) and nothing at all has come for so long. */
  silentMs: 6_000,
  /** Publishes on their way without PUBACK; above it `publish` refuses. */
  inFlight: 256,
  /** Bytes that the broker has not read; above it `publish` refuses. */
  unsentBytes: 4_194_304,
  /** Bytes received since the last whole packet. */
  unfinishedBytes: 262_144,
  watchMs: 500,
} as const;

export interface SessionSettings extends SocketTarget {
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  readonly subscriptions: readonly { readonly topic: string; readonly qos: 0 | 1 }[];
  /** Between 0 and 1; spreads the retries of many homes. */
  readonly chance?: () => number;
  /** Whether nobody waits for this connection; without it somebody always does. */
  readonly isCalm?: () => boolean;
  /** Publishes without PUBACK, where it is not the limit of a single home. */
  readonly inFlight?: number;
  /** Bytes that wait for the broker to read them; above it `publish` refuses. */
  readonly unsentBytes?: number;
}

export interface SessionListener {
  /** Connected, and every subscription granted. */
  up(): void;
  /** Lost, or not come about; not by `close`. Called once for each attempt, with a sentence. */
  down(cause: string): void;
  message(topic: string, payload: Buffer): void;
}

export interface BrokerSession {
  start(): void;
  /**
   * False when there is no connection or no room; nothing is kept. Returns at once, never throws.
   */
  publish(topic: string, payload: string, qos: 0 | 1, retain?: boolean): boolean;
  /** Somebody waits from now on: a long wait is ended at once, and the next ones begin anew. */
  hurry(): void;
  /** Gives this connection up, and makes another one. */
  cut(cause: string): void;
  close(): Promise<void>;
}

/** One attempt and the connection that comes of it; `ended` is called exactly once. */
class Connection {
  private readonly settings: SessionSettings;
  private readonly listener: SessionListener;
  private readonly ended: (cause: string) => void;
  private readonly watch: NodeJS.Timeout;
  private readonly begun = performance.now();
  private readonly socket: Socket;
  private reachingSince: number | undefined;
  private client: MqttClient | undefined;
  private phase: "connecting" | "up" | "over" = "connecting";
  private inFlight = 0;
  private owedSince: number | undefined;
  private bytesAtPacket = 0;

  constructor(
    settings: SessionSettings,
    listener: SessionListener,
    ended: (cause: string) => void,
  ) {
    this.settings = settings;
    this.listener = listener;
    this.ended = ended;
    this.socket = openSocket(
      settings,
      () => this.greet(),
      (why) => this.end(why),
    );
    this.socket.once("close", () => this.end("the connection was closed"));
    // How long a name server takes says nothing of the line.
    this.socket.once("connectionAttempt", () => {
      this.reachingSince = performance.now();
    });
    this.socket.once("connect", () => {
      this.reachingSince = undefined;
    });
    this.watch = setInterval(() => this.look(), sessionLimits.watchMs);
  }

  /** The other end is trusted: says who we are. */
  private greet(): void {
    if (this.phase === "over") return;
    const { clientId, user, password } = this.settings;
    const client = new MqttClient(() => this.socket, {
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId,
      username: user,
      password,
      clean: true,
      keepalive: sessionLimits.keepaliveS,
      reschedulePings: false,
      reconnectPeriod: 0,
      connectTimeout: sessionLimits.connectMs,
      queueQoSZero: false,
      resubscribe: false,
      timerVariant: "native",
    });
    client.on("connect", () => this.subscribe(client));
    client.on("message", (topic, payload) => this.take(topic, payload));
    client.on("packetsend", ({ cmd }) => {
      if (cmd === "pingreq") this.owedSince ??= performance.now();
    });
    client.on("packetreceive", () => this.heard());
    client.on("error", (error) => this.end(error.message));
    client.on("close", () => this.end("the connection was closed"));
    this.client = client;
  }

  private subscribe(client: MqttClient): void {
    const wanted = this.settings.subscriptions;
    if (wanted.length === 0) this.rise();
    else {
      const map = Object.fromEntries(wanted.map(({ topic, qos }) => [topic, { qos }]));
      client.subscribe(map, (error, granted) => {
        if (error !== null) this.end(`subscribing failed: ${error.message}`);
        // [MQTT-3.9.3] 128: the broker refuses this subscription.
        else if (granted?.some(({ qos }) => qos === 128)) this.end("a subscription was refused");
        else this.rise();
      });
    }
  }

  private rise(): void {
    if (this.phase !== "connecting") return;
    this.phase = "up";
    this.listener.up();
  }

  private take(topic: string, payload: Buffer): void {
    if (this.phase !== "over") this.listener.message(topic, payload);
  }

  private heard(): void {
    this.bytesAtPacket = this.socket.bytesRead;
    this.owedSince = this.inFlight > 0 ? performance.now() : undefined;
  }

  private look(): void {
    const now = performance.now();
    if (this.phase === "connecting" && now - this.begun > sessionLimits.connectMs) {
      this.end(`no connection within ${sessionLimits.connectMs} ms`);
    } else if (
      this.reachingSince !== undefined &&
      now - this.reachingSince > sessionLimits.reachMs
    ) {
      this.end(`nobody answered within ${sessionLimits.reachMs} ms`);
    } else if (this.owedSince !== undefined && now - this.owedSince > sessionLimits.silentMs) {
      this.end(`no answer for ${sessionLimits.silentMs} ms`);
    } else if (this.socket.bytesRead - this.bytesAtPacket > sessionLimits.unfinishedBytes) {
      this.end(`more than ${sessionLimits.unfinishedBytes} bytes without a packet`);
    }
  }

  publish(topic: string, payload: string, qos: 0 | 1, retain: boolean): boolean {
    const { client, settings, socket } = this;
    if (client === undefined || this.phase !== "up") return false;
    if (this.inFlight >= (settings.inFlight ?? sessionLimits.inFlight)) return false;
    if (socket.writableLength > (settings.unsentBytes ?? sessionLimits.unsentBytes)) return false;
    if (qos === 1) {
      this.inFlight += 1;
      this.owedSince ??= performance.now();
    }
    client.publish(topic, payload, { qos, retain }, () => {
      if (qos === 1) this.inFlight -= 1;
      if (this.inFlight === 0) this.owedSince = undefined;
    });
    return true;
  }

  end(cause: string): void {
    if (this.phase === "over") return;
    this.phase = "over";
    clearInterval(this.watch);
    // What the dead connection still has to say is of no interest, but must not end the process.
    this.client?.removeAllListeners();
    this.client?.on("error", () => undefined);
    this.client?.end(true);
    this.socket.on("error", () => undefined).destroy();
    this.ended(cause);
  }

  /** Says DISCONNECT first, when there is somebody to say it to. */
  leave(): Promise<void> {
    const { client } = this;
    if (client === undefined || this.phase !== "up") {
      this.end("closed here");
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(patience);
        this.end("closed here");
        resolve();
      };
      const patience = setTimeout(done, sessionLimits.watchMs);
      client.end(false, {}, done);
    });
  }
}

/** Keeps one connection to a broker. Nothing in here throws or waits. */
export function openSession(settings: SessionSettings, listener: SessionListener): BrokerSession {
  const chance = settings.chance ?? Math.random;
  const isCalm = settings.isCalm ?? (() => false);
  let connection: Connection | undefined;
  let retry: { readonly timer: NodeJS.Timeout; readonly isCalm: boolean } | undefined;
  let failures = 0;
  let upSince: number | undefined;
  let stopped = false;

  const connect = (): void => {
    retry = undefined;
    const up = (): void => {
      upSince = performance.now();
      listener.up();
    };
    try {
      connection = new Connection(settings, { ...listener, up }, ended);
    } catch (thrown) {
      ended(wordsOf(thrown));
    }
  };

  const ended = (cause: string): void => {
    connection = undefined;
    if (stopped) return;
    if (upSince !== undefined && performance.now() - upSince > retryLimits.lastedMs) failures = 0;
    upSince = undefined;
    const calm = isCalm();
    const waitMs = retryAfter(failures, calm, chance());
    failures += 1;
    retry = { timer: setTimeout(connect, waitMs), isCalm: calm };
    listener.down(cause);
  };

  const hurry = (): void => {
    if (stopped || retry?.isCalm !== true) return;
    clearTimeout(retry.timer);
    failures = 0;
    connect();
  };

  return {
    start: () => {
      if (!stopped && connection === undefined && retry === undefined) connect();
    },
    publish: (topic, payload, qos, retain = false) =>
      connection?.publish(topic, payload, qos, retain) ?? false,
    hurry,
    cut: (cause) => connection?.end(cause),
    close: async () => {
      stopped = true;
      clearTimeout(retry?.timer);
      await connection?.leave();
    },
  };
}
