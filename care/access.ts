/**
 * Who may log in at the care service's broker, and what may be said where. Pure but for the hash.
 */
import { isSecret } from "../platform/credentials.ts";
import { careTopics, deskTopics } from "../protocol/topics.ts";
import type { CareConfiguration } from "./config.ts";

/** A gateway of one home, or a desk. Names are unique over both. */
export interface CareClient {
  readonly kind: "home" | "desk";
  readonly name: string;
}

/** A name nobody has costs the same hash as one that somebody has. */
const nobody = "0".repeat(64);

/** Finds whom a credential belongs to. */
export function doorOf({ homes, desks }: CareConfiguration) {
  const known = new Map<string, CareClient & { readonly sha256: string }>();
  for (const { plan, passwordSha256 } of homes) {
    known.set(plan.home, { kind: "home", name: plan.home, sha256: passwordSha256 });
  }
  for (const { name, passwordSha256 } of desks) {
    known.set(name, { kind: "desk", name, sha256: passwordSha256 });
  }
  return (user: string, password: Buffer): CareClient | undefined => {
    const client = known.get(user);
    return isSecret(password, client?.sha256 ?? nobody) ? client : undefined;
  };
}

/** A gateway speaks for its own home only; a desk asks in its own name only. */
export function mayPublish({ kind, name }: CareClient, topic: string): boolean {
  if (kind === "desk") return topic === deskTopics.request(name);
  const { up, beatUp } = careTopics(name);
  return topic === up || topic === beatUp;
}

/** A gateway hears what is for its own home; a desk hears every home, and its own answers. */
export function maySubscribe({ kind, name }: CareClient, filter: string): boolean {
  if (kind === "home") {
    const { down, beatDown } = careTopics(name);
    return filter === down || filter === beatDown;
  }
  return [deskTopics.answer(name), deskTopics.allStates, deskTopics.allEvents].includes(filter);
}
