/**
 * Connections that ask for pages, and how often they ask. They are few, short and slow beside MQTT,
 * which shares their port and thread: pages give way first.
 */
import type { BrokerLimits } from "./broker-limits.ts";
import type { Sign } from "./intrusions.ts";
import { Buckets } from "./throttle.ts";

type PageLimits = Pick<
  BrokerLimits,
  | "pageConnections"
  | "pageConnectionsPerRemote"
  | "pageLifeMs"
  | "pageRequestsBurst"
  | "pageRequestsPerSecond"
>;

/** The part of a socket that is needed here. */
export interface PageSocket {
  readonly destroyed: boolean;
  destroy(): unknown;
  once(event: "close", heard: () => void): unknown;
}

/** Remote addresses whose rate is remembered. */
const remotesMax = 10_000;

export class PageGuests {
  readonly #limits: PageLimits;
  readonly #note: (what: string, sign?: Sign) => void;
  readonly #chance: () => number;
  readonly #rates: Buckets;
  readonly #byRemote = new Map<string, Set<PageSocket>>();
  readonly #known = new WeakSet<PageSocket>();
  #count = 0;

  constructor(
    limits: PageLimits,
    note: (what: string, sign?: Sign) => void,
    chance: () => number = Math.random,
  ) {
    this.#limits = limits;
    this.#note = note;
    this.#chance = chance;
    this.#rates = new Buckets(
      { burst: limits.pageRequestsBurst, perSecond: limits.pageRequestsPerSecond },
      remotesMax,
    );
  }

  get size(): number {
    return this.#count;
  }

  /** A connection asks for the first time, or again; false when it had to go itself. */
  come(remote: string, socket: PageSocket): boolean {
    if (socket.destroyed) return false;
    if (this.#known.has(socket)) return true;
    this.#known.add(socket);
    const own = this.#byRemote.get(remote) ?? new Set();
    this.#byRemote.set(remote, own.add(socket));
    this.#count += 1;
    const end = setTimeout(() => socket.destroy(), this.#limits.pageLifeMs).unref();
    socket.once("close", () => {
      clearTimeout(end);
      this.#left(remote, socket);
    });
    this.#bound(remote);
    return !socket.destroyed;
  }

  /** Whether an address may have one more answer now. */
  mayAsk(remote: string, now: number): boolean {
    const may = this.#rates.take(remote, now);
    if (!may) this.#note(`${remote} asks for too many pages`, "refused");
    return may;
  }

  /** By lot among those of the address with the most: the newcomer has the same chance. */
  #bound(remote: string): void {
    const { pageConnections, pageConnectionsPerRemote } = this.#limits;
    const own = this.#byRemote.get(remote)?.size ?? 0;
    if (own <= pageConnectionsPerRemote && this.#count <= pageConnections) return;
    const [crowd, sockets] =
      own > pageConnectionsPerRemote
        ? ([remote, this.#byRemote.get(remote)] as const)
        : this.#most(remote);
    const all = [...(sockets ?? [])];
    const out = all[Math.floor(this.#chance() * all.length)];
    if (out === undefined) return;
    this.#note(`too many connections for pages; the most from ${crowd}`);
    out.destroy();
    this.#left(crowd, out);
  }

  #most(remote: string): readonly [string, Set<PageSocket> | undefined] {
    let found: readonly [string, Set<PageSocket> | undefined] = [
      remote,
      this.#byRemote.get(remote),
    ];
    for (const entry of this.#byRemote) if (entry[1].size > (found[1]?.size ?? 0)) found = entry;
    return found;
  }

  #left(remote: string, socket: PageSocket): void {
    const own = this.#byRemote.get(remote);
    if (own?.delete(socket) !== true) return;
    this.#count -= 1;
    if (own.size === 0) this.#byRemote.delete(remote);
  }
}
