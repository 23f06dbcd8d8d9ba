/**
 * The bounded way to the worker. Pure. State is coalesced by topic; announcements and answers wait
 * in order up to a bound and then the oldest gives way, counted; events give way first. No alarm
 * travels here.
 */
import type { Mail } from "./mail.ts";

export interface MailboxLimits {
  /** Mails that the worker may have unhandled. */
  readonly credits: number;
  /** Announcements and answers that wait. */
  readonly promises: number;
  /** Events that wait. */
  readonly events: number;
}

export const mailboxLimits: MailboxLimits = { credits: 64, promises: 500, events: 200 };

type Sort = "state" | "promise" | "event";

interface Posted {
  readonly sort: Sort;
  readonly mail: Mail;
}

export class Mailbox {
  readonly #limits: MailboxLimits;
  readonly #state = new Map<string, Mail>();
  #promises: Mail[] = [];
  #events: Mail[] = [];
  #posted: Posted[] = [];
  #lost = { promises: 0, events: 0 };

  constructor(limits: MailboxLimits = mailboxLimits) {
    this.#limits = limits;
  }

  /** Mails that the worker has and did not handle yet. */
  get unhandled(): number {
    return this.#posted.length;
  }

  /** What gave way since the start. */
  get lost(): { readonly promises: number; readonly events: number } {
    return this.#lost;
  }

  put(sort: Sort, mail: Mail): void {
    switch (sort) {
      case "state":
        this.#state.set(mail.topic, mail);
        return;
      case "promise":
        this.#promises.push(mail);
        this.#bound();
        return;
      case "event":
        this.#events.push(mail);
        this.#bound();
        return;
    }
  }

  /** What may be posted now: announcements and answers, then state, then events. */
  take(): readonly Mail[] {
    const taken: Posted[] = [];
    let room = this.#limits.credits - this.#posted.length;
    const move = (sort: Sort, mails: readonly Mail[]): void => {
      for (const mail of mails) taken.push({ sort, mail });
      room -= mails.length;
    };
    move("promise", this.#promises.splice(0, room));
    for (const [topic, mail] of this.#state) {
      if (room === 0) break;
      this.#state.delete(topic);
      move("state", [mail]);
    }
    move("event", this.#events.splice(0, room));
    this.#posted.push(...taken);
    return taken.map(({ mail }) => mail);
  }

  /** The worker has published the oldest `count` of what it had. */
  handled(count: number): void {
    this.#posted.splice(0, count);
  }

  /**
   * The worker is gone: what it had and may not have published waits again, before what came later.
   * Ids make a repeat harmless. Events are old news by then and are let go.
   */
  recall(): void {
    const posted = this.#posted;
    this.#posted = [];
    for (const { sort, mail } of posted) {
      if (sort === "state" && !this.#state.has(mail.topic)) this.#state.set(mail.topic, mail);
    }
    const promises = posted.filter(({ sort }) => sort === "promise").map(({ mail }) => mail);
    this.#promises = [...promises, ...this.#promises];
    this.#lost.events += posted.filter(({ sort }) => sort === "event").length;
    this.#bound();
  }

  #bound(): void {
    const promises = Math.max(0, this.#promises.length - this.#limits.promises);
    const events = Math.max(0, this.#events.length - this.#limits.events);
    this.#promises.splice(0, promises);
    this.#events.splice(0, events);
    this.#lost.promises += promises;
    this.#lost.events += events;
  }
}
