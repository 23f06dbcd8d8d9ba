/**
 * A gateway that started without its memory looks for it again: once the disk takes entries, and
 * all that lies there can be read within the time of a start, a start anew takes it up.
 */
import { setTimeout } from "node:timers/promises";
import type { Line } from "./recall.ts";
import { type Home, Remembering } from "./remember.ts";
import { within } from "./within.ts";

/** A memory that takes longer to read would be started without again. */
const readWithinMs = 15_000;
const lookAgainMs = 5 * 60_000;

/** Resolves once it is known: whether there is a memory to take up. Undefined once nobody asks. */
export async function findMemory(line: Line, home: Home): Promise<"memory" | "none" | undefined> {
  for (;;) {
    const remembering = new Remembering(line, home);
    await within(
      readWithinMs,
      remembering.read().catch(() => undefined),
    );
    remembering.giveUp();
    const { recall } = remembering;
    if (recall?.isWhole === true) return recall.hasOlder ? "memory" : "none";
    if (line.isEnded) return undefined;
    await setTimeout(lookAgainMs, undefined, { ref: false });
  }
}
