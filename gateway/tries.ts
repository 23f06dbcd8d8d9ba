/**
 * Tries to get in, as facts for the rules: a count and nothing else, for whoever tries chooses
 * every other word. A flood of them is few facts.
 */
import { nothingTried, type Tried } from "../platform/intrusions.ts";
import { Bucket } from "../platform/throttle.ts";
import type { Fact } from "../rules/events.ts";

/** Facts at once, and then one a minute: each is an entry on the disk. */
const factRate = { burst: 20, perSecond: 1 / 60 };

/**
 * What is over the rate waits for the next refusal that is said, at most a minute while somebody
 * goes on; of one who stops the last few may remain uncounted.
 */
export function countTries(
  hear: (fact: Fact) => void,
  now: () => number = () => performance.now(),
): (tried: Tried) => void {
  const bucket = new Bucket(factRate, now());
  let untold = nothingTried;
  return ({ refusals, twoPlaces }) => {
    if (refusals === 0 && !twoPlaces) return;
    untold = {
      refusals: untold.refusals + refusals,
      twoPlaces: untold.twoPlaces || twoPlaces,
    };
    if (!bucket.take(now())) return;
    const fact: Fact = { kind: "intrusion-noticed", ...untold };
    untold = nothingTried;
    hear(fact);
  };
}
