/**
 * Sets lights and covers up and asks them how they are: at the start, when one comes back, after
 * each wish. Comfort: one question at a time for the whole home, none while a stove is being cut.
 */
import type { Logger } from "pino";
import type { Models } from "zigbee-herdsman";
import { wordsOf } from "../../platform/words.ts";
import type { Role } from "../../protocol/home.ts";
import { pause } from "./deadline.ts";
import { type FixtureKind, fixtureEndpoint, fixtureKind, isDimmable } from "./fixture.ts";
import { holdReport, type Report, zclTypes } from "./reporting.ts";
import { brief, request } from "./routine.ts";

export interface FixtureParts {
  /** The device on the radio, where the plan has it and the radio reaches it. */
  readonly find: (
    id: string,
  ) => { readonly roles: readonly Role[]; readonly device: Models.Device } | undefined;
  readonly stick: () => Models.Endpoint | undefined;
  readonly isCutting: () => boolean;
  readonly log: Pick<Logger, "error">;
}

/**
 * One that did not answer everything is tried again. The last is also how often a device that
 * refuses to report is asked: a mains device must have spoken within 10 min.
 */
const again_ms: readonly number[] = [5_000, 30_000, 120_000, 240_000];
const giveWay_ms = 100;

/**
 * When a wish has come true. A light fades for 0.3 s; a shutter takes up to a minute. Reports say
 * it sooner; this is for those that do not report, or whose report was lost.
 */
const settled_ms: Readonly<Record<FixtureKind, readonly number[]>> = {
  light: [1_000],
  cover: [5_000, 30_000, 60_000],
};

const onOff: Report = {
  cluster: "genOnOff",
  attribute: 0x0000,
  type: zclTypes.boolean,
  least_s: 0,
  change: 0,
};
/** One in a hundred of 254. */
const brightness: Report = {
  cluster: "genLevelCtrl",
  attribute: 0x0000,
  type: zclTypes.uint8,
  least_s: 1,
  change: 2,
};
const lift: Report = {
  cluster: "closuresWindowCovering",
  attribute: 0x0008,
  type: zclTypes.uint8,
  least_s: 1,
  change: 1,
};

interface Fixture {
  readonly kind: FixtureKind;
  readonly endpoint: Models.Endpoint;
}

/** Asks how it is; the answers come as messages like any report. */
async function ask({ kind, endpoint }: Fixture): Promise<boolean> {
  if (kind === "cover") {
    const position = ["currentPositionLiftPercentage"] as const;
    const done = await request("the cover", () =>
      endpoint.read("closuresWindowCovering", [...position], brief),
    );
    return done.ok;
  }
  // How bright first: of a light that is on both are known then.
  if (isDimmable(endpoint)) {
    const read = () => endpoint.read("genLevelCtrl", ["currentLevel"], brief);
    if (!(await request("the light", read)).ok) return false;
  }
  return (await request("the light", () => endpoint.read("genOnOff", ["onOff"], brief))).ok;
}

function reportsOf({ kind, endpoint }: Fixture): readonly Report[] {
  if (kind === "cover") return [lift];
  return isDimmable(endpoint) ? [onOff, brightness] : [onOff];
}

type Job = "set-up" | "look";

export class Fixtures {
  readonly #parts: FixtureParts;
  /** What is to be done, in order; setting up includes looking. */
  readonly #jobs = new Map<string, Job>();
  /** How often each failed in a row, and its next try. */
  readonly #failed = new Map<string, number>();
  readonly #again = new Map<string, NodeJS.Timeout>();
  /** The looks after the last wish for each. */
  readonly #looks = new Map<string, readonly NodeJS.Timeout[]>();
  /** Ends with the connection. */
  #life = new AbortController();
  #busy = false;

  constructor(parts: FixtureParts) {
    this.#parts = parts;
  }

  /** Asks it, and holds it to its reports; again until it does. */
  prepare(id: string): void {
    this.#failed.delete(id);
    this.#do(id, "set-up");
  }

  /** A wish is on its way: looks what became of it. */
  look(id: string): void {
    const kind = fixtureKind(this.#parts.find(id)?.roles ?? []);
    if (kind === undefined) return;
    for (const timer of this.#looks.get(id) ?? []) clearTimeout(timer);
    const looks = settled_ms[kind].map((at_ms) =>
      setTimeout(() => this.#do(id, "look"), at_ms).unref(),
    );
    this.#looks.set(id, looks);
  }

  leave(): void {
    this.#life.abort();
    this.#life = new AbortController();
    for (const timer of [...this.#again.values(), ...[...this.#looks.values()].flat()]) {
      clearTimeout(timer);
    }
    for (const kept of [this.#jobs, this.#failed, this.#again, this.#looks]) kept.clear();
  }

  #do(id: string, job: Job): void {
    if (this.#jobs.get(id) !== "set-up") this.#jobs.set(id, job);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { signal } = this.#life;
      while (this.#parts.isCutting() && !signal.aborted) await pause(giveWay_ms, signal);
      const [id, job] = next;
      const held = signal.aborted || (await this.#carryOut(id, job));
      if (!signal.aborted && job === "set-up") this.#note(id, held);
    }
    this.#busy = false;
  }

  #next(): readonly [string, Job] | undefined {
    const [next] = this.#jobs;
    if (next !== undefined) this.#jobs.delete(next[0]);
    return next;
  }

  #note(id: string, held: boolean): void {
    clearTimeout(this.#again.get(id));
    this.#again.delete(id);
    if (held) {
      this.#failed.delete(id);
      return;
    }
    const nth = this.#failed.get(id) ?? 0;
    this.#failed.set(id, nth + 1);
    const wait_ms = again_ms[Math.min(nth, again_ms.length - 1)];
    this.#again.set(id, setTimeout(() => this.#do(id, "set-up"), wait_ms).unref());
  }

  /** Never rejects: nobody awaits it. */
  async #carryOut(id: string, job: Job): Promise<boolean> {
    try {
      return await this.#visit(id, job);
    } catch (thrown) {
      this.#parts.log.error({ device: id, why: wordsOf(thrown) }, "light or cover not asked");
      return false;
    }
  }

  /** One that does not answer is asked nothing more: it holds its place in the stack's queue. */
  async #visit(id: string, job: Job): Promise<boolean> {
    const found = this.#parts.find(id);
    const kind = found && fixtureKind(found.roles);
    const endpoint = found && kind && fixtureEndpoint(found.device, kind);
    const stick = this.#parts.stick();
    // Not there, or nothing that the standard knows: nothing can be done until it joins anew.
    if (kind === undefined || endpoint === undefined || stick === undefined) return true;
    const fixture = { kind, endpoint };
    if (!(await ask(fixture))) return false;
    if (job === "look") return true;
    let held = true;
    for (const report of reportsOf(fixture)) {
      while (this.#parts.isCutting()) await pause(giveWay_ms);
      held = (await holdReport(endpoint, report, stick)) && held;
    }
    return held;
  }
}
