/** The latest state of every home that the core runs, as it told the office. */
import type { DeskAlarm, DeskState } from "../../protocol/desk.ts";

export class Board {
  readonly #views = new Map<string, DeskState>();
  /** Those of them in which an alarm is open: a handful of thousands. */
  readonly #alarmed = new Map<string, DeskState>();
  readonly #listeners = new Set<(home: string) => void>();

  /** The homes of this process: what is no longer among them is forgotten. */
  keep(homes: ReadonlySet<string>): void {
    for (const home of this.#views.keys()) {
      if (homes.has(home)) continue;
      this.#views.delete(home);
      this.#alarmed.delete(home);
    }
  }

  put(view: DeskState): void {
    this.#views.set(view.home, view);
    if (view.alarms.length > 0) this.#alarmed.set(view.home, view);
    else this.#alarmed.delete(view.home);
    this.touch(view.home);
  }

  /** Something about this home has changed. */
  touch(home: string): void {
    for (const listener of this.#listeners) listener(home);
  }

  of(home: string): DeskState | undefined {
    return this.#views.get(home);
  }

  open(home: string, alarmId: string): DeskAlarm | undefined {
    return this.#views.get(home)?.alarms.find(({ alarm }) => alarm.id === alarmId);
  }

  /** Homes in which an alarm is open. */
  alarmed(): readonly DeskState[] {
    return [...this.#alarmed.values()];
  }

  /** Returns what ends the listening. */
  listen(listener: (home: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
