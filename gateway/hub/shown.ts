/**
 * What the home shows, as mail for its broker. Every message carries when and in which boot it was
 * born.
 */
import type { AnnouncementMessage, EventMessage, GatewayView } from "../../protocol/bus.ts";
import type { TabletAnswer } from "../../protocol/messages.ts";
import type { WallTime } from "../../protocol/time.ts";
import { homeTopics, type StatePart, stateParts } from "../../protocol/topics.ts";
import type { HomeView } from "../../protocol/view.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { Announcement, Clock } from "../ports.ts";
import type { Mail } from "./mail.ts";

/**
 * The home says that it lives; after three times this without a word a tablet says that it does
 * not.
 */
export const beatEveryMs = 5_000;

/** Every part but the beat, whose time it is to be said again that changes. */
const shownParts = stateParts.filter((part) => part !== "gateway");

interface Birthplace {
  readonly home: string;
  /** Who lives here, and the number to call when nothing else works. */
  readonly resident: string;
  readonly phone: string;
  readonly timezone: string;
  readonly boot: string;
  readonly clock: Clock;
}

/** Turns what the gateway shows into mail, and knows what was shown last. */
export class Shown {
  readonly #place: Birthplace;
  readonly #texts = new Map<StatePart, string>();
  readonly #latest = new Map<StatePart, Mail>();
  #count = 0;

  constructor(place: Birthplace) {
    this.#place = place;
  }

  /** The latest state of every part, for a worker that knows none. */
  all(): Iterable<Mail> {
    return this.#latest.values();
  }

  /** Mail for the parts that differ from what was shown last. */
  changes(view: HomeView): readonly Mail[] {
    const changed: Mail[] = [];
    for (const part of shownParts) {
      const text = JSON.stringify(view[part]);
      if (this.#texts.get(part) === text) continue;
      this.#texts.set(part, text);
      changed.push(this.#state(part, view[part]));
    }
    return changed;
  }

  beat(): Mail {
    const { home, resident, phone, timezone } = this.#place;
    const state: GatewayView = { home, everyMs: beatEveryMs, resident, phone, timezone };
    return this.#state("gateway", state);
  }

  announcement({ id, at_ms, key, alarmId, words }: Announcement): Mail {
    const message: AnnouncementMessage = {
      ...this.#birth(),
      id,
      at_ms,
      key,
      words: { ...words },
      ...(alarmId === undefined ? {} : { alarmId }),
    };
    return promise(homeTopics.announcement, message);
  }

  answer(client: string, answer: TabletAnswer): Mail {
    return promise(homeTopics.answer(client), answer);
  }

  event({ id, at, ...fact }: RuleEvent, wall: WallTime): Mail {
    const { boot } = this.#place;
    const message: EventMessage = {
      id,
      boot,
      at_ms: at,
      wall_ms: wall.wall_ms,
      wall_trusted: wall.trusted,
      fact,
    };
    const payload = JSON.stringify(message);
    return { topic: homeTopics.event(fact.kind), payload, retain: false, qos: 0 };
  }

  #state(part: StatePart, state: unknown): Mail {
    const payload = JSON.stringify({ ...this.#birth(), state });
    const mail: Mail = { topic: homeTopics.state(part), payload, retain: true, qos: 1 };
    this.#latest.set(part, mail);
    return mail;
  }

  #birth() {
    const { boot, clock } = this.#place;
    const wall = clock.wall();
    this.#count += 1;
    return {
      id: `${boot}-hub-${this.#count}`,
      boot,
      at_ms: clock.now() as number,
      wall_ms: wall.wall_ms,
      wall_trusted: wall.trusted,
    };
  }
}

function promise(topic: string, message: object): Mail {
  return { topic, payload: JSON.stringify(message), retain: false, qos: 1 };
}
