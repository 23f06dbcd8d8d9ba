/** Which messages of the care service this run has already taken. Pure but for its own memory. */

/**
 * Ids remembered. Beyond it the oldest is forgotten: a repeat of it would be heard again, which the
 * rules bear (their ids and epochs make it harmless); the care service repeats for minutes, not for
 * thousands of messages.
 */
export const seenMax = 4_096;

/** A message is `new` once, `pending` until it is durable, and `taken` from then on. */
export type Seen = "new" | "pending" | "taken";

export interface SeenMessages {
  /** What is known of this id; a new one is pending from now on. */
  hear(id: string): Seen;
  take(id: string): void;
}

export function seenMessages(max = seenMax): SeenMessages {
  const known = new Map<string, "pending" | "taken">();
  return {
    hear: (id) => {
      const before = known.get(id);
      if (before !== undefined) return before;
      known.set(id, "pending");
      const oldest = known.keys().next();
      if (known.size > max && oldest.done === false) known.delete(oldest.value);
      return "new";
    },
    take: (id) => {
      if (known.has(id)) known.set(id, "taken");
    },
  };
}
