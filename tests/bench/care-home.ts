/**
 * One home as the care service's bench plays it: the bytes of the real gateway on a real TLS
 * socket, with its pace of beats, pings and retries, and nothing else of it.
 */
import { randomUUID } from "node:crypto";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import { sessionLimits } from "../../platform/broker-session.ts";
import { retryAfter, retryLimits } from "../../platform/retry.ts";
import { careTopics } from "../../protocol/topics.ts";
import { connectPacket, packet, publishPacket, subscribePacket } from "../support/mqtt-bytes.ts";

/** What all homes share. */
export interface Line {
  readonly port: number;
  readonly context: SecureContext;
  readonly beatEveryMs: number;
  /** Calls `connect` as soon as this process can: the homes are many machines, and it is one. */
  begin(home: BenchHome): void;
}

/** What a home tells those who measure. */
export interface HomeEars {
  up(home: BenchHome): void;
  down(home: BenchHome, cause: string): void;
  /** Id of a message that is on the care service's disk. */
  receipt(home: BenchHome, of: string): void;
  custody(home: BenchHome, alarmId: string): void;
  beat(home: BenchHome): void;
}

interface Sent {
  readonly id: string;
  readonly body: object;
}

/** As the gateway's outbox ranks them. */
const isOfAlarm = ({ body }: Pick<Sent, "body">): boolean =>
  "kind" in body && body.kind !== "fault" && body.kind !== "receipt";

const unansweredMax = 3;
const ping = packet(0xc0);

export class BenchHome {
  readonly name: string;
  isUp = false;
  private readonly password: string;
  private readonly address: string;
  private readonly line: Line;
  private readonly ears: HomeEars;
  private readonly topics: ReturnType<typeof careTopics>;
  private readonly boot: string;
  private socket: TLSSocket | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isCalm = false;
  private upSince: number | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private begun = 0;
  private owedSince: number | undefined;
  private inFlight = 0;
  private nextPing = 0;
  private nextBeat = 0;
  private unanswered = 0;
  private failures = 0;
  private packetId = 0;
  /** Facts without a receipt: said again on each new connection, as the gateway's outbox does. */
  private readonly waiting = new Map<string, Sent>();

  constructor(nth: number, password: string, line: Line, ears: HomeEars) {
    this.name = homeName(nth);
    this.password = password;
    this.line = line;
    this.ears = ears;
    this.topics = careTopics(this.name);
    this.address = `127.1.${nth >> 8}.${nth & 0xff || 254}`;
    this.boot = `${this.name}-boot`;
  }

  connect(): void {
    this.begun = performance.now();
    this.rest = Buffer.alloc(0);
    const { port, context: secureContext } = this.line;
    // Node passes it on to the socket; its types know it only there.
    const from = { localAddress: this.address };
    const at = { host: "127.0.0.1", port, secureContext, ...from };
    const socket = connectTls({ ...at, checkServerIdentity: () => undefined });
    this.socket = socket;
    socket.setNoDelay(true);
    socket.once("secureConnect", () => {
      const words = { clientId: this.name, user: this.name, password: this.password };
      socket.write(connectPacket({ ...words, keepalive: sessionLimits.keepaliveS }));
    });
    socket.on("data", (bytes: Buffer) => this.hear(bytes));
    socket.on("error", (error) => this.lost(socket, error.message.slice(0, 40)));
    socket.on("close", () => this.lost(socket, "closed"));
  }

  /** The line is cut without a word, as in a power cut. */
  cut(): void {
    if (this.socket !== undefined) this.lost(this.socket, "cut");
  }

  stop(): void {
    clearTimeout(this.retry);
    const { socket } = this;
    this.socket = undefined;
    this.isUp = false;
    socket?.destroy();
  }

  /** Called twice a second: what the gateway's timers would do. */
  tick(now: number): void {
    const { socket } = this;
    if (socket === undefined) return;
    if (!this.isUp) {
      if (now - this.begun > sessionLimits.connectMs) this.lost(socket, "no connection in time");
      return;
    }
    if (this.owedSince !== undefined && now - this.owedSince > sessionLimits.silentMs) {
      this.lost(socket, "no answer in time");
      return;
    }
    if (now >= this.nextPing) {
      this.nextPing = now + sessionLimits.keepaliveS * 1_000;
      this.owedSince ??= now;
      socket.write(ping);
    }
    if (now < this.nextBeat) return;
    this.nextBeat = now + this.line.beatEveryMs;
    if (this.unanswered >= unansweredMax) this.lost(socket, "beats were not answered");
    else this.beat();
  }

  beat(): void {
    this.unanswered += 1;
    const beat = { id: randomUUID(), ...this.head(), holds: [] };
    this.socket?.write(publishPacket(this.topics.beatUp, JSON.stringify(beat)));
  }

