/** The desks' own screens as a way: told when a screen that may see the home shows the alarm. */
import type { Way } from "./way.ts";

export function screenWay(watchers: (home: string) => Promise<number>): Way {
  return {
    atOnce: 16,
    dropsCopies: true,
    async send({ home }) {
      return (await watchers(home)) > 0
        ? { ok: true, stage: "delivered" }
        : { ok: false, why: "nobody has a desk open for this home", end: "again" };
    },
  };
}
