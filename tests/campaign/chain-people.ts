/** The people of the chain campaign: helpers with telephones and letters, and somebody at a desk. */
import { createHash } from "node:crypto";
import { signedHeaders } from "../../care/notify/signature.ts";
import { maier } from "../care/care-rig.ts";
import type { SeededRandom } from "../support/random.ts";
import type { Offered, Said } from "./chain-evidence.ts";
import { type ChainRig, partyIds } from "./chain-rig.ts";
import { pause, post } from "./chain-sms.ts";

type Manner = "declines" | "silent" | "accepts" | "accepts late" | "withdraws";
type End = "at once" | "by the helper" | "after a while" | "at the very end";

const manners: readonly Manner[] = [
  ...(["declines", "declines", "silent", "silent", "silent"] as const),
  ...(["accepts", "accepts", "accepts late", "withdraws"] as const),
];
const ends: readonly End[] = [
  ...(["at once", "by the helper", "by the helper", "by the helper"] as const),
  ...(["after a while", "after a while", "after a while", "after a while"] as const),
];
/** One alarm in so many stays open until all others are over. */
const lastOneIn = 20;

/** Whoever waits for a helper's word does not wait longer. */
const patienceMs = 35_000;
/** A person tries for some minutes; on PostgreSQL a killed service is away for 20 s each time. */
const tries = 600;

interface Script {
  readonly offered: Offered;
  readonly end: End;
  readonly manners: ReadonlyMap<string, Manner>;
  readonly answered: Set<string>;
}

interface Telling {
  readonly id: string;
  readonly alarm: string;
  readonly party: string;
  readonly name: string;
  readonly way: string;
}

export interface PeopleParts {
  readonly rig: () => ChainRig;
  readonly random: SeededRandom;
  readonly secret: string;
}

export class People {
  readonly said: Said[] = [];
  /** What went wrong in the campaign itself. */
  readonly troubles: string[] = [];
  readonly #parts: PeopleParts;
  readonly #scripts = new Map<string, Script>();
  #nth = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  get open(): readonly Offered[] {
    return [...this.#scripts.values()]
      .map(({ offered }) => offered)
      .filter(({ closedAt }) => closedAt === undefined);
  }

  /** Alarms that people end before the very end. */
  get pending(): number {
    return [...this.#scripts.values()].filter(
      ({ end, offered }) => end !== "at the very end" && offered.closedAt === undefined,
    ).length;
  }

  /** Decides who does what when this alarm comes. */
  expect(offered: Offered): void {
    const { random } = this.#parts;
    this.#nth += 1;
    const last = this.#nth % lastOneIn === 0;
    const script: Script = {
      offered,
      end: last ? "at the very end" : random.pick(ends),
      manners: new Map(partyIds.map((party) => [party, random.pick(manners)])),
      answered: new Set(),
    };
    this.#scripts.set(offered.id, script);
    if (script.end === "at the very end") return;
    const waits = { "at once": random.int(2_000), "after a while": 4_000 + random.int(25_000) };
    const wait = script.end === "by the helper" ? patienceMs : waits[script.end];
    this.#guard(pause(wait).then(() => this.closeAtDesk(offered)));
  }

