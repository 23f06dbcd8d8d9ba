/** What a sensor said, in words. Pure. */
import { fill, wordOf } from "../common/sentence.ts";

/** What a sensor said. */
export interface Point {
  readonly wall_ms: number;
  readonly device: string;
  readonly room: string;
  readonly kind: string;
  readonly value: number | string | boolean | null;
}

/** A sentence of its own for a value, one for all values, or else the word of the wire. */
export function whatWasSaid(words: Readonly<Record<string, string>>, point: Point): string {
  const { kind, value } = point;
  const shown = value === null ? "" : String(value);
  const sentence = wordOf(words, `${kind} ${shown}`) ?? wordOf(words, kind);
  return sentence === undefined ? `${kind} ${shown}`.trim() : fill(sentence, { value: shown });
}

/** The newest word of each kind from each room, newest first. `points` are oldest first. */
export function newestOf(points: readonly Point[]): readonly Point[] {
  const newest = new Map<string, Point>();
  for (const point of points) {
    const key = `${point.kind} ${point.room}`;
    newest.delete(key);
    newest.set(key, point);
  }
  return [...newest.values()].reverse();
}
