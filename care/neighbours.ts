/**
 * The other processes at the same broker: what a person asks here of a home that one of them looks
 * after is put to all, again and again, and answered by whoever has the home.
 */
import { z } from "zod";
import { deskAnswerSchema } from "../protocol/desk.ts";
import { parseJson } from "../protocol/parse.ts";
import { neighbourTopics } from "../protocol/topics.ts";
import type { Common } from "./places.ts";
import { type Answer, Requests } from "./requests.ts";
import { type Asked, askedSchema, carryOutOnce, undecided } from "./wishes.ts";

/** Shorter than the office waits for its core: the person hears whose answer was missing. */
const patienceMs = 7_000;
/** A home that changes hands in good order is taken up within seconds: its new process is asked. */
const againMs = 1_000;
/** People are slow: so many questions at once are not theirs. */
const pendingMax = 200;

/** As to a desk, and whether somebody may decide a moment later. */
export const neighbourAnswerSchema = deskAnswerSchema.extend({ again: z.boolean().optional() });

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
  ask(asked: Asked, answer: Answer): void {
    if (this.pending.size >= pendingMax) {
      answer(undecided("too much is being asked at this moment; try again"));
      return;
    }
    const send = (): void => this.tell(asked);
    const end: Answer = (words) => {
      clearInterval(again);
      clearTimeout(timer);
      this.pending.delete(asked.id);
      answer(words);
    };
    const again = setInterval(send, againMs);
    const timer = setTimeout(() => {
      const why = `no process that looks after ${asked.home} answered`;
      end(undecided(`${why} within ${patienceMs / 1_000} s; look whether it was taken`));
    }, patienceMs);
    this.pending.set(asked.id, end);
    send();
  }

  /** Says something that nobody here waits for. */
  tell(asked: Asked): void {
    this.publish(neighbourTopics.request(this.name), JSON.stringify(asked));
  }

  /** Bytes on this process's own topic of answers. */
  hear(payload: Buffer): void {
    const read = parseJson(neighbourAnswerSchema, payload.toString("utf8"));
    if (!read.ok) return;
    const { of, again = false, ...words } = read.value;
    this.pending.get(of)?.({ ...words, again });
  }
}

/** What neighbours ask of the homes of this process. */
export function neighbourRequestsOf(common: Common): Requests<Asked> {
  return new Requests({
    schema: askedSchema,
    answerTopic: neighbourTopics.answer,
    ask: (asked, answer) => carryOutOnce(common, asked, answer),
    isMine: (home) => common.places.has(home),
  });
}
