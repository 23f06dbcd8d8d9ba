/**
 * What desks ask, answered once and the same again: a desk repeats a request until it is answered.
 */
import type { Broker } from "../platform/broker.ts";
import { type DeskAnswer, type DeskRequest, deskRequestSchema } from "../protocol/desk.ts";
import { parseJson } from "../protocol/parse.ts";
import { deskTopics } from "../protocol/topics.ts";

/** Requests remembered with their answers; beyond it the oldest is forgotten. People are slow. */
const rememberedMax = 1_024;

/** Asks the rules of the request's home; `answer` is called once. */
export type AskHome = (asked: DeskRequest, answer: (words: Omit<DeskAnswer, "of">) => void) => void;

export class DeskRequests {
  private readonly ask: AskHome;
  private readonly isMine: (home: string) => boolean;
  private readonly known = new Map<string, DeskAnswer | "pending">();

  /** Of a home that is not ours another process may know more: nothing is said of it. */
  constructor(ask: AskHome, isMine: (home: string) => boolean = () => true) {
    this.ask = ask;
    this.isMine = isMine;
  }

  /** Takes the bytes of an authenticated desk. What cannot be read is answered by nobody. */
  take(broker: Pick<Broker, "publish">, desk: string, payload: Buffer): void {
    const read = parseJson(deskRequestSchema, payload.toString("utf8"));
    if (!read.ok) return;
    const asked = read.value;
    const key = `${desk} ${asked.id}`;
    const send = (answer: DeskAnswer): void => {
      const text = JSON.stringify(answer);
      broker.publish(deskTopics.answer(desk), text, { retain: false, qos: 1 });
    };
    const before = this.known.get(key);
    if (before === undefined && !this.isMine(asked.home)) return;
    if (before === "pending") return;
    if (before !== undefined) {
      send(before);
      return;
    }
    this.remember(key, "pending");
    this.ask(asked, (words) => {
      const answer = { of: asked.id, ...words };
      this.remember(key, answer);
      send(answer);
    });
  }

  private remember(key: string, answer: DeskAnswer | "pending"): void {
    this.known.set(key, answer);
    const oldest = this.known.keys().next();
    if (this.known.size > rememberedMax && oldest.done === false) this.known.delete(oldest.value);
  }
}
