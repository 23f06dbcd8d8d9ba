/** The one place that holds what the home says, what was asked of it, and how the line stands. */
import type { AnnouncementMessage } from "../../../protocol/bus.ts";
import type { TabletAnswer } from "../../../protocol/messages.ts";
import type { Instant } from "../../../protocol/time.ts";
import { homeTopics } from "../../../protocol/topics.ts";
import type { Credential } from "../wire/credential.ts";
import type { Heard, LineState } from "../wire/heard.ts";
import { type Line, openLine } from "../wire/line.ts";
import { type Asked, Outbox, type Wish } from "../wire/outbox.ts";
import { hearAlarms, hearWord, keepMemory, type Moment, readMemory, withoutOld } from "./memory.ts";
import type { HomeNow } from "./now.ts";
import { emptyHome, hearHome, instantNow, type Kept, lifeOf, wallOf } from "./state.ts";
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
const nobody: Kept = { resident: "", phone: "112" };
/** Whether the home still lives is looked at twice a second. */
const tickMs = 500;
/** A call that the home has taken is in its state by then. */
const callIsToldMs = 5_000;

function readKept(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Kept> | null;
    const { resident, phone } = { ...nobody, ...kept };
    return { resident, phone };
  } catch {
    return nobody;
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
    this.#memory = withoutOld(this.#memory, Date.now(), alarmId);
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
    this.#remember(topic, announcement);
    this.#changed();
    if (announcement !== undefined) for (const each of this.#announced) each(announcement);
  }

  #moment(): Moment {
    const at = instantNow(this.#state, performance.now());
    const home_ms = at === undefined ? undefined : wallOf(this.#state, at);
    return { own_ms: Date.now(), home_ms };
  }

  #remember(topic: string, said: AnnouncementMessage | undefined): void {
    const { boot, parts } = this.#state;
    if (said !== undefined) this.#memory = hearWord(this.#memory, said, this.#moment());
    if (topic === homeTopics.state("alarms") && boot !== undefined) {
      this.#memory = hearAlarms(this.#memory, parts.alarms ?? [], boot, this.#moment());
    }
    keepMemory(localStorage, this.#memory);
  }

  #keepPhone(): void {
    const told = this.#state.parts.gateway;
    if (told === undefined) return;
    const { resident, phone, timezone } = told;
    countHoursIn(timezone);
    if (resident === this.#kept.resident && phone === this.#kept.phone) return;
    this.#kept = { resident, phone };
    keep(this.#kept);
  }

  /** Time alone changes what is true: silence, a new minute, a call that the home tells by now. */
  #look(): void {
    const isTold = this.now().parts.alarms?.some(({ category }) => category === "emergency-call");
    this.#outbox.forgetTaken(isTold === true ? 0 : callIsToldMs);
    const life = lifeOf(this.#state, performance.now());
    const memory = withoutOld(this.#memory, Date.now());
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
