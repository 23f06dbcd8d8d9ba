/**
 * Tells homes of services, answers and looks: a few homes at a time, so that thousands that come at
 * once ask no more of the disk than a few do. What a home has not acknowledged it is told again
 * when it comes; nothing of it waits here meanwhile.
 */
import { createHash } from "node:crypto";
import type { LivingDown } from "../protocol/living.ts";
import type { CareClock } from "./home.ts";
import type { HomeLink } from "./home-link.ts";
import { type DownLine, downLine } from "./line.ts";
import type { LivingAnswer, LivingQuestion } from "./store/living-lists.ts";
import type { LivingWord } from "./store/living-rows.ts";
import type { CareStore } from "./store/store.ts";

/** Homes that are looked at in one turn, and how long a turn is: 200 homes in a second. */
const togetherMax = 20;
const turnMs = 100;
/** A database that does not answer is left alone for so long. */
const restMs = 5_000;
/** A home hears of looks at most once in this time. */
const looksEveryMs = 300_000;

type Link = Pick<HomeLink, "linked" | "send">;

export interface LivingPostParts {
  readonly clock: CareClock;
  readonly store: Pick<CareStore, "append" | "hasRoom" | "living">;
  readonly places: ReadonlyMap<string, { readonly link: Link }>;
  readonly looksEveryMs?: number;
}

/** The same words have the same id: a home that has taken them says so again. */
function idOf(body: LivingDown): string {
  if (body.kind !== "module-answer") return `${body.kind}-${body.version}`;
  return `wish-${createHash("sha256").update(body.ask).digest("hex").slice(0, 32)}`;
}

function wordOf({ body }: DownLine, at: number): LivingWord | undefined {
  switch (body.kind) {
    case "catalogue":
    case "orders":
    case "looks":
      return { kind: "list-taken", list: body.kind, version: body.version, at };
    case "module-answer":
      return { kind: "answer-taken", ask: body.ask };
    default:
      return undefined;
  }
}

export class LivingPost {
  private readonly parts: LivingPostParts;
  private readonly timer: NodeJS.Timeout;
  /** Homes of which somebody said something new; they go before those that only came. */
  private readonly news = new Set<string>();
  private readonly came = new Set<string>();
  /** Gateway time of homes that came. */
  private readonly at = new Map<string, number>();
  /** When a home may hear of looks again, for those that heard of them lately. */
  private readonly looksFrom = new Map<string, number>();
  private asking = false;
  private restUntil = 0;

  constructor(parts: LivingPostParts) {
    this.parts = parts;
    this.timer = setInterval(() => void this.turn(), turnMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** There may be something to tell them. */
  wake(homes: readonly string[] | "all"): void {
    if (homes === "all") for (const home of this.parts.places.keys()) this.came.add(home);
    else for (const home of homes) this.news.add(home);
  }

  /** The home is heard anew; its gateway time says whether it has the memory that it had. */
  linked(home: string, at: number): void {
    this.at.set(home, at);
    this.came.add(home);
  }

  /** The home has this on its disk. */
  taken(home: string, line: DownLine, at: number): void {
    const word = wordOf(line, at);
    if (word === undefined) return;
    const wall = Math.round(this.parts.clock.wall().wall_ms);
    this.parts.store.append({ kind: "living", home, wall, word });
  }

  private async turn(): Promise<void> {
    const now = performance.now();
    if (this.asking || now < this.restUntil || !this.parts.store.hasRoom()) return;
    const homes = this.next();
    if (homes.length === 0) return;
    this.asking = true;
    const questions = homes.map((home) => this.question(home, now));
    try {
      this.tell(await this.parts.store.living(questions), now);
    } catch {
      for (const { home, at } of questions) {
        this.came.add(home);
        if (at !== null && !this.at.has(home)) this.at.set(home, at);
      }
      this.restUntil = performance.now() + restMs;
    } finally {
      this.asking = false;
    }
  }

  private next(): readonly string[] {
    const few: string[] = [];
    for (const queue of [this.news, this.came]) {
      for (const home of queue) {
        if (few.length === togetherMax) return few;
        queue.delete(home);
        if (!few.includes(home)) few.push(home);
      }
    }
    return few;
  }

  private question(home: string, now: number): LivingQuestion {
    const at = this.at.get(home) ?? null;
    this.at.delete(home);
    const from = this.looksFrom.get(home);
    const looks = from === undefined || from <= now;
    if (looks) this.looksFrom.delete(home);
    return { home, at, looks };
  }

  private tell({ catalogue, news }: LivingAnswer, now: number): void {
    const { version, offers } = catalogue;
    const whole: LivingDown = { kind: "catalogue", version, offers: [...offers] };
    for (const { home, bodies, catalogue: lacks } of news) {
      const link = this.parts.places.get(home)?.link;
      // One that is away is told when it comes.
      if (link?.linked !== true) continue;
      link.send([...bodies, ...(lacks ? [whole] : [])].map((body) => downLine(idOf(body), body)));
      if (bodies.some(({ kind }) => kind === "looks")) this.pace(home, now);
    }
  }

  /** Looks that come meanwhile are told when the time is over. */
  private pace(home: string, now: number): void {
    const every = this.parts.looksEveryMs ?? looksEveryMs;
    this.looksFrom.set(home, now + every);
    setTimeout(() => {
      if (this.looksFrom.delete(home)) this.came.add(home);
    }, every).unref();
  }
}
