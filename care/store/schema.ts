/**
 * The tables of the care service, the same on SQLite and PostgreSQL. Times named `*_wall` are ms
 * since 1970; `at` and `*_at` are gateway time of the care service. Booleans are 0 and 1. Texts
 * named `body`, `link`, `groups`, `blind` and `report` are JSON.
 */
import type { Generated, Insertable, Selectable } from "kysely";
import type { LivingTable, OrdersTable, WishesTable } from "./living-schema.ts";

export interface CareDatabase {
  readonly homes: HomesTable;
  readonly owners: OwnersTable;
  readonly events: EventsTable;
  readonly closings: ClosingsTable;
  readonly inbox: InboxTable;
  readonly outbox: OutboxTable;
  readonly stamp: StampTable;
  readonly alarms: AlarmsTable;
  readonly tellings: TellingsTable;
  readonly known_homes: KnownHomesTable;
  readonly agreements: AgreementsTable;
  readonly accounts: AccountsTable;
  readonly sessions: SessionsTable;
  readonly login_failures: LoginFailuresTable;
  readonly access_log: AccessLogTable;
  readonly push_subscriptions: PushSubscriptionsTable;
  readonly faults: FaultsTable;
  readonly drills: DrillsTable;
  readonly settings: SettingsTable;
  readonly context: ContextTable;
  readonly orders: OrdersTable;
  readonly wishes: WishesTable;
  readonly living: LivingTable;
}

/** The rules of each home as a restart goes on from them, and which process has them. */
export interface HomesTable {
  home: string;
  /** The engine's state without its closings; null until the first step. */
  state: string | null;
  wake_at: number | null;
  /** The process that looks after the home; null while nobody does. */
  owner: string | null;
  /** Grows with each change of owner. */
  fence: number;
}

/** One row for each living process. Whoever finds it expired may remove it and take its homes. */
export interface OwnersTable {
  owner: string;
  until_wall: number;
  /** The last row of this process that is on disk: whoever lost the answer to a commit finds it. */
  last_seq: Generated<number>;
}

/** The journal: each event with what was decided by it. */
export interface EventsTable {
  seq: Generated<number>;
  home: string;
  at: number;
  wall: number;
  trusted: number;
  event: string;
  decisions: string;
}

/** Closed alarms that the rules remember, so that late facts about them are harmless. */
export interface ClosingsTable {
  n: Generated<number>;
  home: string;
  alarm: string;
  body: string;
}

/** Ids of messages of the home that were taken; the newest are kept. */
export interface InboxTable {
  n: Generated<number>;
  home: string;
  id: string;
}

/** Messages to the home that wait for a receipt. */
export interface OutboxTable {
  n: Generated<number>;
  home: string;
  id: string;
  line: string;
}

export interface StampTable {
  one: number;
  stamp: string;
}

/** History: one row for each alarm. What is not known, or has not happened, is null. */
export interface AlarmsTable {
  home: string;
  id: string;
  category: string | null;
  level: string | null;
  reason: string | null;
  room: string | null;
  device: string | null;
  drill: number;
  late: number;
  raised_wall: number | null;
  custody_wall: number | null;
  accepted_wall: number | null;
  accepted_by: string | null;
  closed_wall: number | null;
  closed_by: string | null;
  outcome: string | null;
  note: string | null;
  false_alarm: number | null;
}

/** One person told by one way. The core makes the row `due`; the notifier takes it further. */
export interface TellingsTable {
  /** `${effectId}/${way}`: the same step told again makes no second row. */
  id: string;
  home: string;
  alarm: string;
  party: string;
  name: string;
  step: number;
  round: number;
  repeat: number;
  drill: number;
  way: TellingWay;
  address: string;
  token_sha256: string | null;
  stage: TellingStage;
  due_wall: number;
  tries: number;
  created_wall: number;
  sent_wall: number | null;
  delivered_wall: number | null;
  seen_wall: number | null;
  answered_wall: number | null;
  error: string | null;
  /** 1 from the arrival of the message until the rules of its home have heard of it. */
  unheard: Generated<number>;
}

