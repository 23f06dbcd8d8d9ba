/**
 * Reads what a client said on its own topic. Pure. It is read on the gateway's thread and not in
 * the worker: a message has at most 4 KiB and comes at a bounded rate, and the schemas once more in
 * the worker would cost 13 MB of memory (measured on x64).
 */
import { wishSchema } from "../../protocol/bus.ts";
import type { TabletAnswer, TabletRequest } from "../../protocol/messages.ts";
import { requestSchema } from "../../protocol/messages.ts";
import { parseJson } from "../../protocol/parse.ts";
import { type HubClient, whyNotAsk } from "./acl.ts";

export type Said =
  | { readonly kind: "request"; readonly request: TabletRequest }
  | { readonly kind: "wish"; readonly device: string; readonly level: number }
  /** `answer` where the client can be told; the sentence is for the log. */
  | { readonly kind: "refused"; readonly why: string; readonly answer?: TabletAnswer };

export function readSaid(client: HubClient, text: string): Said {
  return client.kind === "comfort" ? readWish(client, text) : readRequest(client, text);
}

function readRequest(client: HubClient, text: string): Said {
  const read = parseJson(requestSchema, text);
  if (!read.ok) {
    return { kind: "refused", why: `a request of ${client.name} is not understood: ${read.why}` };
  }
  const { id, request } = read.value;
  const why = whyNotAsk(client, request.kind);
  if (why === undefined) return { kind: "request", request: read.value };
  return {
    kind: "refused",
    why: `${client.name} may not ask for ${request.kind}: it is not local`,
    answer: { of: id, taken: false, why },
  };
}

function readWish(client: HubClient, text: string): Said {
  const read = parseJson(wishSchema, text);
  if (!read.ok) {
    return { kind: "refused", why: `a wish of ${client.name} is not understood: ${read.why}` };
  }
  return { kind: "wish", device: read.value.device, level: read.value.level };
}
