/** The wire between the care service and one home: messages once, receipts, outbox, beats. */
import { randomUUID } from "node:crypto";
import {
  emptyOutbox,
  linkDown,
  linkUp,
  nextDue,
  type Outbox,
  put,
  settle,
  takeDue,
} from "../platform/outbox.ts";
import { seenMessages } from "../platform/seen.ts";
import {
  type Beat,
  beatSchema,
  type DownBody,
  type DownMessage,
  type UpMessage,
  upMessageSchema,
} from "../protocol/messages.ts";
import { parseJson } from "../protocol/parse.ts";
import { between } from "../protocol/time.ts";
import { careTopics } from "../protocol/topics.ts";
import type { CareClock } from "./home.ts";
import type { DownLine } from "./line.ts";
import { type KeptHome, takenMax } from "./store/rows.ts";
import type { CareStore } from "./store/store.ts";

export interface HomeLinkParts {
  readonly home: string;
  readonly kept: Pick<KeptHome, "lines"> | undefined;
  readonly clock: CareClock;
  readonly boot: string;
  readonly store: CareStore;
  readonly publish: (topic: string, payload: string, qos: 0 | 1) => void;
  readonly warn: (words: string) => void;
  /** The home is heard anew, at this gateway time of its own. */
  readonly onLinked?: (at_ms: number) => void;
  /** Until when the resident is away; null while nobody said so. */
  readonly absentUntil?: () => number | null;
  /** The home has this line on its disk. */
  readonly onTaken?: (line: DownLine, at_ms: number) => void;
}

/** What the wire hands on. */
export interface HomeLinkListener {
  /** A message that was not heard before; `durable` must be called once it is on disk. */
  message(message: UpMessage, durable: () => void): void;
  beat(beat: Beat): void;
  /** What the answer to a beat says. */
  holds(): Beat["holds"];
}

/** How long what a home says may wait for the memory of what it said before; an offer never. */
const memoryMs = 1_000;

/** These are heard whatever the disk does; only their receipts wait for it (invariant 1). */
const ofAlarm: ReadonlySet<UpMessage["body"]["kind"]> = new Set<UpMessage["body"]["kind"]>([
  "custody-offered",
  "accepted",
  "declined",
  "closed",
]);

const isOfAlarm = ({ kind }: UpMessage["body"]): boolean => ofAlarm.has(kind);

export class HomeLink {
  private readonly parts: HomeLinkParts;
  private readonly topics: ReturnType<typeof careTopics>;
  private readonly seen: ReturnType<typeof seenMessages>;
  private box: Outbox<DownLine> = emptyOutbox();
  private again: NodeJS.Timeout | undefined;
  /** The gateway subscribed anew since it was last heard: whatever was sent before may be lost. */
  private fresh = true;
  /** Which messages were taken before this start is read when the home is there. */
  private memory: "unread" | "asked" | "read" = "unread";
  private early: (() => void)[] = [];

  constructor(parts: HomeLinkParts) {
    this.parts = parts;
    this.topics = careTopics(parts.home);
    this.seen = seenMessages([], takenMax);
    for (const line of parts.kept?.lines ?? []) this.hold(JSON.parse(line) as DownLine);
  }

  /** Whether what is sent now goes out. */
  get linked(): boolean {
    return this.box.linked;
  }

  stop(): void {
    this.early = [];
    this.gone();
  }

  /** Messages to the home, on disk by now. */
  send(lines: readonly DownLine[]): void {
    for (const line of lines) this.hold(line);
    this.flush();
  }

  subscribed(): void {
    this.fresh = true;
    this.remember();
  }

  gone(): void {
    this.box = linkDown(this.box);
    clearTimeout(this.again);
  }

  /** Bytes that the broker took from this home's own gateway. */
  receive(topic: string, payload: Buffer, listener: HomeLinkListener): void {
    const text = payload.toString("utf8");
    if (topic === this.topics.beatUp) this.receiveBeat(text, listener);
    else this.receiveMessage(text, listener);
  }

  /** What a beat says has changed: a home that is there need not wait for its next one. */
  beat(holds: readonly Beat["holds"][number][]): void {
    if (this.box.linked) this.sendBeat(holds);
  }

