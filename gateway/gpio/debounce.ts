/**
 * A contact bounces for some milliseconds. An emergency call is taken from the first edge, never
 * from a level that had to hold first: a short pull at the cord is a call. Only the end of a press
 * waits for quiet, so that a bouncing contact is one press.
 */
import { after, between, type Duration, type Instant } from "../../protocol/time.ts";

/** What is believed of a contact. */
export interface Contact {
  readonly active: boolean;
  /** Since when an active contact has been quiet and inactive; undefined while it is not. */
  readonly quietFrom: Instant | undefined;
}

/** One look at a contact. `edge` tells an interrupt from a look that nothing caused. */
export interface Sample {
  readonly active: boolean;
  readonly edge: boolean;
  readonly at: Instant;
}

export type Turn = "began" | "ended";

export const atRest: Contact = { active: false, quietFrom: undefined };

/** What is known after one more look, and what turned by it: at most an end and a new beginning. */
export function settle(
  before: Contact,
  sample: Sample,
  quiet: Duration,
): { readonly contact: Contact; readonly turns: readonly Turn[] } {
  const ended =
    before.active &&
    before.quietFrom !== undefined &&
    between(before.quietFrom, sample.at) >= quiet;
  if (before.active && !ended) return { contact: heldOn(before, sample), turns: [] };
  const turns: readonly Turn[] = ended ? ["ended"] : [];
  // An edge whose level was gone before it could be read is a press too short to see, not a ghost.
  if (!sample.active && !sample.edge) return { contact: atRest, turns };
  const contact = { active: true, quietFrom: sample.active ? undefined : sample.at };
  return { contact, turns: [...turns, "began"] };
}

function heldOn(before: Contact, sample: Sample): Contact {
  if (sample.active) return { active: true, quietFrom: undefined };
  const since = sample.edge ? sample.at : (before.quietFrom ?? sample.at);
  return { active: true, quietFrom: since };
}

/** When a contact that stays quiet will have ended; undefined while it is at rest or held. */
export function endsAt(contact: Contact, quiet: Duration): Instant | undefined {
  return contact.quietFrom === undefined ? undefined : after(contact.quietFrom, quiet);
}
