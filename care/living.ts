/**
 * What a resident chose, ordered and said at the tablet, taken as rows for people: no rule of the
 * care service hears it, and no alarm waits for it.
 */
import type { LivingUp } from "../protocol/living.ts";
import type { UpMessage } from "../protocol/messages.ts";
import type { CareClock } from "./home.ts";
import type { LivingWord } from "./store/living-rows.ts";
import type { CareStore } from "./store/store.ts";

export interface LivingParts {
  readonly home: string;
  readonly clock: CareClock;
  readonly store: Pick<CareStore, "append">;
  /** There may be something to tell the home. */
  readonly wake: () => void;
}

/** A home lets nobody pause longer than three days; a day more is a clock that leapt. */
const pauseMaxMs = 4 * 86_400_000;

interface Sent {
  /** Gateway time of the home, and our wall time, when the message was sent and came. */
  readonly at: number;
  readonly wall: number;
}

/** By our clock: the home's own may not be trusted. */
function pausedUntil(until: number | null, { at, wall }: Sent): number | null {
  if (until === null || until <= at) return null;
  return Math.round(wall + Math.min(until - at, pauseMaxMs));
}

function wordOf(body: LivingUp, sent: Sent): LivingWord {
  switch (body.kind) {
    case "choices": {
      const { nth, dropped, pausedUntil_at_ms } = body;
      const paused_until_wall = pausedUntil(pausedUntil_at_ms, sent);
      const counted = { nth, sent_at: sent.at, paused_until_wall };
      return { kind: "choices", dropped: JSON.stringify(dropped), ...counted };
    }
    case "order":
      return { kind: "order", order: body.order, nth: body.nth, sent_at: sent.at };
    case "module-wish":
      return { kind: "wish", ask: body.ask, module: body.module, wanted: body.on };
    case "wellbeing": {
      const agoMs = Math.max(0, sent.at - body.at_ms);
      return { kind: "wellbeing", wellbeing_wall: Math.round(Math.max(0, sent.wall - agoMs)) };
    }
  }
}

/** Takes these messages of a home and leaves all else; `durable` is called once it is on disk. */
export function livingTaker({ home, clock, store, wake }: LivingParts) {
  return ({ at_ms, body }: UpMessage, durable: () => void): boolean => {
    switch (body.kind) {
      case "choices":
      case "order":
      case "module-wish":
      case "wellbeing": {
        const wall = Math.round(clock.wall().wall_ms);
        const word = wordOf(body, { at: at_ms, wall });
        store.append({ kind: "living", home, wall, word }, () => {
          durable();
          // The list says that the word is taken.
          if (word.kind === "order") wake();
        });
        return true;
      }
      default:
        return false;
    }
  };
}
