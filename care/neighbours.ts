/**
 * The other processes at the same broker: what a person asks here of a home that one of them looks
 * after is put to all, and answered by whoever has the home.
 */
import { type DeskRequest, deskAnswerSchema } from "../protocol/desk.ts";
import { parseJson } from "../protocol/parse.ts";
import { deskTopics } from "../protocol/topics.ts";
import type { OfficeAnswer } from "./office/mail.ts";

/** A home that changes hands is answered for anew within a lease; people wait less. */
const patienceMs = 10_000;
/** People are slow: so many questions at once are not theirs. */
const pendingMax = 200;

type Answer = (words: OfficeAnswer) => void;

export class Neighbours {
  /** The name by which this process asks, and under which answers come. */
  readonly name: string;
  private readonly publish: (topic: string, payload: string) => void;
  private readonly pending = new Map<string, Answer>();

  constructor(name: string, publish: (topic: string, payload: string) => void) {
    this.name = name;
    this.publish = publish;
  }

  /** `answer` is called once. */
  ask(asked: DeskRequest, answer: Answer): void {
    if (this.pending.size >= pendingMax) {
      answer({
        taken: false,
        why: "too much is being asked at this moment; try again",
        again: true,
      });
      return;
    }
    const timer = setTimeout(() => {
      this.pending.delete(asked.id);
      const why = `no process answered for ${asked.home}; look whether it was taken`;
      answer({ taken: false, why, again: true });
    }, patienceMs);
    this.pending.set(asked.id, (words) => {
      clearTimeout(timer);
      this.pending.delete(asked.id);
      answer(words);
    });
    this.publish(deskTopics.request(this.name), JSON.stringify(asked));
  }

  /** Bytes on this process's own topic of answers. */
  hear(payload: Buffer): void {
    const read = parseJson(deskAnswerSchema, payload.toString("utf8"));
    if (!read.ok) return;
    const { of, ...words } = read.value;
    this.pending.get(of)?.(words);
  }
}
