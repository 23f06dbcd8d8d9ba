/** What passes between the line to the home and whoever listens to it. Plain data. */

/** One message of the home, as text. */
export interface Heard {
  readonly topic: string;
  readonly text: string;
  /** Said before somebody listened: no sign of life. */
  readonly retained: boolean;
}

/** `refused`: the hub does not know this credential. */
export type LineState = "opening" | "open" | "refused";

/** Where a few words outlive a reload. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}
