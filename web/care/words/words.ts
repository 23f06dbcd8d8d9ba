/** The sentences of the desk's frame and of its alarms, one set for each language. */
import type { AlarmNote, Category, Level } from "../../../protocol/alarm.ts";
import type { TellingStage, TellingWay } from "../../../protocol/care-views.ts";

/** Sentences of the service, each with its translation. */
export type ServiceWords = readonly (readonly [string, string])[];

export interface DeskWords {
  readonly title: string;
  readonly loading: string;
  readonly lost: string;
  /** With `{time}`. */
  readonly lostSince: string;
  readonly signedOut: string;
  readonly nav: Readonly<
    Record<
      "alarms" | "homes" | "services" | "faults" | "history" | "statistics" | "accounts",
      string
    >
  >;
  readonly navName: string;
  readonly logout: string;
  readonly soundOff: string;
  readonly soundOn: string;
  /** With `{why}`. */
  readonly failed: string;
  readonly silent: string;
  readonly uncertain: string;
  readonly login: Readonly<
    Record<"title" | "name" | "password" | "code" | "codeHint" | "enter" | "wrong", string>
  >;
  readonly invite: Readonly<
    Record<"title" | "hint" | "password" | "again" | "different" | "set", string>
  >;
  readonly factor: Readonly<Record<"title" | "hint" | "secret" | "code" | "confirm", string>>;
  readonly alarms: Readonly<
    Record<
      | "title"
      | "none"
      | "noneHint"
      | "noneHeard"
      | "age"
      | "custody"
      | "custodyNot"
      | "nobody"
      | "coming"
      | "next"
      | "nextUnlessEnded"
      | "nextNow"
      | "rests"
      | "drill"
      | "late"
      | "falseSaid"
      | "lapsed"
      | "round",
      string
    >
  >;
  readonly alarm: Readonly<
    Record<
      | "back"
      | "closed"
      | "unknown"
      | "accept"
      | "accepted"
      | "withdraw"
      | "call"
      | "callNow"
      | "noPhone"
      | "handOver"
      | "handOverTo"
      | "handOverDo"
      | "handOverNobody"
      | "close"
      | "closeTitle"
      | "outcome"
      | "note"
      | "noteHint"
      | "closeDo"
      | "missingOutcome"
      | "missingNote"
      | "cancel"
      | "told"
      | "toldNobody"
      | "who"
      | "how"
      | "when"
      | "state"
      | "step"
      | "sensors"
      | "sensorsNone"
      | "sensorsList"
      | "sensorsPower"
      | "resident"
      | "address"
      | "phone"
      | "keySafe"
      | "notes"
      | "nextTells"
      | "happened"
      | "raisedAt"
      | "custodyAt"
      | "acceptedAt"
      | "closedAt"
      | "by",
      string
    >
  >;
  /** What the home said last of an open alarm. */
  readonly notes: Readonly<Record<Exclude<AlarmNote, "false-alarm-said">, string>>;
  /** What a sensor said: by its kind, and by kind and value where that has words of its own. */
  readonly sensed: Readonly<Record<string, string>>;
  readonly levels: Readonly<Record<Level, string>>;
  readonly categories: Readonly<Record<Category, string>>;
  readonly stages: Readonly<Record<TellingStage, string>>;
  readonly ways: Readonly<Record<TellingWay, string>>;
  readonly links: Readonly<
    Record<"unknown" | "reachable" | "late" | "lost" | "restarting" | "maintenance", string>
  >;
}