  /** A fact, sent at once where there is a connection, and again on every new one. */
  tell(id: string, body: object): void {
    this.waiting.set(id, { id, body });
    if (this.isUp) this.publish({ id, body });
    else if (isOfAlarm({ body })) this.hurry();
  }

  /** A long wait ends with an alarm; a shorter one, and a try under way, go on. */
  private hurry(): void {
    if (this.retry === undefined || !this.isCalm) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.isCalm = false;
    this.failures = 0;
    this.line.begin(this);
  }

  private head(): object {
    const now = Date.now();
    return {
      home: this.name,
      boot: this.boot,
      at_ms: performance.now(),
      wall_ms: now,
      wall_trusted: true,
    };
  }

  private publish({ id, body }: Sent): void {
    this.inFlight += 1;
    this.owedSince ??= performance.now();
    this.packetId = (this.packetId % 65_535) + 1;
    const text = JSON.stringify({ id, ...this.head(), body });
    const bytes = publishPacket(this.topics.up, text, { qos: 1, messageId: this.packetId });
    this.socket?.write(bytes);
  }

  private lost(socket: TLSSocket, cause: string): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    this.isUp = false;
    this.owedSince = undefined;
    this.inFlight = 0;
    socket.destroy();
    const { upSince } = this;
    if (upSince !== undefined && performance.now() - upSince > retryLimits.lastedMs) {
      this.failures = 0;
    }
    this.upSince = undefined;
    this.isCalm = ![...this.waiting.values()].some(isOfAlarm);
    const waitMs = retryAfter(this.failures, this.isCalm, Math.random());
    this.failures += 1;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.line.begin(this);
    }, waitMs);
    this.ears.down(this, cause);
  }

  private rise(): void {
    this.isUp = true;
    this.upSince = performance.now();
    this.unanswered = 0;
    const now = performance.now();
    this.nextPing = now + sessionLimits.keepaliveS * 1_000;
    this.nextBeat = now + this.line.beatEveryMs;
    for (const sent of this.waiting.values()) this.publish(sent);
    this.beat();
    this.ears.up(this);
  }

  private hear(bytes: Buffer): void {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    for (;;) {
      const frame = frameOf(this.rest);
      if (frame === undefined) return;
      const body = this.rest.subarray(frame.head, frame.end);
      const first = this.rest[0] ?? 0;
      this.rest = this.rest.subarray(frame.end);
      this.owedSince = this.inFlight > 0 ? performance.now() : undefined;
      this.take(first, body);
    }
  }

  private take(first: number, body: Buffer): void {
    switch (first >> 4) {
      case 2:
        if (body[1] === 0) {
          this.socket?.write(subscribePacket(1, this.topics.down, this.topics.beatDown));
        } else if (this.socket !== undefined) this.lost(this.socket, `refused: ${body[1]}`);
        return;
      case 3:
        this.takePublish(first, body);
        return;
      case 4:
        this.inFlight = Math.max(0, this.inFlight - 1);
        return;
      case 9:
        this.rise();
        return;
      default:
    }
  }

  private takePublish(first: number, body: Buffer): void {
    const topicEnd = 2 + body.readUInt16BE(0);
    const topic = body.toString("utf8", 2, topicEnd);
    const qos = (first >> 1) & 3;
    if (qos === 1) this.socket?.write(packet(0x40, body.subarray(topicEnd, topicEnd + 2)));
    if (topic === this.topics.beatDown) {
      this.unanswered = 0;
      this.ears.beat(this);
      return;
    }
    const text = body.toString("utf8", topicEnd + (qos === 1 ? 2 : 0));
    const { id, body: said } = JSON.parse(text) as {
      readonly id: string;
      readonly body: { readonly kind: string; readonly of: string; readonly alarmId: string };
    };
    if (said.kind === "receipt") {
      this.waiting.delete(said.of);
      this.ears.receipt(this, said.of);
      return;
    }
    this.publish({ id: randomUUID(), body: { kind: "receipt", of: id } });
    if (said.kind === "custody-taken") this.ears.custody(this, said.alarmId);
  }
}

export const homeName = (nth: number): string => `home-${nth}`;

/** Where the first whole packet begins and ends; undefined while it is not whole. */
function frameOf(bytes: Buffer): { readonly head: number; readonly end: number } | undefined {
  let length = 0;
  for (let at = 1; at < 5; at += 1) {
    const digit = bytes[at];
    if (digit === undefined) return undefined;
    length += (digit & 0x7f) * 128 ** (at - 1);
    if (digit < 0x80) {
      const end = at + 1 + length;
      return bytes.length < end ? undefined : { head: at + 1, end };
    }
  }
  return undefined;
}
