/** Who is connected, and what aedes asks about them. */
import type { Aedes, AedesOptions, AuthenticateError, Client } from "aedes";
import type { Admission } from "./admission.ts";
import type { BrokerOptions, BrokerStats, Identity } from "./broker.ts";
import type { Gate } from "./gate.ts";
import type { Intrusions, Sign } from "./intrusions.ts";
import { Doubles, givesWay } from "./one-credential.ts";
import {
  badCredential,
  identifierRejected,
  notAuthorized,
  Refused,
  unavailable,
} from "./refused-login.ts";
import { wordsOf } from "./words.ts";

/** Longest user name, client id and topic that is taken, in characters. */
const nameMax = 200;

interface Session<Who> {
  readonly gate: Gate;
  readonly loggedIn: () => void;
  clientId: string;
  hasWill: boolean;
  who: Who | undefined;
  readonly filters: Set<string>;
}

type Handlers = Required<
  Pick<
    AedesOptions,
    "preConnect" | "authenticate" | "authorizePublish" | "authorizeSubscribe" | "published"
  >
>;

export class Sessions<Who extends Identity> {
  readonly #options: BrokerOptions<Who>;
  readonly #admission: Admission;
  readonly #intrusions: Intrusions;
  readonly #live = new Set<Session<Who>>();
  /** Those of the living who have not logged in. */
  readonly #strangers = new Set<Session<Who>>();
  /**
   * Also those that left: a message that was acknowledged is handed on after its client hung up.
   */
  readonly #byGate = new WeakMap<object, Session<Who>>();
  /** Oldest first. */
  readonly #byName = new Map<string, Session<Who>[]>();
  readonly #doubles = new Doubles();
  #clients = 0;
  #dropped = 0;

  constructor(options: BrokerOptions<Who>, admission: Admission, intrusions: Intrusions) {
    this.#options = options;
    this.#admission = admission;
    this.#intrusions = intrusions;
  }

