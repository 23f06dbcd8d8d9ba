/**
 * What passes between the core and the office, which is another thread: plain data only. The core
 * owes the office nothing: whatever the office does, custody and chains go on.
 */
import type { ServerCertificate } from "../../platform/tls.ts";
import type { Person } from "../../protocol/alarm.ts";
import type { TellingStage } from "../../protocol/care-views.ts";
import type { DeskAnswer, DeskEvent, DeskRequest, DeskState } from "../../protocol/desk.ts";
import type { DatabasePlace } from "../store/place.ts";

/** A provider's HTTP interface for short messages or calls. */
export interface WebhookSettings {
  readonly url: string;
  /** Shared with the provider: signs what goes out, and what its receipts bring in. */
  readonly secret: string;
}

export interface NotifySettings {
  readonly language: "de" | "en";
  readonly mail: { readonly url: string; readonly from: string } | null;
  readonly sms: WebhookSettings | null;
  readonly voice: WebhookSettings | null;
  readonly push: {
    /** `mailto:` or `https:` of whoever answers for the pushes (RFC 8292, `sub`). */
    readonly subject: string;
    /** Hosts of push services beside the known ones; a browser names the one it uses. */
    readonly services: readonly string[];
  } | null;
}

/** How long each kind of data is kept, in days. */
export interface RetentionSettings {
  readonly eventsDays: number;
  readonly alarmsDays: number;
  readonly accessLogDays: number;
  readonly contextDays: number;
  readonly ordersDays: number;
}

/** What a worker must know to open. */
export interface OfficeSettings {
  /** The office has a connection of its own. */
  readonly database: DatabasePlace;
  readonly host: string;
  /** 0 lets the system choose; a later worker opens where the first one did. */
  readonly port: number;
  /** How people reach it, such as `https://care.example.org`; stands in every link. */
  readonly publicUrl: string | null;
  /** Null only on a loopback address, behind a proxy that speaks TLS. */
  readonly tls: Pick<ServerCertificate, "cert" | "key"> | null;
  /** Folder with the built pages `care/` and `helper/`. */
  readonly pagesDir: string;
  readonly notify: NotifySettings;
  readonly retention: RetentionSettings;
}

/** A home that this process owns, as the core runs it. */
export interface HomeBrief {
  readonly home: string;
  readonly timezone: string;
}

/** What a person at the office does. Each is on the core's disk before it is answered. */
export type OfficeRequest = { readonly home: string; readonly account: Person } & (
  | { readonly kind: "alarm"; readonly request: DeskRequest["request"] }
  /** Null ends it. */
  | { readonly kind: "maintenance"; readonly untilWall: number | null }
  /** Until when the resident is away: only the chain is another. Null ends it. */
  | { readonly kind: "absence"; readonly untilWall: number | null }
  | { readonly kind: "drill" }
  /**
   * Stop this home and write nothing more of it: its rows are about to be erased. Refused while an
   * alarm is open there. Answered once everything that was waiting for the disk is on it.
   */
  | { readonly kind: "forget" }
);

export type OfficeAnswer = Pick<DeskAnswer, "taken" | "why"> & {
  /** It was not decided: no process looks after the home at this moment. */
  readonly again?: boolean;
};

/** One message to one person has come so far. Stages only move forward; a repeat is harmless. */
export interface TellingProgress {
  /** Of the row. */
  readonly id: string;
  readonly home: string;
  readonly alarmId: string;
  readonly party: string;
  readonly step: number;
  readonly round: number;
  readonly stage: TellingStage;
}

/** To the office. */
export type ToOffice =
  /** First of all, and again whenever the homes of this process change. */
  | { readonly kind: "hello"; readonly homes: readonly HomeBrief[] }
  /** The latest of a home replaces the one before. */
  | { readonly kind: "state"; readonly view: DeskState }
  | { readonly kind: "event"; readonly event: DeskEvent }
  /** Rows of `tellings` are new or moot: look. */
  | { readonly kind: "tellings" }
  | { readonly kind: "answer"; readonly nth: number; readonly answer: OfficeAnswer };

/** From the office. */
export type ToCore =
  | { readonly kind: "request"; readonly nth: number; readonly request: OfficeRequest }
  | { readonly kind: "telling-stage"; readonly progress: TellingProgress }
  /** Agreement, link settings or credential: read the home's rows again. */
  | { readonly kind: "homes-changed"; readonly home: string }
  | { readonly kind: "warning"; readonly text: string };
