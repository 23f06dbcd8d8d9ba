/**
 * A desk: sees every home's open alarms, and says for a person who comes, who does not, and how it
 * ended.
 */
import { randomUUID } from "node:crypto";
import { type BrokerSession, openSession } from "../platform/broker-session.ts";
import type { Closing, Person } from "../protocol/alarm.ts";
import {
  type DeskAlarm,
  type DeskAnswer,
  type DeskEvent,
  type DeskRequest,
  type DeskState,
  deskAnswerSchema,
  deskEventSchema,
  deskStateSchema,
} from "../protocol/desk.ts";
import { parseJson } from "../protocol/parse.ts";
import { deskTopics } from "../protocol/topics.ts";

export interface DeskSettings {
  /** `mqtts://host:port` of the care service. */
  readonly url: string;
  readonly name: string;
  readonly password: string;
  /** The care service's certificate (PEM). */
  readonly ca?: string;
}

export interface DeskListener {
  /** The state of a home changed, or is known for the first time. */
  change?(state: DeskState): void;
  event?(event: DeskEvent): void;
  /** False while the care service cannot be reached: what is shown may be old. */
  connected?(up: boolean, cause: string): void;
}

/** An open alarm and the home it is in. */
export type OpenAlarm = DeskAlarm & { readonly home: string };

export interface Desk {
  /** All open alarms, as far as known; by home, in the order of raising. */
  openAlarms(): readonly OpenAlarm[];
  /** Each resolves with the care service's answer; `taken` means that it is on its disk. */
  accept(alarmId: string, by: Person): Promise<DeskAnswer>;
  decline(alarmId: string, by: Person): Promise<DeskAnswer>;
  /** Who was coming is not any more, and `to` is told instead. */
  handOver(alarmId: string, by: Person, to: Person): Promise<DeskAnswer>;
  closeAlarm(alarmId: string, closing: Closing): Promise<DeskAnswer>;
  close(): Promise<void>;
}

/** How long an answer may take before the person is told that nothing is certain. */
const answerWithinMs = 15_000;
/** How often a request without an answer is sent again; the care service bears repeats. */
const againMs = 1_000;

type Request = DeskRequest["request"];

class DeskClient implements Desk {
  private readonly name: string;
  private readonly listener: DeskListener;
  private readonly session: BrokerSession;
  private readonly states = new Map<string, DeskState>();
  private readonly asked = new Map<string, (answer: DeskAnswer) => void>();

  constructor(settings: DeskSettings, listener: DeskListener) {
    const { name, url, password, ca } = settings;
    this.name = name;
    this.listener = listener;
    this.session = openSession(
      {
        url,
        password,
        user: name,
        // Two screens of one desk may be open at once.
        clientId: `${name}:${randomUUID()}`,
        ...(ca === undefined ? {} : { ca }),
        subscriptions: [
          { topic: deskTopics.answer(name), qos: 1 },
          // Thousands of homes come at once, and an accepted alarm must not wait behind as many
          // acknowledgements. Nothing is lost: whoever is cut off hears them all again.
          { topic: deskTopics.allStates, qos: 0 },
          { topic: deskTopics.allEvents, qos: 0 },
        ],
      },
      {
        up: () => listener.connected?.(true, ""),
        down: (cause) => listener.connected?.(false, cause),
        message: (topic, payload) => this.take(topic, payload.toString("utf8")),
      },
    );
    this.session.start();
  }

  openAlarms(): readonly OpenAlarm[] {
    return [...this.states.values()].flatMap(({ home, alarms }) =>
      alarms.map((alarm) => ({ ...alarm, home })),
    );
  }

  accept(alarmId: string, by: Person): Promise<DeskAnswer> {
    return this.ask({ kind: "accept", alarmId, by: { ...by } });
  }

  decline(alarmId: string, by: Person): Promise<DeskAnswer> {
    return this.ask({ kind: "decline", alarmId, by: { ...by } });
  }

  handOver(alarmId: string, by: Person, to: Person): Promise<DeskAnswer> {
    return this.ask({ kind: "hand-over", alarmId, by: { ...by }, to: { ...to } });
  }

  closeAlarm(alarmId: string, closing: Closing): Promise<DeskAnswer> {
    return this.ask({ kind: "close", alarmId, closing: { ...closing, by: { ...closing.by } } });
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private take(topic: string, text: string): void {
    if (topic === deskTopics.answer(this.name)) this.takeAnswer(text);
    else if (topic.startsWith(deskTopics.state(""))) this.takeState(text);
    else {
      const read = parseJson(deskEventSchema, text);
      if (read.ok) this.listener.event?.(read.value);
    }
  }

  private takeState(text: string): void {
    const read = parseJson(deskStateSchema, text);
    if (!read.ok) return;
    this.states.set(read.value.home, read.value);
    this.listener.change?.(read.value);
  }

  private takeAnswer(text: string): void {
    const read = parseJson(deskAnswerSchema, text);
    if (read.ok) this.asked.get(read.value.of)?.(read.value);
  }

  private ask(request: Request): Promise<DeskAnswer> {
    const id = randomUUID();
    const home = this.openAlarms().find(({ alarm }) => alarm.id === request.alarmId)?.home;
    if (home === undefined) {
      return Promise.resolve({ of: id, taken: false, why: "no alarm with this id is open" });
    }
    const message: DeskRequest = { id, home, request };
    const send = (): void => {
      this.session.publish(deskTopics.request(this.name), JSON.stringify(message), 1);
    };
    return new Promise((resolve) => {
      const end = (answer: DeskAnswer): void => {
        clearInterval(again);
        clearTimeout(patience);
        this.asked.delete(id);
        resolve(answer);
      };
      const again = setInterval(send, againMs);
      const patience = setTimeout(() => {
        end({ of: id, taken: false, why: "the care service did not answer; ask again" });
      }, answerWithinMs);
      this.asked.set(id, end);
      send();
    });
  }
}

/** Opens a desk; it connects, and stays connected, by itself. */
export function openDesk(settings: DeskSettings, listener: DeskListener = {}): Desk {
  return new DeskClient(settings, listener);
}
