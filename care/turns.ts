/** What is done for all homes, a few at a time: nobody's alarm waits for thousands of others. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Places } from "./places.ts";

const turnMs = 1_000;
/** Homes whose state is shown before others are heard again. */
const togetherMax = 100;

/** Tells each home the hour once in this time. */
export function tellTimeInTurns(places: Places, everyMs: number): NodeJS.Timeout {
  let next = places.values();
  return setInterval(() => {
    const few = Math.ceil((places.size * turnMs) / everyMs);
    for (let nth = 0; nth < few; nth += 1) {
      const turn = next.next();
      if (turn.done === true) {
        next = places.values();
        return;
      }
      turn.value.home.tellTime();
    }
  }, turnMs);
}

/** Shows the state of every home to the desks. */
export async function showAll(places: Places): Promise<void> {
  let nth = 0;
  for (const { home } of places.values()) {
    home.show();
    nth += 1;
    if (nth % togetherMax === 0) await nextTurn();
  }
}
