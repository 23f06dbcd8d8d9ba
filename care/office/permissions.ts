/**
 * Who may do what, and which action each route is. Pure, and the only place: a route that is not
 * in the table is not opened.
 */
import type { AccountRole } from "../../protocol/care-api.ts";

/**
 * Role by action. Nobody sees more of a resident than the work needs: a technician mends homes
 * without knowing who called for help, an administrator keeps accounts without seeing either.
 */
const actions = {
  "alarms-see": ["staff", "lead", "helper"],
  "alarm-answer": ["staff", "lead", "helper"],
  "alarm-close": ["staff", "lead", "helper"],
  "alarm-hand-over": ["staff", "lead"],
  "alarm-call": ["staff", "lead"],
  "homes-see": ["staff", "lead", "technician", "administrator"],
  /** Name of the resident, address and telephone: whoever goes there needs them. */
  "home-see": ["staff", "lead", "technician", "administrator"],
  /** Notes and the key safe: whoever helps needs them. */
  "resident-see": ["staff", "lead"],
  "resident-change": ["lead"],
  "agreement-see": ["staff", "lead"],
  "agreement-change": ["lead"],
  maintenance: ["lead", "technician"],
  /** Also to know of it: an empty home is no business of whoever mends or keeps accounts. */
  absence: ["staff", "lead"],
  drill: ["lead", "technician"],
  credential: ["technician", "administrator"],
  "access-log-see": ["lead", "administrator"],
  export: ["lead", "administrator"],
  erase: ["administrator"],
  "faults-see": ["staff", "lead", "technician"],
  "faults-work": ["staff", "lead", "technician"],
  "history-see": ["staff", "lead"],
  "statistics-see": ["lead", "administrator"],
  "accounts-see": ["administrator"],
  "accounts-change": ["administrator"],
  /** What residents order, and to answer it. */
  "services-see": ["staff", "lead"],
  "services-answer": ["staff", "lead"],
  /** Which modules are off, a pause, the last word of wellbeing. */
  "living-see": ["staff", "lead"],
  /** The agreement asks for this word before a module is dropped: who may change it, says it. */
  "module-answer": ["lead"],
  live: ["staff", "lead", "technician", "helper"],
} as const satisfies Readonly<Record<string, readonly AccountRole[]>>;

export type Action = keyof typeof actions;

export const allActions = Object.keys(actions) as readonly Action[];

export function may(role: AccountRole, action: Action): boolean {
  return (actions[action] as readonly AccountRole[]).includes(role);
}

/**
 * Who comes in at a door without an action: `anyone`; `session` also before the second factor;
 * `token` with the capability of one telling; `provider` with a signature.
 */
export type Door = Action | "anyone" | "session" | "token" | "provider";

/** Every route of the office. */
export const doors = {
  "GET /": "anyone",
  "GET /care/*": "anyone",
  "GET /helper/*": "anyone",
  "GET /invite/:token": "anyone",
  "GET /h/:token": "anyone",
  "POST /api/login": "anyone",
  "POST /api/invite": "anyone",
  "POST /api/logout": "session",
  "GET /api/me": "session",
  "POST /api/me/totp": "session",
  "POST /api/me/password": "session",
  "GET /api/alarms": "alarms-see",
  "GET /api/homes/:home/alarms/:alarm": "alarms-see",
  "POST /api/homes/:home/alarms/:alarm/accept": "alarm-answer",
  "POST /api/homes/:home/alarms/:alarm/decline": "alarm-answer",
  "POST /api/homes/:home/alarms/:alarm/close": "alarm-close",
  "POST /api/homes/:home/alarms/:alarm/hand-over": "alarm-hand-over",
  "POST /api/homes/:home/alarms/:alarm/call": "alarm-call",
  "GET /api/homes": "homes-see",
  "GET /api/homes/:home": "home-see",
  "PUT /api/homes/:home": "resident-change",
  "GET /api/homes/:home/agreement": "agreement-see",
  "PUT /api/homes/:home/agreement": "agreement-change",
  "POST /api/homes/:home/agreement/preview": "agreement-see",
  "POST /api/homes/:home/maintenance": "maintenance",
  "POST /api/homes/:home/absence": "absence",
  "POST /api/homes/:home/drill": "drill",
  "POST /api/homes/:home/credential": "credential",
  "DELETE /api/homes/:home/credential": "credential",
  "GET /api/homes/:home/access-log": "access-log-see",
  "GET /api/homes/:home/export": "export",
  "POST /api/homes/:home/erase": "erase",
  "GET /api/homes/:home/living": "living-see",
  "POST /api/homes/:home/orders": "services-answer",
  "POST /api/homes/:home/wishes": "module-answer",
  "GET /api/services": "services-see",
  "GET /api/faults": "faults-see",
  "POST /api/faults/work": "faults-work",
  "GET /api/history": "history-see",
  "GET /api/statistics": "statistics-see",
  "GET /api/accounts": "accounts-see",
  "POST /api/accounts": "accounts-change",
  "PUT /api/accounts/:id": "accounts-change",
  "GET /api/live": "live",
  "GET /api/helper/:token": "token",
  "POST /api/helper/:token/answer": "token",
  "POST /api/helper/:token/outcome": "token",
  "POST /api/helper/:token/delivered": "token",
  "POST /api/helper/:token/push": "token",
  "POST /api/receipts/:way": "provider",
} as const satisfies Readonly<Record<string, Door>>;

/** `METHOD path` of a route. */
export type RouteName = keyof typeof doors;

export const doorOf = (route: RouteName): Door => doors[route];

export const isAction = (door: Door): door is Action =>
  !["anyone", "session", "token", "provider"].includes(door);
