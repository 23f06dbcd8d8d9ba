/** What the core asks the thread of the disk, and the answers that come later. */
import type { AnswerOf, Ask, FromDisk, ToDisk } from "./rows.ts";

type Answer = Extract<FromDisk, { kind: "answer" | "no-answer" }>;

interface Asked {
  readonly resolve: (value: AnswerOf[Ask["kind"]]) => void;
  readonly reject: (why: Error) => void;
}

export class Questions {
  private readonly send: (message: ToDisk) => void;
  private readonly asked = new Map<number, Asked>();
  private count = 0;

  constructor(send: (message: ToDisk) => void) {
    this.send = send;
  }

  /** Rejects with a sentence when the database cannot answer. */
  ask<Kind extends Ask["kind"]>(ask: Extract<Ask, { kind: Kind }>): Promise<AnswerOf[Kind]> {
    this.count += 1;
    const nth = this.count;
    return new Promise((resolve, reject) => {
      // The thread answers each kind of question with its own kind of answer.
      this.asked.set(nth, { resolve: resolve as Asked["resolve"], reject });
      this.send({ kind: "ask", nth, ask });
    });
  }

  hear(answer: Answer): void {
    const asked = this.asked.get(answer.nth);
    this.asked.delete(answer.nth);
    if (answer.kind === "answer") asked?.resolve(answer.value);
    else asked?.reject(new Error(answer.why));
  }
}