  /** A message is in somebody's hands. */
  hear(token: string): void {
    this.#guard(this.#react(token));
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.open.map((offered) => this.closeAtDesk(offered)));
  }

  async closeAtDesk(offered: Offered): Promise<void> {
    if (offered.closeAskedAt !== undefined) return;
    offered.closeAskedAt = Date.now();
    await this.#close(offered);
  }

  async #close(offered: Offered): Promise<void> {
    offered.closers.push(maier.name);
    const { desk } = this.#parts.rig().base;
    const closing = { by: maier, outcome: "helped", note: "campaign" } as const;
    for (let nth = 0; nth < tries; nth += 1) {
      const { taken } = await desk.closeAlarm(offered.id, closing);
      if (taken || (await this.#isClosed(offered.id))) {
        offered.closedAt ??= Date.now();
        return;
      }
      await pause(300);
    }
    this.troubles.push(`nobody could close ${offered.id}`);
  }

  #guard(deed: Promise<void>): void {
    deed.catch((thrown: unknown) => this.troubles.push(String(thrown)));
  }

  /** The database may be away. */
  async #ask<Row>(question: () => Promise<Row>): Promise<Row | undefined> {
    try {
      return await question();
    } catch {
      return undefined;
    }
  }

  async #isClosed(id: string): Promise<boolean> {
    const { db } = this.#parts.rig().base;
    const row = await this.#ask(() =>
      db.selectFrom("alarms").select("closed_wall").where("id", "=", id).executeTakeFirst(),
    );
    return row !== undefined && row.closed_wall !== null;
  }

  /** Which message it is; people read that, the campaign asks the database. */
  async #telling(token: string): Promise<Telling | undefined> {
    const { db } = this.#parts.rig().base;
    const digest = createHash("sha256").update(token).digest("hex");
    for (let nth = 0; nth < tries; nth += 1) {
      const row = await this.#ask(() =>
        db
          .selectFrom("tellings")
          .select(["id", "alarm", "party", "name", "way"])
          .where("token_sha256", "=", digest)
          .executeTakeFirst(),
      );
      if (row !== undefined) return row;
      await pause(500);
    }
    this.troubles.push("a message of which the database knows nothing");
    return undefined;
  }

  async #react(token: string): Promise<void> {
    const { random } = this.#parts;
    const telling = await this.#telling(token);
    const script = this.#scripts.get(telling?.alarm ?? "");
    if (telling === undefined || script === undefined) return;
    const { party } = telling;
    if (script.answered.has(party)) return;
    script.answered.add(party);
    const manner = script.manners.get(party) ?? "silent";
    if (manner === "silent") return;
    await pause(manner === "accepts late" ? 8_000 + random.int(12_000) : 200 + random.int(3_500));
    const coming = manner !== "declines";
    const taken = await this.#answer(script.offered, { token, telling, coming });
    if (!taken || !coming) return;
    await pause(1_000 + random.int(3_000));
    if (manner === "withdraws") {
      await this.#answer(script.offered, { token, telling, coming: false });
    } else if (script.end === "by the helper") await this.#outcome(script.offered, token, telling);
  }

  /** Until it is known to be taken, or nothing is to be said any more. */
  async #answer(
    offered: Offered,
    answer: { readonly token: string; readonly telling: Telling; readonly coming: boolean },
  ): Promise<boolean> {
    const { token, telling, coming } = answer;
    if (offered.closeAskedAt !== undefined) return false;
    const said: Said = { alarm: offered.id, party: telling.party, coming, askedAt: Date.now() };
    this.said.push(said);
    const byKey = telling.way === "sms" && this.#parts.random.chance(0.25);
    for (let nth = 0; nth < tries; nth += 1) {
      const status = byKey
        ? await this.#receipt(telling.id, coming ? "accepted" : "declined")
        : await this.#page(token, "answer", { coming });
      if (status === 200) {
        said.takenAt = Date.now();
        return true;
      }
      if (status === 409 || offered.closedAt !== undefined) return false;
      await pause(700);
    }
    this.troubles.push(`${telling.party} could not answer ${offered.id}`);
    return false;
  }

  async #outcome(offered: Offered, token: string, { name }: Telling): Promise<void> {
    if (offered.closeAskedAt !== undefined) return;
    offered.closeAskedAt = Date.now();
    offered.closers.push(name);
    for (let nth = 0; nth < 5; nth += 1) {
      const words = { outcome: "helped", note: "campaign" };
      const status = await this.#page(token, "outcome", words);
      if (status === 200 || (status === 409 && (await this.#isClosed(offered.id)))) {
        offered.closedAt ??= Date.now();
        return;
      }
      await pause(700);
    }
    // The page does not take it: somebody at the desk does it.
    await this.#close(offered);
  }

  #page(token: string, what: string, words: object): Promise<number> {
    const url = `${this.#parts.rig().base.officeUrl}/api/helper/${token}/${what}`;
    return post({ url, body: JSON.stringify(words), headers: { "x-obhut": "1" } });
  }

  #receipt(id: string, stage: string): Promise<number> {
    const body = JSON.stringify({ receipts: [{ id, stage }] });
    const url = `${this.#parts.rig().base.officeUrl}/api/receipts/sms`;
    return post({ url, body, headers: signedHeaders(this.#parts.secret, body, Date.now()) });
  }
}
