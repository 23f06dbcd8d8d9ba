/**
 * Who may log in at the care service's broker, and what may be said where. Pure but for the hash.
 */
import { isSecret } from "../platform/credentials.ts";
import { careTopics, deskTopics } from "../protocol/topics.ts";
import type { KnownDesk } from "./config.ts";

/** A gateway of one home, or a desk. Names are unique over both. */
export interface CareClient {
  readonly kind: "home" | "desk";
  readonly name: string;
  /** A gateway has one connection: a second one, with whatever credential, takes its place. */
  readonly sessions?: 1;
}

/** A name nobody has costs the same hash as one that somebody has. */
const nobody = "0".repeat(64);

/**
 * Finds whom a credential belongs to; `credentialOf` knows the homes, whose credentials come and
 * go.
 */
export function doorOf(
  desks: readonly KnownDesk[],
  credentialOf: (home: string) => string | null | undefined,
) {
  const sha256Of = new Map(desks.map(({ name, passwordSha256 }) => [name, passwordSha256]));
  return (user: string, password: Buffer): CareClient | undefined => {
    const desk = sha256Of.get(user);
    const sha256 = desk ?? credentialOf(user) ?? undefined;
    if (!isSecret(password, sha256 ?? nobody) || sha256 === undefined) return undefined;
    return desk === undefined
      ? { kind: "home", name: user, sessions: 1 }
      : { kind: "desk", name: user };
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
