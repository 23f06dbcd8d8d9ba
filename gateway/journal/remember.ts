/**
 * Takes up the memory of a home at a start, for as long as anybody waits for it: opens the journal
 * and reads it to its end. What it has by then is what the rules start from.
 */
import { setTimeout } from "node:timers/promises";
import { wordsOf } from "../../platform/words.ts";
import type { HomePlan } from "../../protocol/home.ts";
import type { MachineList } from "../../rules/engine.ts";
import { JournalHeld } from "./lock.ts";
import { type Line, Recall } from "./recall.ts";
import type { StoredMemory } from "./store.ts";

const askAgainMs = 1_000;
/** A page that is refused so often in a row, the journal opened again each time, is lost. */
const refusalsMax = 4;

export interface Home {
  readonly dir: string;
  readonly machines: MachineList;
  readonly plan: HomePlan;
}

export class Remembering {
  readonly #line: Line;
  readonly #home: Home;
  readonly #reports: string[] = [];
  #stored: StoredMemory | undefined;
  #recall: Recall | undefined;
  #awaited = true;

  constructor(line: Line, home: Home) {
    this.#line = line;
    this.#home = home;
  }

  /** Undefined where the journal could not be read, or not in time. */
  get stored(): StoredMemory | undefined {
    return this.#stored;
  }

  get recall(): Recall | undefined {
    return this.#recall;
  }

  /** Nobody waits any more: what was read until now is all that counts. */
  giveUp(): void {
    this.#awaited = false;
  }

  reports(): readonly string[] {
    return [...this.#reports, ...(this.#recall?.reports() ?? [])];
  }

  /** Resolves when there is nothing more to be had. Rejects with `JournalHeld` only. */
  async read(): Promise<void> {
    let refusals = 0;
    while (this.#isAwaited()) {
      const before = this.#recall?.read;
      if (await this.#readOn()) return;
      refusals = this.#recall === undefined || this.#recall.read !== before ? 0 : refusals + 1;
      if (refusals >= refusalsMax) return;
      await setTimeout(askAgainMs);
    }
  }

  /** Opens the journal, where it is not open, and reads on. Whether that was all. */
  async #readOn(): Promise<boolean> {
    const reply = await this.#line.ask({ kind: "open" }).catch(() => undefined);
    if (reply?.kind === "held") throw new JournalHeld(this.#home.dir);
    if (reply?.kind !== "opened" || !this.#isAwaited()) return false;
    this.#reports.push(...reply.reports);
    if (reply.memory === undefined) return true;
    this.#stored = reply.memory;
    this.#recall ??= this.#begin(reply.memory);
    await this.#recall?.goOn(this.#line, () => this.#isAwaited());
    return this.#recall?.isWhole ?? true;
  }

  /** Undefined where sound rows hold what this version cannot begin with: a later one may. */
  #begin(memory: StoredMemory): Recall | undefined {
    try {
      return new Recall(this.#home, memory);
    } catch (thrown) {
      const why = wordsOf(thrown);
      this.#reports.push(`journal: its memory is of another version (${why}).`);
      return undefined;
    }
  }

  #isAwaited(): boolean {
    return this.#awaited && !this.#line.isEnded;
  }
}