  private sendBeat(holds: readonly Beat["holds"][number][]): void {
    const absent_until_wall = this.parts.absentUntil?.() ?? null;
    const said = { holds: [...holds], absent_until_wall };
    const beat: Beat = { id: randomUUID(), ...this.head(), ...said };
    this.parts.publish(this.topics.beatDown, JSON.stringify(beat), 0);
  }

  private remember(): void {
    if (this.memory !== "unread") return;
    this.memory = "asked";
    const timer = setTimeout(() => this.recall([]), memoryMs);
    this.parts.store
      .taken(this.parts.home)
      .then(
        (ids) => this.recall(ids),
        () => this.recall([]),
      )
      .finally(() => clearTimeout(timer));
  }

  /** Without the memory a repeat is heard again, which the rules bear: better than not at all. */
  private recall(ids: readonly string[]): void {
    this.memory = "read";
    for (const id of ids) {
      this.seen.hear(id);
      this.seen.take(id);
    }
    const { early } = this;
    this.early = [];
    for (const hear of early) hear();
  }

  private hold(line: DownLine): void {
    const { home, store, clock, warn } = this.parts;
    const { box, replaced, dropped } = put(this.box, line, clock.now());
    this.box = box;
    for (const { id } of [...replaced, ...dropped]) store.append({ kind: "settle", home, id });
    for (const { id, body } of dropped) warn(`the outbox is full: ${body.kind} ${id} was given up`);
  }

  private heard(at_ms: number): void {
    if (!this.fresh && this.box.linked) return;
    this.fresh = false;
    this.box = linkUp(this.box, this.parts.clock.now());
    this.flush();
    this.parts.onLinked?.(at_ms);
  }

  private receiveBeat(text: string, listener: HomeLinkListener): void {
    const { home, warn } = this.parts;
    const read = parseJson(beatSchema, text);
    if (!read.ok) warn(`a beat was refused: ${read.why}`);
    else if (read.value.home !== home) warn(`a beat in the name of ${read.value.home} was refused`);
    else {
      this.heard(read.value.at_ms);
      listener.beat(read.value);
      // The answer proves the whole way there and back, and says what the disk has.
      this.sendBeat(listener.holds());
    }
  }

  private receiveMessage(text: string, listener: HomeLinkListener): void {
    const { home, warn } = this.parts;
    const read = parseJson(upMessageSchema, text);
    if (!read.ok) warn(`a message was refused: ${read.why}`);
    else if (read.value.home !== home) {
      warn(`a message in the name of ${read.value.home} was refused`);
    } else {
      this.heard(read.value.at_ms);
      const { body, at_ms } = read.value;
      if (body.kind === "receipt") this.receiveReceipt(body.of, at_ms);
      else this.receiveFact(read.value, listener);
    }
  }

  private receiveReceipt(of: string, at_ms: number): void {
    const line = this.box.waiting.find((held) => held.line.id === of)?.line;
    this.box = settle(this.box, of).box;
    if (line === undefined) return;
    this.parts.onTaken?.(line, at_ms);
    this.parts.store.append({ kind: "settle", home: this.parts.home, id: of });
    this.flush();
  }

  private receiveFact(message: UpMessage, listener: HomeLinkListener): void {
    if (this.memory !== "read" && message.body.kind !== "custody-offered") {
      this.early.push(() => this.receiveFact(message, listener));
      this.remember();
      return;
    }
    if (!isOfAlarm(message.body) && !this.parts.store.hasRoom(this.parts.home)) {
      this.parts.warn("the disk does not keep up: a fault or a note must be said again");
      return;
    }
    const known = this.seen.hear(message.id);
    if (known === "taken") this.receipt(message.id);
    if (known !== "new") return;
    listener.message(message, () => {
      this.seen.take(message.id);
      this.receipt(message.id);
    });
  }

  private receipt(of: string): void {
    this.publish(randomUUID(), { kind: "receipt", of });
  }

  private head() {
    const { home, boot, clock } = this.parts;
    const { wall_ms, trusted } = clock.wall();
    return { home, boot, at_ms: clock.now(), wall_ms, wall_trusted: trusted };
  }

  private publish(id: string, body: DownBody): void {
    const message: DownMessage = { id, ...this.head(), body };
    this.parts.publish(this.topics.down, JSON.stringify(message), 1);
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
}
