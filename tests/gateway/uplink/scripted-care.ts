/** A care service that says only what the test tells it to, behind a real broker. */
import { createUplink } from "../../../gateway/uplink/uplink.ts";
import { type Broker, startBroker } from "../../../platform/broker.ts";
import { careLimits } from "../../../platform/broker-limits.ts";
import type { Beat, DownBody, DownMessage, UpBody, UpMessage } from "../../../protocol/messages.ts";
import { instant, seconds } from "../../../protocol/time.ts";
import { careTopics } from "../../../protocol/topics.ts";
import { openTcpProxy, type TcpProxy } from "../../../sim/tcp-proxy.ts";

const topics = careTopics("weber");
const head = { home: "weber", boot: "care-1", at_ms: 1, wall_ms: 1, wall_trusted: true };

export const password = "a long random token of this test's home";

export class ScriptedCare {
  readonly heard: UpMessage[] = [];
  readonly beats: Beat[] = [];
  readonly line: TcpProxy;
  private readonly broker: Broker;
  private count = 0;
  /** Whether receipts are sent, and beats answered. */
  receipting = true;
  answering = true;

  private constructor(broker: Broker, line: TcpProxy) {
    this.broker = broker;
    this.line = line;
  }

  static async start(): Promise<ScriptedCare> {
    const waiting: { care?: ScriptedCare } = {};
    const broker = await startBroker({
      listeners: [{ kind: "tcp", host: "127.0.0.1", port: 0 }],
      limits: careLimits,
      authenticate: ({ user, password: shown }) =>
        shown.toString() === password ? { name: user } : undefined,
      mayPublish: () => true,
      maySubscribe: () => true,
      onIntrusion: () => undefined,
      onPublish: (_who, topic, payload) => waiting.care?.hear(topic, payload.toString()),
    });
    const care = new ScriptedCare(broker, await openTcpProxy(broker.ports[0] ?? 0));
    waiting.care = care;
    return care;
  }

  private hear(topic: string, text: string): void {
    if (topic === topics.beatUp) {
      this.beats.push(JSON.parse(text) as Beat);
      if (this.answering) this.beat([]);
      return;
    }
    const message = JSON.parse(text) as UpMessage;
    this.heard.push(message);
    if (this.receipting && message.body.kind !== "receipt") {
      this.say({ kind: "receipt", of: message.id });
    }
  }

  beat(holds: Beat["holds"]): void {
    this.raw(topics.beatDown, JSON.stringify({ id: "beat", ...head, holds }));
  }

  say(body: DownBody, id = `c${this.count}`): void {
    this.count += 1;
    const message: DownMessage = { id, ...head, body };
    this.raw(topics.down, JSON.stringify(message));
  }

  raw(topic: string, payload: string | Buffer): void {
    this.broker.publish(topic, payload, { retain: false, qos: topic === topics.down ? 1 : 0 });
  }

  receiptsFor(id: string): number {
    return this.heard.filter(({ body }) => body.kind === "receipt" && body.of === id).length;
  }

  /** What arrived, without receipts: `kind id`. */
  facts(): string[] {
    return this.heard
      .filter(({ body }) => body.kind !== "receipt")
      .map(({ body, id }) => `${body.kind} ${id}`);
  }

  async close(): Promise<void> {
    await this.line.close();
    await this.broker.close();
  }
}

/** The real uplink, and a note of everything it said to the gateway. */
export function openUplink(
  port: number,
  own: { shown?: string; throwing?: boolean; chance?: () => number } = {},
) {
  const messages: { message: DownMessage; taken: () => void }[] = [];
  const beats: Beat[] = [];
  const settled: string[] = [];
  const said: string[] = [];
  const breaks: number[] = [];
  const clock = {
    now: () => instant(performance.now()),
    wall: () => ({ wall_ms: 1, trusted: true }),
  };
  const uplink = createUplink({
    settings: {
      url: `mqtt://127.0.0.1:${port}`,
      home: "weber",
      password: own.shown ?? password,
      boot: "boot-1",
      beatEvery: seconds(1),
    },
    clock,
    listener: {
      message: (message, taken) => {
        messages.push({ message, taken });
        if (own.throwing === true) throw new Error("a fault of the program");
      },
      beat: (beat) => beats.push(beat),
      disconnected: () => breaks.push(clock.now()),
      settled: (id) => settled.push(id),
    },
    say: (_level, words) => said.push(words),
    ...(own.chance === undefined ? {} : { chance: own.chance }),
  });
  uplink.start();
  return { uplink, messages, beats, breaks, settled, said };
}

export const bodies = {
  offer: (alarmId: string, epoch = 1): UpBody => ({
    kind: "custody-offered",
    alarm: {
      id: alarmId,
      category: "emergency-call",
      level: "alarm",
      reason: "sos-pressed",
      raisedAt: instant(1),
      late: false,
    },
    epoch,
  }),
  accepted: (alarmId: string): UpBody => ({
    kind: "accepted",
    alarmId,
    by: { id: "maier", name: "Frau Maier" },
    nth: 1,
  }),
  closed: (alarmId: string): UpBody => ({
    kind: "closed",
    alarmId,
    closing: { by: { id: "maier", name: "Frau Maier" }, outcome: "helped", note: "" },
  }),
} as const;
