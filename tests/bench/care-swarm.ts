/**
 * Many homes in one process, forked by the care service's bench: it connects them, drops them all
 * at once, raises alarms at some, and measures what comes back.
 */
import { randomUUID } from "node:crypto";
import { createSecureContext } from "node:tls";
import { BenchHome, type HomeEars } from "./care-home.ts";

export interface SwarmSettings {
  /** Number of the first home. */
  readonly first: number;
  readonly homes: number;
  readonly port: number;
  readonly ca: string;
  readonly password: string;
  readonly beatEveryMs: number;
}

/** What the bench asks; each is answered once. */
export type SwarmOrder =
  | { readonly kind: "settings"; readonly settings: SwarmSettings }
  | { readonly kind: "connect"; readonly perSecond: number; readonly withinMs: number }
  | { readonly kind: "storm"; readonly perSecond: number; readonly withinMs: number }
  /** Ends the storm of whoever raises alarms in it. */
  | { readonly kind: "calm" }
  | { readonly kind: "alarms"; readonly perSecond: number; readonly forMs: number }
  | { readonly kind: "faults"; readonly window: number; readonly forMs: number }
  | { readonly kind: "beats"; readonly window: number; readonly forMs: number };

export interface SwarmAnswer {
  readonly up: number;
  readonly ms: number;
  readonly count: number;
  /** Alarm sent to custody heard, ms; and alarm raised to custody heard, with the way back. */
  readonly sent: readonly number[];
  readonly raised: readonly number[];
  readonly lost: number;
  readonly causes: Readonly<Record<string, number>>;
}

interface Raised {
  readonly home: BenchHome;
  readonly at: number;
  sentAt: number | undefined;
}

const by = { id: "maier", name: "Frau Maier" };
/** How long an answer that is still missing is waited for. */
const patienceMs = 60_000;
/** Of each 10 ms, for new connections. */
const beginningMs = 4;

class Swarm implements HomeEars {
  private readonly homes: BenchHome[];
  private upCount = 0;
  private isCalm = true;
  private readonly beginning: BenchHome[] = [];
  private count = 0;
  private sent: number[] = [];
  private raised: number[] = [];
  private causes: Record<string, number> = {};
  private readonly alarms = new Map<string, Raised>();
  private readonly facts = new Set<string>();
  /** Gives the next fault, or the next beat, when one was answered. */
  private next: "fault" | "beat" | undefined;

  constructor(settings: SwarmSettings) {
    const context = createSecureContext({ ca: settings.ca });
    const line = {
      ...{ port: settings.port, context, beatEveryMs: settings.beatEveryMs },
      begin: (home: BenchHome) => void this.beginning.push(home),
    };
    this.homes = Array.from(
      { length: settings.homes },
      (_, nth) => new BenchHome(settings.first + nth, settings.password, line, this),
    );
    let looked = performance.now();
    let next = 0;
    // Each home is looked at twice a second, not all of them in the same moment; where this process
    // was held up, as many more are looked at.
    setInterval(() => {
      const now = performance.now();
      const share = Math.min(1, (now - looked) / 500);
      looked = now;
      for (let count = Math.ceil(share * this.homes.length); count > 0; count -= 1) {
        this.homes[next]?.tick(now);
        next = (next + 1) % this.homes.length;
      }
      this.beginSome(now);
    }, 10);
  }

  /**
   * Thousands of handshakes begun in one go would hold up this process for longer than a gateway
   * waits for an answer, and the care service would be blamed for it.
   */
  private beginSome(now: number): void {
    while (this.beginning.length > 0 && performance.now() - now < beginningMs) {
      this.beginning.shift()?.connect();
    }
  }

  up(home: BenchHome): void {
    this.upCount += 1;
    for (const alarm of this.alarms.values()) {
      if (alarm.home === home) alarm.sentAt ??= performance.now();
    }
  }

  down(_home: BenchHome, cause: string): void {
    this.causes[cause] = (this.causes[cause] ?? 0) + 1;
    this.upCount = this.homes.reduce((sum, { isUp }) => sum + (isUp ? 1 : 0), 0);
  }

  receipt(_home: BenchHome, of: string): void {
    if (!this.facts.delete(of)) return;
    this.count += 1;
    if (this.next === "fault") this.fault();
  }

  beat(): void {
    this.count += 1;
    if (this.next === "beat") this.nextBeat();
  }

