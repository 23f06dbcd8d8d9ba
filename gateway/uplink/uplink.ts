/**
 * The path to the care service. A message goes out at once and again until its receipt; a beat goes
 * each way and proves that somebody lives there. Nothing in here throws, waits, or forgets an
 * alarm.
 */
import { randomUUID } from "node:crypto";
import { openSession, type SessionListener } from "../../platform/broker-session.ts";
import { rateLimited } from "../../platform/log.ts";
import {
  emptyOutbox,
  linkDown,
  linkUp,
  nextDue,
  type Outbox,
  put,
  settle,
  takeDue,
} from "../../platform/outbox.ts";
import { seenMessages } from "../../platform/seen.ts";
import { wordsOf } from "../../platform/words.ts";
import {
  type Beat,
  beatSchema,
  type DownMessage,
  downMessageSchema,
  type UpBody,
  type UpMessage,
} from "../../protocol/messages.ts";
import { messageBytesMax, parseJson } from "../../protocol/parse.ts";
import { between, type Duration } from "../../protocol/time.ts";
import { careTopics } from "../../protocol/topics.ts";
import type { Clock, OutboxMessage, Uplink, UplinkListener } from "../ports.ts";
import { lineOf, rankOf, type UpLine } from "./line.ts";

/** Beats sent without an answer before the connection is given up and made anew. */
const unansweredMax = 3;

export interface UplinkSettings {
  /** `mqtts://host:port` of the care service. */
  readonly url: string;
  /**
   * The care service's certificate (PEM), the only one trusted; without it the system's
   * authorities.
   */
  readonly ca?: string;
  readonly home: string;
  readonly password: string;
  /** Id of this start of the gateway; travels with every message. */
  readonly boot: string;
  readonly beatEvery: Duration;
}

export interface UplinkParts {
  readonly settings: UplinkSettings;
  readonly clock: Clock;
  readonly listener: UplinkListener;
  /** A sentence for the log; called a bounded number of times. */
  readonly say: (level: "info" | "warn", words: string) => void;
  /** Between 0 and 1; spreads the retries of many homes. */
  readonly chance?: () => number;
}

/** Builds the path; `start` opens it. */
export function createUplink(parts: UplinkParts): Uplink {
  return new CareUplink(parts);
}

class CareUplink implements Uplink {
  private readonly parts: UplinkParts;
  private readonly topics: ReturnType<typeof careTopics>;
  private readonly session: ReturnType<typeof openSession>;
  private readonly seen = seenMessages();
  private readonly warn: (words: string) => void;
  private box: Outbox<UpLine> = emptyOutbox();
  private holds: Beat["holds"] = [];
  private again: NodeJS.Timeout | undefined;
  private beating: NodeJS.Timeout | undefined;
  private unanswered = 0;
  private urgent = false;
  private lastCause = "";
  private saidDown = false;

  constructor(parts: UplinkParts) {
    this.parts = parts;
    const { home, url, ca, password } = parts.settings;
    this.topics = careTopics(home);
    this.warn = rateLimited((words) => parts.say("warn", words), 10, 60_000);
    const listener: SessionListener = {
      up: () => this.up(),
      down: (cause) => this.down(cause),
      message: (topic, payload) => this.receive(topic, payload),
    };
    const { chance } = parts;
    const settings = {
      url,
      ...(chance === undefined ? {} : { chance }),
      clientId: home,
      user: home,
      password,
      ...(ca === undefined ? {} : { ca }),
      subscriptions: [
        { topic: this.topics.down, qos: 1 },
        { topic: this.topics.beatDown, qos: 0 },
      ],
      isCalm: () => !this.urgent && !this.box.waiting.some(({ line }) => line.rank === "alarm"),
    } as const;
    this.session = openSession(settings, listener);
  }

  start(): void {
    this.session.start();
  }

  send(message: OutboxMessage): void {
    const { box, replaced, dropped } = put(this.box, lineOf(message), this.parts.clock.now());
    this.box = box;
    // Not within this call: the journal must hear of the younger line first.
    for (const { id } of replaced) queueMicrotask(() => this.settled(id));
    for (const { id, body } of dropped) {
      this.warn(`the outbox is full: ${body.kind} ${id} was given up`);
    }
    if (rankOf(message.body) === "alarm") this.hurry();
    this.flush();
  }

  setUrgent(urgent: boolean): void {
    const begins = urgent && !this.urgent;
    this.urgent = urgent;
    if (begins) this.hurry();
  }

  /** A session that cannot even begin says so itself, and tries again. */
  private hurry(): void {
    if (!this.box.linked) this.session.hurry();
  }

