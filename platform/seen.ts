/**
 * Which messages of the other side were already taken: at least once on the wire, once in the
 * rules.
 */

/**
 * Ids remembered. Beyond it the oldest is forgotten: a repeat of it would be heard again, which the
 * rules bear (their ids and epochs make it harmless). An outbox has at most 80 lines on their way.
 */
export const seenMax = 256;

/** A message is `new` once, `pending` until it is durable, and `taken` from then on. */
export type Seen = "new" | "pending" | "taken";

export interface SeenMessages {
  /** What is known of this id; a new one is pending from now on. */
  hear(id: string): Seen;
  /** The same, and nothing is remembered by asking. */
  known(id: string): Seen;
  take(id: string): void;
  /** What was pending came to nothing: heard again it is new. */
  forget(id: string): void;
}

/** `taken` are the ids known from an earlier run, oldest first. */
export function seenMessages(taken: readonly string[] = [], max = seenMax): SeenMessages {
  const known = new Map<string, "pending" | "taken">(taken.map((id) => [id, "taken"]));
  return {
    hear: (id) => {
      const before = known.get(id);
      if (before !== undefined) return before;
      known.set(id, "pending");
      const oldest = known.keys().next();
      if (known.size > max && oldest.done === false) known.delete(oldest.value);
      return "new";
    },
    known: (id) => known.get(id) ?? "new",
    take: (id) => {
      if (known.has(id)) known.set(id, "taken");
    },
    forget: (id) => {
      if (known.get(id) === "pending") known.delete(id);
    },
  };
}
