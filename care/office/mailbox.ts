/**
 * The bounded way to the office. Pure. The latest state of a home replaces the one before; answers
 * wait for whoever asked; events give way first, and then old answers. No alarm depends on it.
 */
import type { DeskState } from "../../protocol/desk.ts";
import type { HomeBrief, ToOffice } from "./mail.ts";

export interface MailboxLimits {
  /** Mails that the office may have unhandled. */
  readonly credits: number;
  readonly answers: number;
  readonly events: number;
}

export const mailboxLimits: MailboxLimits = { credits: 256, answers: 1_000, events: 500 };

export class Mailbox {
  readonly #limits: MailboxLimits;
  /** Every home's latest state: what a new office must know. */
  readonly #states = new Map<string, DeskState>();
  readonly #unsent = new Set<string>();
  #homes: readonly HomeBrief[] = [];
  #helloDue = true;
  #tellingsDue = false;
  #answers: ToOffice[] = [];
  #events: ToOffice[] = [];
  #unhandled = 0;
  #lost = 0;

  constructor(limits: MailboxLimits = mailboxLimits) {
    this.#limits = limits;
  }

  get unhandled(): number {
    return this.#unhandled;
  }

  /** Events and answers that gave way since the start. */
  get lost(): number {
    return this.#lost;
  }

  hello(homes: readonly HomeBrief[]): void {
    this.#homes = homes;
    this.#helloDue = true;
    const kept = new Set(homes.map(({ home }) => home));
    for (const home of this.#states.keys()) {
      if (kept.has(home)) continue;
      this.#states.delete(home);
      this.#unsent.delete(home);
    }
  }

  put(message: Exclude<ToOffice, { kind: "hello" }>): void {
    switch (message.kind) {
      case "state":
        this.#states.set(message.view.home, message.view);
        this.#unsent.add(message.view.home);
        return;
      case "tellings":
        this.#tellingsDue = true;
        return;
      case "answer":
        this.#answers.push(message);
        this.#lost += this.#answers.splice(0, this.#answers.length - this.#limits.answers).length;
        return;
      case "event":
        this.#events.push(message);
        this.#lost += this.#events.splice(0, this.#events.length - this.#limits.events).length;
        return;
    }
  }

  /** What may be posted now: who is there, answers, rows that are due, states, then events. */
  take(): readonly ToOffice[] {
    const taken: ToOffice[] = [];
    const room = (): number => this.#limits.credits - this.#unhandled - taken.length;
    if (this.#helloDue && room() > 0) {
      this.#helloDue = false;
      taken.push({ kind: "hello", homes: this.#homes });
    }
    taken.push(...this.#answers.splice(0, Math.max(0, room())));
    if (this.#tellingsDue && room() > 0) {
      this.#tellingsDue = false;
      taken.push({ kind: "tellings" });
    }
    for (const home of this.#unsent) {
      if (room() <= 0) break;
      this.#unsent.delete(home);
      const view = this.#states.get(home);
      if (view !== undefined) taken.push({ kind: "state", view });
    }
    taken.push(...this.#events.splice(0, Math.max(0, room())));
    this.#unhandled += taken.length;
    return taken;
  }

  handled(count: number): void {
    this.#unhandled = Math.max(0, this.#unhandled - count);
  }

  /** A new office knows nothing: it gets everything that is true, and no old news or answers. */
  begin(): void {
    this.#unhandled = 0;
    this.#helloDue = true;
    this.#tellingsDue = true;
    this.#answers = [];
    this.#events = [];
    for (const home of this.#states.keys()) this.#unsent.add(home);
  }
}
