/** What the routes of the office share. */
import type { Kysely } from "kysely";
import type { Notifier } from "../notify/notifier.ts";
import type { CareDatabase } from "../store/schema.ts";
import type { AccessLog } from "./access-log.ts";
import type { Board } from "./board.ts";
import type { CorePort } from "./core-port.ts";
import type { Directory } from "./directory.ts";
import type { OfficeSettings } from "./mail.ts";
import type { OpenAlarms } from "./open-alarms.ts";
import type { Sessions } from "./sessions.ts";

export interface OfficeParts {
  readonly settings: OfficeSettings;
  readonly db: Kysely<CareDatabase>;
  /** Wall time in ms. */
  readonly wall: () => number;
  readonly warn: (text: string) => void;
  readonly board: Board;
  readonly core: CorePort;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly accessLog: AccessLog;
  readonly openAlarms: OpenAlarms;
  readonly notifier: Notifier;
  /** Seals device cookies. */
  readonly cookieSecret: string;
  /** Public key for push subscriptions, base64url; empty without pushes. */
  readonly pushKey: string;
}
