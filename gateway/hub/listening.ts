/** What clients said, handed on to the gateway: each word once, and at a bearable rate. */
import type { Intrusions } from "../../platform/intrusions.ts";
import { type SeenMessages, seenMessages } from "../../platform/seen.ts";
import { Buckets } from "../../platform/throttle.ts";
import type { TabletAnswer, TabletRequest } from "../../protocol/messages.ts";
import type { Hub, HubListener } from "../ports.ts";
import type { HubClient } from "./acl.ts";
import { readSaid } from "./said.ts";
import type { Heard } from "./worker-life.ts";

/**
 * Requests of one client: most are an entry on the disk. A finger is slower. A call for help has no
 * bound but the broker's own: whoever floods with a tablet's credential must not silence it.
 */
const askRate = { burst: 40, perSecond: 4 };

const tooFast = "Too much was asked at once. Please wait a moment and try again.";

export interface ListeningParts {
  readonly listener: HubListener;
  readonly clients: readonly HubClient[];
  readonly answer: Hub["answer"];
  readonly intrusions: Intrusions;
}

export class Listening {
  readonly #parts: ListeningParts;
  readonly #clients: ReadonlyMap<string, HubClient>;
  /**
   * What each client asked already, so that nobody pushes another's ids out. A request that comes
   * again, by its client's outbox or by somebody's malice, is answered again and does nothing: a
   * stove that was cut since must not get power by it (invariant 7). A restart forgets.
   */
  readonly #heard: ReadonlyMap<string, SeenMessages>;
  readonly #asks: Buckets;

  constructor(parts: ListeningParts) {
    const { clients } = parts;
    this.#parts = parts;
    this.#clients = new Map(clients.map((client) => [client.name, client]));
    this.#heard = new Map(clients.map(({ name }) => [name, seenMessages()]));
    this.#asks = new Buckets(askRate, clients.length + 1);
  }

  /** One that is on disk and comes again is told so; one that was refused is judged anew. */
  answered(client: string, { of, taken }: TabletAnswer): void {
    const heard = this.#heard.get(client);
    if (taken) heard?.take(of);
    else heard?.forget(of);
  }

  hear(message: Exclude<Heard, { readonly kind: "joined" }>): void {
    const { listener, intrusions, answer } = this.#parts;
    if (message.kind === "intrusion") {
      listener.intrusion(message.summary, message.tried);
      return;
    }
    const client = this.#clients.get(message.client);
    if (client === undefined) return;
    const said = readSaid(client, message.text);
    switch (said.kind) {
      case "request":
        this.#ask(client.name, said.request);
        return;
      case "wish":
        listener.wish(client.name, said.device, said.level);
        return;
      case "refused":
        intrusions.note(said.why, performance.now());
        if (said.answer !== undefined) answer(client.name, said.answer);
        return;
    }
  }

  #ask(client: string, asked: TabletRequest): void {
    const { listener, intrusions, answer } = this.#parts;
    const { id, request } = asked;
    const heard = this.#heard.get(client);
    const before = heard?.known(id);
    if (before === "taken") answer(client, { of: id, taken: true, why: "" });
    if (before !== "new") return;
    const now = performance.now();
    if (request.kind !== "help" && !this.#asks.take(client, now)) {
      intrusions.note(`${client} asks too fast; some was not taken`, now);
      answer(client, { of: id, taken: false, why: tooFast });
      return;
    }
    heard?.hear(id);
    listener.request(client, asked);
  }
}
