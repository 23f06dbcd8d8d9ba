/**
 * What the home says of an open emergency call: the strongest statement that is true (invariant 2).
 */
import { after, type Duration, type Instant, seconds } from "../../protocol/time.ts";
import type { AnnouncementKey, Effect } from "../effects.ts";
import type { Coming } from "../events.ts";
import type { Surroundings } from "../machine.ts";

/** The open emergency call. */
export interface OpenCall {
  readonly alarmId: string;
  readonly holder: "self" | "peer";
  readonly coming: readonly Coming[];
  /** Somebody was coming and is not any more: the resident must hear that. */
  readonly withdrawn: boolean;
  /** When "stored" alone is no comfort any more: somebody should have taken the call by then. */
  readonly storedUntil: Instant;
  /** What was said last. */
  readonly said: string;
  readonly repeatAt: Instant;
}

/** The longest silence beside an open call: sentences repeat at least this often. */
const repeatMax = seconds(30);

interface Statement {
  readonly key: AnnouncementKey;
  readonly words: Readonly<Record<string, string>>;
}

interface Said {
  readonly call: OpenCall;
  readonly effects: readonly Effect[];
}

/** A call that was just raised: it is on disk when this is said. */
export const stored: Statement = { key: "help-stored", words: {} };

/**
 * The strongest statement that is true now. Of several who come the one who said so last is named;
 * a promise that has had its time is none, whoever has heard of that yet.
 */
export function statementOf(call: OpenCall, careLost: boolean, now: Instant): Statement {
  const newest = call.coming.findLast(({ until }) => until > now);
  if (newest !== undefined) return { key: "help-coming", words: { name: newest.name } };
  if (careLost) return { key: "help-no-path", words: {} };
  if (call.withdrawn || call.coming.length > 0) return { key: "help-nobody-yet", words: {} };
  if (call.holder === "peer") return { key: "help-with-care", words: {} };
  if (call.storedUntil <= now) return { key: "help-nobody-yet", words: {} };
  return stored;
}

/** One sentence of a call. */
export const announce = (alarmId: string, { key, words }: Statement): Effect => ({
  kind: "announce",
  key,
  alarmId,
  words,
});

/** Says a statement, and keeps what was said and when to say it again. */
export function say(call: OpenCall, statement: Statement, around: Surroundings): Said {
  const every = Math.min(around.plan.link.repeatEvery, repeatMax) as Duration;
  const repeatAt = after(around.now, every);
  return {
    call: { ...call, said: JSON.stringify(statement), repeatAt },
    effects: [announce(call.alarmId, statement)],
  };
}
