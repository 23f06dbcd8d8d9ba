/**
 * What is on the disk of all that happened: promises and the beat rest on it. The state itself goes
 * on without waiting.
 */
import type { Beat } from "../protocol/messages.ts";
import type { EngineState } from "../rules/engine.ts";
import { homeStates } from "../rules/index.ts";
import { escalates } from "../rules/machines/escalation-state.ts";
import type { Journal } from "./ports.ts";

/** People who wait for a word that was lost; of more the oldest goes, and asks again. */
const owedMax = 1_000;

/** The state of the rules that is on disk: what may be promised rests on it. */
export class Durable {
  readonly #journal: Journal;
  readonly #present: () => EngineState;
  #state: EngineState;
  #losses = 0;
  #whole = true;
  #asked = false;
  /** Who is told once a snapshot stands for what was lost. */
  #owed: (() => void)[] = [];

  constructor(state: EngineState, journal: Journal, present: () => EngineState) {
    this.#state = state;
    this.#journal = journal;
    this.#present = present;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** An entry is on disk. After one that is lost, what an entry led to is not known to be. */
  has(state: EngineState): void {
    if (this.#whole) this.#state = state;
  }

  /**
   * An entry will never be on disk: a snapshot stands for it, as soon as that can be had. Of many
   * that are lost at a time one does for all. `durable` is whoever waits for this entry.
   */
  lost(then: () => void, durable?: () => void): void {
    this.#whole = false;
    this.#losses += 1;
    if (durable !== undefined) this.#owed = [...this.#owed, durable].slice(-owedMax);
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => this.#ask(then));
  }

  #ask(then: () => void): void {
    this.#asked = false;
    const losses = this.#losses;
    const state = this.#present();
    this.#journal.snapshot(state).then(
      () => {
        if (losses !== this.#losses) return;
        this.#whole = true;
        this.#state = state;
        for (const durable of this.#owed.splice(0)) durable();
        then();
      },
      // A run that began blind writes none: then nothing new is promised until the next start.
      () => {
        this.#owed = [];
      },
    );
  }
}

function heldIn(state: EngineState): Beat["holds"] {
  return homeStates(state)
    .escalation.open.filter((open) => open.holder === "self")
    .map((open) => ({ alarmId: open.alarm.id, epoch: open.epoch }));
}

/**
 * Alarms whose deadlines this home keeps, for the beat: one more only when it is on disk, one less
 * at once.
 */
export function holdsOf(state: EngineState, durable: EngineState): Beat["holds"] {
  const stored = heldIn(durable);
  return heldIn(state).filter((held) =>
    stored.some(({ alarmId, epoch }) => alarmId === held.alarmId && epoch === held.epoch),
  );
}

/** Whether somebody may be waiting for help, whichever side keeps the deadlines. */
export function isUrgent(state: EngineState): boolean {
  return homeStates(state).escalation.open.some(escalates);
}
