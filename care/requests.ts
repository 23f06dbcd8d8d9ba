/**
 * What is asked over the wire, answered once and the same again: whoever asks repeats a request
 * until it is answered.
 */
import type { z } from "zod";
import type { Broker } from "../platform/broker.ts";
import { parseJson } from "../protocol/parse.ts";
import type { OfficeAnswer } from "./office/mail.ts";

/** Requests remembered with their answers; beyond it the oldest is forgotten. People are slow. */
const rememberedMax = 1_024;

export type Answer = (words: OfficeAnswer) => void;

export interface RequestParts<Asked> {
  readonly schema: z.ZodType<Asked>;
  /** Where answers to this asker go. */
  readonly answerTopic: (asker: string) => string;
  /** Carries it out; `answer` is called once, at the latest when it is on disk. */
  readonly ask: (asked: Asked, answer: Answer) => void;
  /** Of a home that is not ours another process may know more: nothing is said of it. */
  readonly isMine: (home: string) => boolean;
}

export class Requests<Asked extends { readonly id: string; readonly home: string }> {
  private readonly parts: RequestParts<Asked>;
  private readonly known = new Map<string, string | undefined>();

  constructor(parts: RequestParts<Asked>) {
    this.parts = parts;
  }

  /** Takes the bytes of an authenticated asker. What cannot be read is answered by nobody. */
  take(broker: Pick<Broker, "publish">, asker: string, payload: Buffer): void {
    const { schema, answerTopic, ask, isMine } = this.parts;
    const read = parseJson(schema, payload.toString("utf8"));
    if (!read.ok) return;
    const asked = read.value;
    const key = `${asker} ${asked.id}`;
    const send = (answer: string): void =>
      broker.publish(answerTopic(asker), answer, { retain: false, qos: 1 });
    if (this.known.has(key)) {
      const before = this.known.get(key);
      if (before !== undefined) send(before);
      return;
    }
    if (!isMine(asked.home)) return;
    this.remember(key, undefined);
    ask(asked, (words) => {
      const answer = JSON.stringify({ of: asked.id, ...words });
      this.remember(key, answer);
      send(answer);
    });
  }

  /** Undefined while the answer is awaited. */
  private remember(key: string, answer: string | undefined): void {
    this.known.set(key, answer);
    const oldest = this.known.keys().next();
    if (this.known.size > rememberedMax && oldest.done === false) this.known.delete(oldest.value);
  }
}