  stats(): BrokerStats {
    return {
      clients: this.#clients,
      strangers: this.#live.size - this.#clients,
      unsentBytes: [...this.#live].reduce((sum, { gate }) => sum + gate.unsentBytes, 0),
      dropped: this.#dropped,
      intrusions: this.#intrusions.total,
    };
  }

  strangerCame(gate: Gate, loggedIn: () => void): void {
    const session: Session<Who> = {
      gate,
      loggedIn,
      clientId: "",
      hasWill: false,
      who: undefined,
      filters: new Set(),
    };
    this.#live.add(session);
    this.#strangers.add(session);
    this.#byGate.set(gate, session);
    this.#admission.strangerCame(gate.remote);
    gate.once("close", () => this.#left(session));
    const crowded = this.#admission.crowdedBy(gate.remote);
    if (crowded !== undefined) this.#dropStranger(crowded);
  }

  /** By lot: the newcomer has the same chance as those who came to hold the door. */
  #dropStranger(remote: string): void {
    const own = [...this.#strangers].filter(
      ({ gate }) => gate.remote === remote && !gate.destroyed,
    );
    this.#note(`too many strangers from ${remote}`, "refused");
    own[Math.floor(Math.random() * own.length)]?.gate.destroy();
  }

  dropped(gate: Gate, why: string): void {
    this.#dropped += 1;
    // The same refusal must be the same sentence to be counted.
    const sign = this.#byGate.get(gate)?.who === undefined ? "refused" : "none";
    this.#note(`dropped ${this.#nameOf(gate)}: ${why.replace(/: \d+ bytes unread/, "")}`, sign);
  }

  flooding(gate: Gate): void {
    this.#note(`${this.#nameOf(gate)} sends more than it may and is slowed down`);
  }

  watch(now: number): void {
    for (const { gate } of this.#live) gate.watch(now);
    for (const words of this.#doubles.proved()) this.#note(words, "two-places");
  }

  drop(name: string, why: string): void {
    for (const { gate } of [...(this.#byName.get(name) ?? [])]) gate.expel(why);
  }

  dropEverybody(): void {
    for (const { gate } of [...this.#live]) gate.destroy();
  }

  handlers(): Handlers {
    return {
      preConnect: (client, packet, done) => {
        const session = this.#byGate.get(client.conn);
        if (session !== undefined) session.hasWill = packet.will !== undefined;
        // No session outlives its connection: state is retained, and old news is no news.
        packet.clean = true;
        if (packet.clientId === "" && packet.username !== undefined) {
          packet.clientId = `${packet.username}:${crypto.randomUUID()}`;
        }
        done(null, true);
      },
      authenticate: (client, user, password, done) => {
        this.#authenticate(
          client,
          { user: user ?? "", password: password ?? Buffer.alloc(0) },
          done,
        );
      },
      authorizePublish: (client, packet, done) => {
        const why = this.#whyNotPublish(client, packet);
        if (why !== undefined) this.#note(why, "refused");
        done(why === undefined ? null : new Error(why));
      },
      authorizeSubscribe: (client, subscription, done) => {
        const why = this.#whyNotSubscribe(client, subscription.topic);
        if (why !== undefined) this.#note(why, "refused");
        done(null, why === undefined ? subscription : null);
      },
      published: (packet, client, done) => {
        const who = client === null ? undefined : this.#byGate.get(client.conn)?.who;
        done();
        if (who !== undefined) this.#hand(who, packet.topic, packet.payload);
      },
    };
  }

  watchEvents(aedes: Aedes): void {
    aedes.on("unsubscribe", (filters, client) => {
      const session = this.#byGate.get(client.conn);
      for (const filter of filters) session?.filters.delete(filter);
    });
    // Errors of the broker itself; without a listener they would end the process.
    aedes.on("error" as "closed", (error?: unknown) => {
      this.#note(`the broker reports: ${wordsOf(error)}`);
    });
  }

  #authenticate(
    client: Client,
    shown: { readonly user: string; readonly password: Buffer },
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const session = this.#byGate.get(client.conn);
    if (session === undefined || !this.#live.has(session)) return;
    const remote = session.gate.remote;
    const refuse = (refusal: Refused): void => {
      this.#note(
        `refused a login as ${shown.user.slice(0, nameMax)} from ${remote}: ${refusal.message}`,
        refusal.returnCode === unavailable ? "none" : "refused",
      );
      const delayMs = this.#admission.failed(remote, performance.now());
      setTimeout(() => done(refusal, false), delayMs).unref();
    };
    if (shown.user === "" || shown.user.length > nameMax || client.id.length > nameMax) {
      refuse(new Refused("no user name, or one that is too long", badCredential));
      return;
    }
    const who = this.#options.authenticate({ ...shown, clientId: client.id, remote });
    if (who === undefined) {
      refuse(new Refused("wrong user name or password", badCredential));
    } else if (client.id !== who.name && !client.id.startsWith(`${who.name}:`)) {
      refuse(new Refused(`its client id does not begin with ${who.name}`, identifierRejected));
    } else if (session.hasWill) {
      // A will is a message that nobody sent at that moment; no part of Obhut uses one.
      refuse(new Refused("it leaves a will", notAuthorized));
    } else if (this.#clients >= this.#options.limits.clients) {
      refuse(new Refused("too many clients", unavailable));
    } else {
      session.clientId = client.id;
      this.#logIn(session, who);
      done(null, true);
    }
  }

  #logIn(session: Session<Who>, who: Who): void {
    const { remote } = session.gate;
    session.who = who;
    session.loggedIn();
    this.#strangers.delete(session);
    this.#clients += 1;
    this.#admission.strangerLeft(remote);
    this.#admission.loggedIn(remote, performance.now());
    const own = this.#byName.get(who.name) ?? [];
    this.#byName.set(who.name, [...own, session]);
    // [MQTT-3.1.4-2]: a second login with the same client id takes over.
    for (const old of own) if (old.clientId === session.clientId) old.gate.destroy();
    const alive = own.filter(({ gate }) => !gate.destroyed);
    if (alive.length >= (who.sessions ?? this.#options.limits.sessionsPerCredential)) {
      givesWay([...alive, session])?.gate.expel("too many sessions of one credential");
    }
    const other = who.onePlace === true ? this.#doubles.came(who.name, alive, session) : undefined;
    if (other !== undefined) this.#note(`${who.name} is used in two places: ${other}, ${remote}`);
    if (own.length === 0) this.#options.onConnected?.(who);
  }

  #left(session: Session<Who>): void {
    this.#live.delete(session);
    this.#strangers.delete(session);
    const { who } = session;
    if (who === undefined) {
      this.#admission.strangerLeft(session.gate.remote);
      return;
    }
    this.#clients -= 1;
    const others = (this.#byName.get(who.name) ?? []).filter((other) => other !== session);
    if (others.length > 0) {
      this.#byName.set(who.name, others);
      return;
    }
    this.#byName.delete(who.name);
    this.#options.onGone?.(who);
  }

  #whyNotPublish(
    client: Client | null,
    packet: { readonly topic: string; readonly payload: string | Buffer; readonly retain: boolean },
  ): string | undefined {
    const who = client === null ? undefined : this.#byGate.get(client.conn)?.who;
    if (who === undefined) return "refused a message of nobody";
    const { topic } = packet;
    if (packet.retain) return `${who.name} may not retain a message on ${topic.slice(0, nameMax)}`;
    const allowed =
      topic.length <= nameMax &&
      !topic.startsWith("$") &&
      this.#options.mayPublish(who, topic, bytesOf(packet.payload));
    return allowed ? undefined : `${who.name} may not publish ${topic.slice(0, nameMax)}`;
  }

  #whyNotSubscribe(client: Client, filter: string): string | undefined {
    const session = this.#byGate.get(client.conn);
    if (session?.who === undefined) return "refused a subscription of nobody";
    const { name } = session.who;
    if (filter.length > nameMax || !this.#options.maySubscribe(session.who, filter)) {
      return `${name} may not subscribe to ${filter.slice(0, nameMax)}`;
    }
    if (
      !session.filters.has(filter) &&
      session.filters.size >= this.#options.limits.subscriptions
    ) {
      return `${name} has too many subscriptions`;
    }
    session.filters.add(filter);
    return undefined;
  }

  #hand(who: Who, topic: string, payload: string | Buffer): void {
    try {
      this.#options.onPublish(who, topic, bytesOf(payload));
    } catch (error) {
      this.#note(`a message on ${topic} was not handled: ${String(error)}`);
    }
  }

  #nameOf(gate: Gate): string {
    return this.#byGate.get(gate)?.who?.name ?? `a stranger from ${gate.remote}`;
  }

  #note(what: string, sign: Sign = "none"): void {
    this.#intrusions.note(what, performance.now(), sign);
  }
}

function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}
