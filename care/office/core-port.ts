/** What the office asks of the core, and the core's answers. */
import type { OfficeAnswer, OfficeRequest, ToCore } from "./mail.ts";
import { Refusal } from "./refusal.ts";

/** How long an answer may take before the person is told that nothing is certain. */
const answerWithinMs = 8_000;

/** People are slow: so many questions at once are not theirs. */
const pendingMax = 1_000;

export class CorePort {
  readonly #post: (message: ToCore) => void;
  readonly #withinMs: number;
  readonly #pending = new Map<number, (answer: OfficeAnswer | undefined) => void>();
  #nth = 0;

  constructor(post: (message: ToCore) => void, withinMs = answerWithinMs) {
    this.#post = post;
    this.#withinMs = withinMs;
  }

  tell(message: Exclude<ToCore, { kind: "request" }>): void {
    this.#post(message);
  }

  answered(nth: number, answer: OfficeAnswer): void {
    this.#pending.get(nth)?.(answer);
  }

  /** Resolves once it is on the core's disk. Rejects with the sentence why it was not taken. */
  async ask(request: OfficeRequest): Promise<void> {
    if (this.#pending.size >= pendingMax) {
      throw new Refusal(503, "too much is being asked at this moment; try again");
    }
    this.#nth += 1;
    const nth = this.#nth;
    const answer = await new Promise<OfficeAnswer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), this.#withinMs);
      this.#pending.set(nth, (words) => {
        clearTimeout(timer);
        resolve(words);
      });
      this.#post({ kind: "request", nth, request });
    });
    this.#pending.delete(nth);
    if (answer === undefined) {
      throw new Refusal(504, "no answer came; look whether it was taken before you try again");
    }
    if (!answer.taken) throw new Refusal(answer.again === true ? 503 : 409, answer.why);
  }
}
