/**
 * What the stick says while the stack is still starting. The stack listens to its driver only at
 * the end of a start, 0.3 to 1.05 s later (measured); a press in that time would be lost.
 */
import type { EventEmitter } from "node:events";

const events = ["zclPayload", "zdoResponse", "deviceJoined", "deviceLeave"] as const;

/** A start takes at most 25 s, and no air carries more than 160 frames a second: none gives way. */
const most = 4_000;

interface Early {
  readonly event: string;
  readonly words: readonly unknown[];
}

/** A command, such as a press, is still one after a start that failed; a report is old by then. */
function isCommand({ event, words: [payload] }: Early): boolean {
  if (event !== "zclPayload" || typeof payload !== "object" || payload === null) return false;
  const header: unknown = Reflect.get(payload, "header");
  return (
    typeof header === "object" && header !== null && Reflect.get(header, "isSpecific") === true
  );
}

export class EarlyFrames {
  #kept: Early[] = [];
  #leave: () => void = () => {};

  /** Listens until the stack does so itself. */
  keep(adapter: EventEmitter): void {
    this.#kept = this.#kept.filter(isCommand);
    const heard = events.map((event) => {
      const listener = (...words: readonly unknown[]): void => {
        const isHeard = adapter.listenerCount(event) > 1;
        if (!isHeard && this.#kept.length < most) this.#kept.push({ event, words });
      };
      adapter.on(event, listener);
      return { event, listener };
    });
    this.#leave = () => {
      for (const { event, listener } of heard) adapter.off(event, listener);
    };
  }

  /** Says it again, in its order, to a stack that listens now; nothing of this stays in its way. */
  replay(adapter: EventEmitter): void {
    this.#leave();
    for (const { event, words } of this.#kept.splice(0)) adapter.emit(event, ...words);
  }
}
