/**
 * Which credential of each client counts: the one it was paired with, or where it never was, the
 * one that `obhut provision` issued. What pairing changed is on disk before it counts, and the file
 * has one writer: the hub's worker.
 */
import { timingSafeEqual } from "node:crypto";
import type { Reading } from "../../platform/clock.ts";
import { isSecret, issueCredential } from "../../platform/credentials.ts";
import type { EnrolledClient } from "./mail.ts";
import { hashOf, type PairCode, type PairOrder, readOrder } from "./pair-order.ts";
import { type Paired, type PairedClient, readPaired, writePaired } from "./paired-file.ts";

export interface KeyringParts {
  /** The hub's own folder. */
  readonly folder: string;
  readonly clients: readonly EnrolledClient[];
  readonly now: () => Reading;
  /** A sentence for the log. */
  readonly say: (words: string) => void;
  /** A credential counts no more: its connections end. */
  readonly revoked: (client: string, why: string) => void;
}

export type Redeemed =
  | { readonly ok: true; readonly client: string; readonly secret: string }
  | { readonly ok: false; readonly why: "unknown" | "expired" | "used" | "storage" };

interface Ordered {
  readonly name: string;
  readonly order: PairOrder;
  readonly code: PairCode;
}

export class Keyring {
  readonly #parts: KeyringParts;
  readonly #clients: ReadonlyMap<string, EnrolledClient>;
  #paired: Paired;
  /** One change at a time: the second use of a code finds it used. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: KeyringParts, paired: Paired) {
    this.#parts = parts;
    this.#clients = new Map(parts.clients.map((client) => [client.name, client]));
    this.#paired = paired;
  }

  /** Reads what was paired, and carries out what was ordered while nobody looked. */
  static async open(parts: KeyringParts): Promise<Keyring> {
    const keyring = new Keyring(parts, await readPaired(parts.folder, parts.say));
    await keyring.heed();
    return keyring;
  }

  /** Whom a credential belongs to. */
  clientOf(name: string, secret: Buffer): EnrolledClient | undefined {
    const client = this.#clients.get(name);
    return client !== undefined && isSecret(secret, this.#hashOf(client)) ? client : undefined;
  }

  /** Takes back the credentials that `obhut unpair` names. */
  heed(): Promise<void> {
    return this.#alone(async () => {
      for (const name of this.#clients.keys()) {
        const order = await readOrder(this.#parts.folder, name);
        if (order !== undefined) await this.#takeBack(name, order.unpair);
      }
    });
  }

  /** Gives a new credential for a one-time code; the old one counts no more. */
  redeem(code: string): Promise<Redeemed> {
    return this.#alone(async () => {
      const found = await this.#ordered(hashOf(code));
      if (found === undefined) return { ok: false, why: "unknown" };
      const why = this.#whyNot(found);
      if (why !== undefined) return { ok: false, why };
      const { name, order } = found;
      const { secret, sha256 } = issueCredential();
      const paired = this.#with(name, { sha256, code: found.code.sha256, unpair: order.unpair });
      if (!(await this.#keep(paired))) return { ok: false, why: "storage" };
      this.#paired = paired;
      this.#parts.revoked(name, "it was paired anew");
      return { ok: true, client: name, secret };
    });
  }

  #hashOf({ name, sha256 }: EnrolledClient): string {
    return this.#paired.clients.get(name)?.sha256 ?? (this.#paired.strict ? "" : sha256);
  }

  /** It counts at once; a disk that refuses is said, and asked again at the next look. */
  async #takeBack(name: string, unpair: string): Promise<void> {
    const entry = this.#paired.clients.get(name);
    if (unpair === (entry?.unpair ?? "")) return;
    const gone = { sha256: "", code: entry?.code ?? "" };
    this.#paired = this.#with(name, { ...gone, unpair: entry?.unpair ?? "" });
    this.#parts.revoked(name, "its credential was taken back");
    const paired = this.#with(name, { ...gone, unpair });
    if (!(await this.#keep(paired))) return;
    this.#paired = paired;
    this.#parts.say(`${name} was unpaired: its credential counts no more`);
  }

  /** Every order is compared, in the same time each: an answer's delay tells nothing. */
  async #ordered(sha256: string): Promise<Ordered | undefined> {
    const shown = Buffer.from(sha256, "hex");
    let found: Ordered | undefined;
    for (const name of this.#clients.keys()) {
      const order = await readOrder(this.#parts.folder, name);
      if (order?.code === undefined) continue;
      const isSame = timingSafeEqual(Buffer.from(order.code.sha256, "hex"), shown);
      if (isSame) found = { name, order, code: order.code };
    }
    return found;
  }

  #whyNot({ name, code }: Ordered): "used" | "expired" | undefined {
    if (this.#paired.clients.get(name)?.code === code.sha256) return "used";
    const { boot, mono_ms } = this.#parts.now();
    return code.boot !== boot || mono_ms > code.until_mono_ms ? "expired" : undefined;
  }

  #with(name: string, client: PairedClient): Paired {
    const { strict, clients } = this.#paired;
    return { strict, clients: new Map(clients).set(name, client) };
  }

  async #keep(paired: Paired): Promise<boolean> {
    try {
      await writePaired(this.#parts.folder, paired);
      return true;
    } catch (thrown) {
      this.#parts.say(`what was paired cannot be written (${String(thrown)})`);
      return false;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
