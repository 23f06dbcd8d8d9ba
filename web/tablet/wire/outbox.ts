/**
 * What was asked of the home and is not answered yet. Each request has its id for good and is said
 * again until the home has answered: a repeat does nothing there. A call for help waits for ever,
 * over a reload too; everything else is void after a while, because "I am here" must not be said
 * when nobody is.
 */
import type { TabletAnswer, TabletRequest } from "../../../protocol/messages.ts";
import type { Shelf } from "./heard.ts";

export type Wish = TabletRequest["request"];

/** What became of a request. */
export type Asked =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unanswered" };

/** A call for help as this tablet knows it, in the page's own time, which no clock can jump. */
export interface Call {
  readonly id: string;
  /** Of one from before a reload: for ever ago. It takes longer than it should. */
  readonly pressedAt: number;
  /** When the home said that it has it on its disk; undefined until then. */
  readonly takenAt: number | undefined;
}

interface Waiting {
  readonly request: TabletRequest;
  readonly until: number;
  readonly asked: Promise<Asked>;
  readonly settle: (asked: Asked) => void;
}

export interface OutboxParts {
  /** Says it now, if there is a line. */
  readonly say: (request: TabletRequest) => void;
  /** The calls have changed. */
  readonly changed: () => void;
  /** Where calls outlive a reload. */
  readonly storage: Shelf;
  readonly now: () => number;
}

const sayEveryMs = 1_000;
const key = "obhut-calls";

/** An act at the stove is void when it is late; a choice or an order may take a little longer. */
const voidAfterMs = (kind: Wish["kind"]): number =>
  kind === "help" ? Number.POSITIVE_INFINITY : kind === "order" ? 30_000 : 10_000;

function readCalls(text: string | null): readonly Call[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(kept)) return [];
    const pressedAt = Number.NEGATIVE_INFINITY;
    return (kept as readonly Partial<Call>[]).flatMap(({ id }) =>
      typeof id === "string" ? [{ id, pressedAt, takenAt: undefined }] : [],
    );
  } catch {
    return [];
  }
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #waiting = new Map<string, Waiting>();
  #calls: readonly Call[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#calls = readCalls(parts.storage.getItem(key));
    for (const { id } of this.#calls) void this.#wait({ id, request: { kind: "help" } });
    this.#timer = setInterval(() => this.sayAll(), sayEveryMs);
  }

  /** Calls that this tablet sent or still has to send, oldest first. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Asks, and resolves with what became of it. */
  ask(wish: Wish): Promise<Asked> {
    const before = wish.kind === "help" ? this.#openCall() : undefined;
    if (before !== undefined) {
      this.#parts.say(before.request);
      return before.asked;
    }
    const request: TabletRequest = { id: crypto.randomUUID(), request: wish };
    const asked = this.#wait(request);
    if (wish.kind === "help") {
      const pressedAt = this.#parts.now();
      this.#keep([...this.#calls, { id: request.id, pressedAt, takenAt: undefined }]);
    }
    this.#parts.say(request);
    return asked;
  }

  /** Says again what is not answered, and lets go of what is void. */
  sayAll(): void {
    for (const { request, until, settle } of [...this.#waiting.values()]) {
      if (this.#parts.now() < until) this.#parts.say(request);
      else settle({ kind: "unanswered" });
    }
  }

  hear({ of, taken, why }: TabletAnswer): void {
    const isCall = this.#calls.some(({ id, takenAt }) => id === of && takenAt === undefined);
    // A call that the home refuses is said on: nobody has it.
    if (isCall && !taken) return;
    this.#waiting.get(of)?.settle(taken ? { kind: "taken" } : { kind: "refused", why });
    if (!isCall) return;
    const takenAt = this.#parts.now();
    this.#keep(this.#calls.map((call) => (call.id === of ? { ...call, takenAt } : call)));
  }

  /** Calls that a living home has had for so long are its own to tell from now on. */
  forgetTaken(sinceMs: number): void {
    const until = this.#parts.now() - sinceMs;
    const rest = this.#calls.filter(({ takenAt = Number.POSITIVE_INFINITY }) => takenAt > until);
    if (rest.length < this.#calls.length) this.#keep(rest);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A press while a call is not answered yet is that call: trembling makes no second one. */
  #openCall(): Waiting | undefined {
    return [...this.#waiting.values()].find(({ request }) => request.request.kind === "help");
  }

  #wait(request: TabletRequest): Promise<Asked> {
    let tell: (how: Asked) => void = () => undefined;
    const asked = new Promise<Asked>((resolve) => {
      tell = resolve;
    });
    const until = this.#parts.now() + voidAfterMs(request.request.kind);
    const settle = (how: Asked): void => {
      this.#waiting.delete(request.id);
      tell(how);
    };
    this.#waiting.set(request.id, { request, until, asked, settle });
    return asked;
  }

  #keep(calls: readonly Call[]): void {
    this.#calls = calls;
    try {
      const open = calls.filter(({ takenAt }) => takenAt === undefined).map(({ id }) => ({ id }));
      this.#parts.storage.setItem(key, JSON.stringify(open));
    } catch {
      // A full or forbidden storage costs the memory over a reload, not the call.
    }
    this.#parts.changed();
  }
}
