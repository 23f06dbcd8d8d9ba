/** What is done for all homes, a few at a time: nobody's alarm waits for thousands of others. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Places } from "./places.ts";

/** Homes whose state is shown before others are heard again. */
const togetherMax = 100;

/** Shows the state of every home to the desks. */
export async function showAll(places: Places): Promise<void> {
  let nth = 0;
  for (const { home } of places.values()) {
    home.show();
    nth += 1;
    if (nth % togetherMax === 0) await nextTurn();
  }
}
