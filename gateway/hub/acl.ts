/**
 * Who may say and hear what at the home's broker. Pure. What is not allowed here is refused; a
 * filter may never reach further than one of these branches.
 */
import type { TabletRequest } from "../../protocol/messages.ts";
import { homeTopics } from "../../protocol/topics.ts";

/** What a client is for. Everything else is a stranger and never gets this far. */
export type ClientKind = "tablet" | "comfort" | "installer" | "viewer";

/** A client with a credential. `local`: it stands in the home itself, in sight of the stove. */
export interface HubClient {
  readonly name: string;
  readonly kind: ClientKind;
  readonly local: boolean;
}

/** Largest payload of a client, in bytes: a request with its longest id takes under 700. */
export const clientPayloadMax = 4_096;

/** The one topic that each kind may publish on: its own. */
export function mayPublish(client: HubClient, topic: string, payloadBytes: number): boolean {
  if (payloadBytes > clientPayloadMax) return false;
  switch (client.kind) {
    case "tablet":
      return topic === homeTopics.request(client.name);
    case "comfort":
      return topic === homeTopics.wish(client.name);
    case "installer":
    case "viewer":
      return false;
  }
}

/** Branches of topics that each kind may hear; answers are heard only by the client that asked. */
const branches: { readonly [Kind in ClientKind]: readonly string[] } = {
  tablet: ["home/state", "home/event"],
  comfort: ["home/state", "home/event"],
  installer: ["home/state", "home/event"],
  viewer: ["home/state"],
};

export function maySubscribe(client: HubClient, filter: string): boolean {
  if (branches[client.kind].some((branch) => isWithin(filter, branch))) return true;
  switch (client.kind) {
    case "tablet":
      return filter === homeTopics.announcement || filter === homeTopics.answer(client.name);
    case "installer":
      return filter === homeTopics.announcement;
    case "comfort":
    case "viewer":
      return false;
  }
}

/** One level below a branch: `#`, `+`, or one plain word. */
function isWithin(filter: string, branch: string): boolean {
  if (!filter.startsWith(`${branch}/`)) return false;
  const rest = filter.slice(branch.length + 1);
  return rest === "#" || rest === "+" || /^[a-z-]+$/.test(rest);
}

/**
 * Requests that stand for a deliberate act at the stove (invariant 7): only from within the home.
 */
const localOnly: ReadonlySet<TabletRequest["request"]["kind"]> = new Set([
  "presence",
  "stove-reset",
  // A hold keeps the stove on without anybody near it.
  "stove-hold",
]);

/**
 * Why a client may not ask for this; undefined when it may. The sentence is shown to the person.
 */
export function whyNotAsk(
  client: HubClient,
  kind: TabletRequest["request"]["kind"],
): string | undefined {
  return localOnly.has(kind) && !client.local
    ? "This is only possible at the tablet beside the stove."
    : undefined;
}