  custody(home: BenchHome, alarmId: string): void {
    const alarm = this.alarms.get(alarmId);
    if (alarm === undefined) return;
    this.alarms.delete(alarmId);
    const now = performance.now();
    this.sent.push(now - (alarm.sentAt ?? alarm.at));
    this.raised.push(now - alarm.at);
    const closing = { by, outcome: "false-alarm", note: "bench" };
    home.tell(randomUUID(), { kind: "closed", alarmId, closing, heard: [] });
  }

  async obey(order: Exclude<SwarmOrder, { kind: "settings" }>): Promise<SwarmAnswer> {
    const begun = performance.now();
    switch (order.kind) {
      case "connect":
        await this.connectAll(order.perSecond, order.withinMs);
        break;
      case "storm":
        return await this.storm(order.perSecond, order.withinMs);
      case "calm":
        this.isCalm = true;
        return { up: this.upCount, ms: 0, count: 0, sent: [], raised: [], lost: 0, causes: {} };
      case "alarms": {
        const end = begun + order.forMs;
        await this.raiseWhile(order.perSecond, () => performance.now() < end);
        break;
      }
      default:
        await this.flood(order);
    }
    return this.answer(performance.now() - begun);
  }

  private answer(ms: number): SwarmAnswer {
    const { sent, raised, count, causes } = this;
    this.sent = [];
    this.raised = [];
    this.causes = {};
    this.count = 0;
    return { up: this.upCount, ms, count, sent, raised, lost: this.alarms.size, causes };
  }

  private async connectAll(perSecond: number, withinMs: number): Promise<void> {
    for (const [nth, home] of this.homes.entries()) {
      setTimeout(() => this.beginning.push(home), (nth / perSecond) * 1_000);
    }
    await this.allUp(withinMs);
  }

  private async allUp(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (this.upCount < this.homes.length && performance.now() < until) await pause(50);
  }

  private randomHome(): BenchHome | undefined {
    return this.homes[Math.floor(Math.random() * this.homes.length)];
  }

  /** Of a home that is there; one that has just gone is passed over, and one beat less is under way. */
  private nextBeat(): void {
    for (let tries = 0; tries < 10; tries += 1) {
      const home = this.randomHome();
      if (home?.isUp !== true) continue;
      home.beat();
      return;
    }
  }

  private raise(): void {
    const home = this.randomHome();
    if (home === undefined) return;
    const id = randomUUID();
    const now = performance.now();
    this.alarms.set(id, { home, at: now, sentAt: home.isUp ? now : undefined });
    const alarm = {
      id,
      category: "emergency-call",
      level: "alarm",
      reason: "sos-pressed",
      raisedAt: now,
      late: false,
    };
    home.tell(randomUUID(), { kind: "custody-offered", alarm, epoch: 1 });
  }

  /** All drop at once, and alarms are raised at any of them for as long as it lasts. */
  private async storm(perSecond: number, withinMs: number): Promise<SwarmAnswer> {
    const begun = performance.now();
    for (const home of this.homes) home.cut();
    this.isCalm = perSecond === 0;
    const raising = this.raiseWhile(perSecond, () => !this.isCalm);
    await this.allUp(withinMs);
    const ms = performance.now() - begun;
    await raising;
    return this.answer(ms);
  }

  private async raiseWhile(perSecond: number, isOn: () => boolean): Promise<void> {
    while (isOn()) {
      this.raise();
      await pause(1_000 / perSecond);
    }
    const until = performance.now() + patienceMs;
    while (this.alarms.size > 0 && performance.now() < until) await pause(50);
  }

  private fault(): void {
    const id = randomUUID();
    this.facts.add(id);
    const fault = { subject: `device-${this.facts.size % 7}`, what: "battery-low", blind: [] };
    const cleared = Math.random() < 0.5;
    this.randomHome()?.tell(id, { kind: "fault", fault, cleared });
  }

  /** As many as the care service takes, with so many on their way at once. */
  private async flood(order: { kind: "faults" | "beats"; window: number; forMs: number }) {
    this.count = 0;
    this.next = order.kind === "faults" ? "fault" : "beat";
    for (let nth = 0; nth < order.window; nth += 1) {
      if (this.next === "fault") this.fault();
      else this.nextBeat();
    }
    await pause(order.forMs);
    this.next = undefined;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let swarm: Swarm | undefined;
process.on("message", (message: { readonly nth: number; readonly order: SwarmOrder }) => {
  const { nth, order } = message;
  const answer = (words: object): void => void process.send?.({ nth, ...words });
  if (order.kind === "settings") {
    swarm = new Swarm(order.settings);
    answer({});
  } else void swarm?.obey(order).then((found) => answer({ found }));
});
process.on("disconnect", () => process.exit(0));