  setHolds(holds: Beat["holds"]): void {
    this.holds = holds;
  }

  close(leaving: Beat["leaving"] = null): Promise<void> {
    clearTimeout(this.again);
    clearInterval(this.beating);
    if (leaving !== null && this.box.linked) this.sendBeat({ leaving });
    this.box = linkDown(this.box);
    return this.session.close();
  }

  private up(): void {
    this.lastCause = "";
    this.saidDown = false;
    this.unanswered = 0;
    this.parts.say("info", "connected to the care service");
    this.box = linkUp(this.box, this.parts.clock.now());
    this.beating = setInterval(() => this.beat(), this.parts.settings.beatEvery);
    // Messages first: they may be an alarm. The beat then tells what this side holds.
    this.flush();
    this.beat();
  }

  private down(cause: string): void {
    clearInterval(this.beating);
    clearTimeout(this.again);
    this.box = linkDown(this.box);
    if (cause !== this.lastCause) this.warn(`no connection to the care service: ${cause}`);
    this.lastCause = cause;
    if (!this.saidDown) this.tell(() => this.parts.listener.disconnected());
    this.saidDown = true;
  }

  private head() {
    const { clock, settings } = this.parts;
    const { wall_ms, trusted } = clock.wall();
    const { home, boot } = settings;
    return { home, boot, at_ms: clock.now(), wall_ms, wall_trusted: trusted };
  }

  private beat(): void {
    if (this.unanswered >= unansweredMax) {
      this.session.cut(`${unansweredMax} beats were not answered`);
      return;
    }
    this.unanswered += 1;
    this.sendBeat({});
  }

  private sendBeat(more: Pick<Beat, "leaving">): void {
    const beat: Beat = { id: randomUUID(), ...this.head(), holds: this.holds, ...more };
    this.session.publish(this.topics.beatUp, JSON.stringify(beat), 0);
  }

  private publish(id: string, body: UpBody): void {
    const message: UpMessage = { id, ...this.head(), body };
    const sent = this.session.publish(this.topics.up, JSON.stringify(message), 1);
    // No room means that nothing is acknowledged any more. Not within this call of the outbox.
    if (!sent) setImmediate(() => this.session.cut("no room for another message"));
  }

  private flush(): void {
    clearTimeout(this.again);
    const now = this.parts.clock.now();
    const { box, lines } = takeDue(this.box, now);
    this.box = box;
    for (const { id, body } of lines) this.publish(id, body);
    const next = nextDue(box, now);
    if (next !== undefined) this.again = setTimeout(() => this.flush(), between(now, next));
  }

  private receive(topic: string, payload: Buffer): void {
    if (payload.length > messageBytesMax) {
      this.warn(`${topic}: a message of ${payload.length} bytes was refused`);
      return;
    }
    const text = payload.toString("utf8");
    if (topic === this.topics.beatDown) this.receiveBeat(text);
    else this.receiveMessage(text);
  }

  private receiveBeat(text: string): void {
    const read = parseJson(beatSchema, text);
    if (!read.ok) this.warn(`a beat of the care service was refused: ${read.why}`);
    else if (read.value.home === this.parts.settings.home) {
      this.unanswered = 0;
      this.tell(() => this.parts.listener.beat(read.value));
    }
  }

  private receiveMessage(text: string): void {
    const read = parseJson(downMessageSchema, text);
    if (!read.ok) this.warn(`a message of the care service was refused: ${read.why}`);
    else if (read.value.home !== this.parts.settings.home) {
      this.warn(`a message for ${read.value.home} was refused`);
    } else if (read.value.body.kind === "receipt") this.receiveReceipt(read.value.body.of);
    else this.receiveFact(read.value);
  }

  private receiveReceipt(of: string): void {
    const { box, known } = settle(this.box, of);
    this.box = box;
    if (!known) return;
    this.settled(of);
    this.flush();
  }

  private settled(id: string): void {
    this.tell(() => this.parts.listener.settled(id));
  }

  private receiveFact(message: DownMessage): void {
    const receipt = (): void => {
      if (this.box.linked) this.publish(randomUUID(), { kind: "receipt", of: message.id });
    };
    const known = this.seen.hear(message.id);
    if (known === "taken") receipt();
    if (known !== "new") return;
    this.tell(() =>
      this.parts.listener.message(message, () => {
        this.seen.take(message.id);
        receipt();
      }),
    );
  }

  /** A listener that throws is a fault of the program; the link outlives it, and it is said. */
  private tell(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      const why = wordsOf(thrown);
      this.warn(`the care service was not heard: ${why}`);
    }
  }
}
