/** Alarms at a desk: see, accept, decline, hand over, call, close. */
import { personOf as partyOf } from "../../protocol/agreement.ts";
import type { Person } from "../../protocol/alarm.ts";
import { answerAlarmSchema, closeAlarmSchema, handOverSchema } from "../../protocol/care-api.ts";
import type { AlarmDetail } from "../../protocol/care-views.ts";
import { agreementInForce } from "./agreements.ts";
import { openAlarmOf, openRecordOf, recordOf, residentView, tellingOf } from "./alarm-views.ts";
import { contextOf } from "./context.ts";
import { type KnownHomeRow, sees, type Who } from "./directory.ts";
import { nextTold } from "./next-step.ts";
import type { OfficeParts } from "./parts.ts";
import { may } from "./permissions.ts";
import { notYours, Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";
import { whoOf } from "./sessions.ts";

/** Tellings of one alarm that are shown: many rounds of a long night. */
const tellingsMax = 1_000;

/** A helper answers as who he is in the agreement; staff by their account. */
const personOf = ({ id, name, party }: Who): Person => ({ id: party ?? id, name });

async function homeOf(parts: OfficeParts, home: string): Promise<KnownHomeRow> {
  const known = await parts.directory.get(home);
  if (known === undefined) throw notYours(`home ${home}`);
  return known;
}

async function rowOf({ db }: OfficeParts, home: string, alarm: string) {
  const row = await db
    .selectFrom("alarms")
    .selectAll()
    .where("home", "=", home)
    .where("id", "=", alarm)
    .executeTakeFirst();
  if (row === undefined) throw notYours("alarm");
  return row;
}

/** Everybody who may take the alarm over. */
async function colleagues({ db }: OfficeParts, who: Who, known: KnownHomeRow): Promise<Person[]> {
  if (!may(who.role, "alarm-hand-over")) return [];
  const rows = await db
    .selectFrom("accounts")
    .selectAll()
    .where("role", "in", ["staff", "lead"])
    .where("disabled", "=", 0)
    .where("id", "!=", who.id)
    .orderBy("name")
    .execute();
  return rows
    .map(whoOf)
    .filter((other) => sees(other, known.home, known.home_group))
    .map(personOf);
}

async function detail(parts: OfficeParts, ask: Ask): Promise<AlarmDetail> {
  const { db, board, accessLog } = parts;
  const { who } = ask.session();
  const [home, alarmId] = [ask.param("home"), ask.param("alarm")];
  const known = await homeOf(parts, home);
  const view = board.of(home);
  const open = board.open(home, alarmId);
  await accessLog.write(who, home, `saw alarm ${alarmId}`, open !== undefined);
  const row = await rowOf(parts, home, alarmId);
  const tellings = await db
    .selectFrom("tellings")
    .selectAll()
    .where("home", "=", home)
    .where("alarm", "=", alarmId)
    .orderBy("created_wall")
    .orderBy("id")
    .limit(tellingsMax)
    .execute();
  const foreign = row.closed_wall === null && view === undefined ? openRecordOf(row, known) : null;
  const shown =
    view === undefined || open === undefined ? foreign : openAlarmOf(view, open, known, row);
  return {
    record: recordOf(row, known),
    open: shown,
    resident: residentView(known, may(who.role, "resident-see")),
    tellings: tellings.map(tellingOf),
    context: await contextOf(db, home, alarmId),
    next: shown === null ? null : await nextTold(parts, known, shown),
    absent_until_wall: known.absent_until_wall,
    colleagues: shown === null ? [] : await colleagues(parts, who, known),
  };
}

async function act(
  parts: OfficeParts,
  ask: Ask,
  verb: "accept" | "decline",
): Promise<{ taken: true; why: string }> {
  read(answerAlarmSchema, ask.request.body);
  const { who } = ask.session();
  const [home, alarmId] = [ask.param("home"), ask.param("alarm")];
  const by = personOf(who);
  const account = { id: who.id, name: who.name };
  await parts.core.ask({ home, account, kind: "alarm", request: { kind: verb, alarmId, by } });
  return { taken: true, why: "" };
}

/**
 * Whether this person goes there. Of a home that another process runs the row knows a name: that of
 * the account, or that of the agreement, by which the helper's link was answered.
 */
async function isComing(parts: OfficeParts, home: string, alarm: string, by: Person) {
  const open = parts.board.open(home, alarm);
  if (open !== undefined) return open.coming.some(({ id }) => id === by.id);
  const who = (await rowOf(parts, home, alarm)).accepted_by;
  if (who === by.name) return true;
  const agreement = await agreementInForce(parts.db, home);
  return agreement !== undefined && who === partyOf(agreement, by.id).name;
}

async function close(parts: OfficeParts, ask: Ask) {
  const { outcome, note } = read(closeAlarmSchema, ask.request.body);
  const { who } = ask.session();
  const [home, alarmId] = [ask.param("home"), ask.param("alarm")];
  const by = personOf(who);
  if (who.role === "helper" && !(await isComing(parts, home, alarmId, by))) {
    throw new Refusal(403, "only somebody who is going there says how it ended");
  }
  const request = { kind: "close", alarmId, closing: { by, outcome, note } } as const;
  const account = { id: who.id, name: who.name };
  await parts.core.ask({ home, account, kind: "alarm", request });
  return { taken: true, why: "" };
}

async function handOver(parts: OfficeParts, ask: Ask) {
  const sent = read(handOverSchema, ask.request.body);
  const { who } = ask.session();
  const [home, alarmId] = [ask.param("home"), ask.param("alarm")];
  const others = await colleagues(parts, who, await homeOf(parts, home));
  const to = others.find(({ id }) => id === sent.to);
  if (to === undefined) throw new Refusal(400, "nobody of that name may see this home");
  const account = { id: who.id, name: who.name };
  const request = { kind: "hand-over", alarmId, by: personOf(who), to } as const;
  await parts.core.ask({ home, account, kind: "alarm", request });
  return { taken: true, why: "" };
}

/** The call itself is made with the telephone at the desk; that it was made stays on record. */
async function call(parts: OfficeParts, ask: Ask) {
  const { who } = ask.session();
  const home = ask.param("home");
  const known = await homeOf(parts, home);
  if (known.phone === null) throw new Refusal(409, "no telephone number is known of this home");
  await parts.accessLog.write(who, home, `called because of ${ask.param("alarm")}`, true);
  return { phone: known.phone };
}

export function alarmRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/alarms": async ({ session }) => {
      const { who } = session();
      const alarms = await parts.openAlarms.of(who);
      const homes = alarms.map(({ home }) => home);
      await parts.accessLog.glance(who, homes, "saw an open alarm");
      return { alarms };
    },
    "GET /api/homes/:home/alarms/:alarm": (ask) => detail(parts, ask),
    "POST /api/homes/:home/alarms/:alarm/accept": (ask) => act(parts, ask, "accept"),
    "POST /api/homes/:home/alarms/:alarm/decline": (ask) => act(parts, ask, "decline"),
    "POST /api/homes/:home/alarms/:alarm/close": (ask) => close(parts, ask),
    "POST /api/homes/:home/alarms/:alarm/hand-over": (ask) => handOver(parts, ask),
    "POST /api/homes/:home/alarms/:alarm/call": (ask) => call(parts, ask),
  };
}
