/** The one place that holds what the home says, what was asked of it, and how the line stands. */
import type { AnnouncementMessage } from "../../../protocol/bus.ts";
import type { TabletAnswer } from "../../../protocol/messages.ts";
import type { Instant } from "../../../protocol/time.ts";
import { homeTopics } from "../../../protocol/topics.ts";
import type { Credential } from "../wire/credential.ts";
import type { Heard, LineState } from "../wire/heard.ts";
import { type Line, openLine } from "../wire/line.ts";
import { type Asked, Outbox, type Wish } from "../wire/outbox.ts";
import {
  hearAlarms,
  hearWord,
  keepMemory,
  type Moment,
  readMemory,
  seenAgain,
  withoutOld,
} from "./memory.ts";
import { Nap } from "./nap.ts";
import type { HomeNow } from "./now.ts";
import { doubted, emptyHome, hearHome, instantNow, type Kept, lifeOf, wallOf } from "./state.ts";
import { isCall } from "./truth.ts";
import { countHoursIn } from "./zone.ts";

export interface Store {
  now(): HomeNow;
  /** Hears of every change, also of each new minute. Returns how to stop. */
  listen(listener: () => void): () => void;
  /** Hears each sentence of the home once. */
  onAnnouncement(listener: (announcement: AnnouncementMessage) => void): () => void;
  ask(wish: Wish): Promise<Asked>;
  /** The last word about this alarm was read. */
  read(alarmId: string): void;
  close(): void;
}

const key = "obhut-home";
/** The emergency number of every country of the European Union, while no other was heard. */
const unheard: Kept = { phone: "112" };
/** Whether the home still lives is looked at twice a second. */
const tickMs = 500;
/** A call that the home has taken is in its state by then. */
const callIsToldMs = 5_000;

function readKept(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Kept> | null;
    const { phone } = { ...unheard, ...kept };
    return { phone };
  } catch {
    return unheard;
  }
}

/** The number to call, as it was heard last. */
export const keptPhone = (): string => readKept().phone;

function keep(kept: Kept): void {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Without storage the number is known until the next reload.
  }
}

const urlOfHub = (): string => `wss://${location.host}/mqtt`;

class HomeStore implements Store {
  #state = emptyHome(performance.now());
  #line: LineState = "opening";
  #kept = readKept();
  readonly #listeners = new Set<() => void>();
  readonly #announced = new Set<(announcement: AnnouncementMessage) => void>();
  readonly #outbox: Outbox;
  readonly #wire: Line;
  readonly #tick: ReturnType<typeof setInterval>;
  #drawn: HomeNow | undefined;
  #minute = 0;
  #memory = readMemory(localStorage);
  readonly #nap = new Nap();

  constructor(credential: Credential) {
    const { client } = credential;
    this.#outbox = new Outbox({
      say: (request) => {
        this.#wire?.publish(homeTopics.request(client), JSON.stringify(request));
      },
      changed: () => this.#changed(),
      storage: localStorage,
      now: () => performance.now(),
    });
    const answers = homeTopics.answer(client);
    this.#wire = openLine({
      url: urlOfHub(),
      credential,
      filters: ["home/state/#", homeTopics.announcement, answers],
      heard: (message) => this.#hear(message, answers),
      changed: (line) => {
        this.#line = line;
        if (line === "open") this.#outbox.sayAll();
        this.#changed();
      },
    });
    this.#tick = setInterval(() => this.#look(), tickMs);
  }

  now(): HomeNow {
    this.#drawn ??= this.#draw();
    return this.#drawn;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onAnnouncement(listener: (announcement: AnnouncementMessage) => void): () => void {
    this.#announced.add(listener);
    return () => this.#announced.delete(listener);
  }

  ask(wish: Wish): Promise<Asked> {
    return this.#outbox.ask(wish);
  }

  read(alarmId: string): void {
    this.#memory = withoutOld(this.#memory, performance.now(), alarmId);
    this.#changed();
  }

  close(): void {
    clearInterval(this.#tick);
    this.#outbox.close();
    this.#wire.close();
  }

  #draw(): HomeNow {
    const state = this.#state;
    const now = performance.now();
    const life = lifeOf(state, now);
    const instant = (): Instant | undefined => instantNow(state, performance.now());
    return {
      life,
      line: this.#line,
      parts: life === "alive" ? state.parts : {},
      kept: this.#kept,
      calls: this.#outbox.calls,
      staleAlarms: life === "alive" ? [] : (state.parts.alarms ?? []),
      memory: this.#memory,
      instantNow: instant,
      wallNow: () => {
        const at = instant();
        return at === undefined ? undefined : wallOf(state, at);
      },
      wallOf: (at) => wallOf(state, at),
    };
  }

  #hear({ topic, text, retained }: Heard, answers: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    if (topic === answers) {
      this.#outbox.hear(value as TabletAnswer);
      return;
    }
    const { state, announcement } = hearHome(
      this.#state,
      { topic, value, retained },
      performance.now(),
    );
    this.#state = state;
    this.#keepPhone();
    this.#remember(topic, announcement, !retained);
    this.#changed();
    if (announcement !== undefined) for (const each of this.#announced) each(announcement);
  }

  #moment(isNews: boolean): Moment {
    const now = performance.now();
    const at = instantNow(this.#state, now);
    const home_ms = at === undefined ? undefined : wallOf(this.#state, at);
    return { now, own_ms: Date.now(), home_ms, isNews };
  }

  #remember(topic: string, said: AnnouncementMessage | undefined, isNews: boolean): void {
    const before = this.#memory;
    const { boot, parts } = this.#state;
    const moment = this.#moment(isNews);
    if (said !== undefined) this.#memory = hearWord(before, said, moment);
    if (boot !== undefined && parts.alarms !== undefined) {
      if (topic === homeTopics.state("alarms")) {
        this.#memory = hearAlarms(before, parts.alarms, boot, moment);
      } else if (topic === homeTopics.state("gateway") && isNews) {
        this.#memory = seenAgain(before, boot, moment);
      }
    }
    if (this.#memory !== before) keepMemory(localStorage, this.#memory);
  }

  #keepPhone(): void {
    const told = this.#state.parts.gateway;
    if (told === undefined) return;
    const { phone, timezone } = told;
    countHoursIn(timezone);
    if (phone === this.#kept.phone) return;
    this.#kept = { phone };
    keep(this.#kept);
  }

  /** Time alone changes what is true: silence, a new minute, a call that the home tells by now. */
  #look(): void {
    const now = performance.now();
    if (this.#nap.took()) {
      this.#state = doubted(this.#state, now);
      this.#wire.renew();
      this.#changed();
    }
    const life = lifeOf(this.#state, now);
    if (life === "alive") {
      const isTold = this.now().parts.alarms?.some((alarm) => !alarm.drill && isCall(alarm));
      this.#outbox.forgetTaken(isTold === true ? 0 : callIsToldMs);
    }
    const memory = withoutOld(this.#memory, now);
    const isSame = memory === this.#memory && life === this.#drawn?.life;
    this.#memory = memory;
    const minute = Math.floor((this.now().wallNow() ?? 0) / 60_000);
    if (isSame && minute === this.#minute) return;
    this.#minute = minute;
    this.#changed();
  }

  #changed(): void {
    this.#drawn = undefined;
    for (const listener of this.#listeners) listener();
  }
}

export const openStore = (credential: Credential): Store => new HomeStore(credential);