export type TellingWay = "push" | "mail" | "sms" | "voice" | "desk";

export type TellingStage =
  | "due"
  | "sent"
  | "delivered"
  | "seen"
  | "accepted"
  | "declined"
  | "failed"
  | "moot";

/** Who lives there and how the gateway logs in. */
export interface KnownHomesTable {
  home: string;
  resident: string | null;
  address: string | null;
  phone: string | null;
  key_safe: string | null;
  notes: string | null;
  timezone: string;
  home_group: string | null;
  link: string;
  credential_sha256: string | null;
  revoked: number;
  maintenance_until_wall: number | null;
  drill_due_wall: number | null;
  /** Until then the resident is away; null while nobody has said so. */
  absent_until_wall: number | null;
  /** Version of the agreement that was last taken from the configuration file; 0: none. */
  imported_version: number;
  /** The credential that was last taken from the file: another one there is a new one. */
  imported_credential: string | null;
  /** 1 from a change until whoever looks after the home reads the row anew. */
  unread: Generated<number>;
}

/** Every version of the agreement; the highest is in force. */
export interface AgreementsTable {
  home: string;
  version: number;
  body: string;
  by_account: string | null;
  wall: number;
}

export interface AccountsTable {
  id: string;
  name: string;
  email: string | null;
  role: "staff" | "lead" | "technician" | "administrator" | "helper";
  groups: string;
  /** Of a helper: the party of this home's agreement. */
  home: string | null;
  party: string | null;
  password: string | null;
  totp_secret: string | null;
  /** Last time step whose code was taken: a code counts once. */
  totp_last: number | null;
  disabled: number;
  created_wall: number;
}

export interface SessionsTable {
  token_sha256: string;
  account: string;
  created_wall: number;
  seen_wall: number;
  expires_wall: number;
  second_factor: number;
}

export interface LoginFailuresTable {
  key: string;
  count: number;
  until_wall: number;
}

/** Every look at a resident's data. */
export interface AccessLogTable {
  n: Generated<number>;
  wall: number;
  account: string;
  name: string;
  role: string;
  home: string;
  what: string;
}

export interface PushSubscriptionsTable {
  n: Generated<number>;
  account: string | null;
  home: string | null;
  party: string | null;
  endpoint: string;
  p256dh: string;
  auth: string;
  wall: number;
}

/** A fault of a home is a work order until somebody has mended it. */
export interface FaultsTable {
  home: string;
  subject: string;
  what: string;
  since_wall: number;
  cleared_wall: number | null;
  blind: string;
  work_state: Generated<"open" | "planned" | "done">;
  work_note: string | null;
  work_by: string | null;
}

/** The report of a test alarm; `id` is the alarm's. */
export interface DrillsTable {
  id: string;
  home: string;
  wall: number;
  report: string;
}

export interface SettingsTable {
  key: string;
  value: string;
}

/** What the sensors said while an alarm is open. */
export interface ContextTable {
  home: string;
  alarm: string;
  body: string;
  wall: number;
}

/**
 * What became true of an alarm with one step. The first that was said stands, a repeat changes
 * nothing; only `accepted_by` follows who comes, and while nobody does it is empty until the end.
 */
export type AlarmChange = Partial<Omit<AlarmsTable, "home" | "id">> & { readonly id: string };

/** A telling as the core orders it; the store adds the home and what begins empty. */
export type TellingOrder = Pick<
  TellingsTable,
  "id" | "alarm" | "party" | "name" | "step" | "round" | "repeat" | "drill" | "way" | "address"
> &
  Pick<TellingsTable, "due_wall" | "created_wall">;

export type FaultChange = Pick<
  TableOf<"faults">,
  "subject" | "what" | "since_wall" | "cleared_wall" | "blind"
>;

/** A row as it is read. */
export type TableOf<Name extends keyof CareDatabase> = Selectable<CareDatabase[Name]>;

/** A row as it is written. */
export type NewRow<Name extends keyof CareDatabase> = Insertable<CareDatabase[Name]>;
