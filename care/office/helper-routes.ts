/**
 * The helper's page: behind the key of one telling, without an account. Address and notes are shown
 * only while the alarm is open, and every look is on record.
 */
import type { Category, Outcome } from "../../protocol/alarm.ts";
import {
  helperAnswerSchema,
  helperDeliveredSchema,
  helperOutcomeSchema,
  subscribeSchema,
} from "../../protocol/care-api.ts";
import type { HelperView } from "../../protocol/care-views.ts";
import { isPushService, phonesMax } from "../notify/push.ts";
import { type TellingRow, tellingByDigest } from "../notify/telling-rows.ts";
import { isToken } from "../notify/token.ts";
import { type AlarmRow, whoCame } from "./alarm-views.ts";
import { type KnownHomeRow, residentOf } from "./directory.ts";
import type { OfficeParts } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";
import { digestOf } from "./tokens.ts";

/** After the end a helper can read for so long how it ended. */
const afterwardsMs = 7 * 86_400_000;

const unknown = (): Refusal => new Refusal(404, "this link is not or no longer valid");

interface Told {
  readonly telling: TellingRow;
  readonly alarm: AlarmRow;
  readonly known: KnownHomeRow;
}

async function toldBy(parts: OfficeParts, token: string): Promise<Told> {
  const { db, directory, wall } = parts;
  if (!isToken(token)) throw unknown();
  const telling = await tellingByDigest(db, digestOf(token));
  if (telling === undefined) throw unknown();
  const alarm = await db
    .selectFrom("alarms")
    .selectAll()
    .where("home", "=", telling.home)
    .where("id", "=", telling.alarm)
    .executeTakeFirst();
  const known = await directory.get(telling.home);
  if (alarm === undefined || known === undefined) throw unknown();
  if (alarm.closed_wall !== null && wall() - alarm.closed_wall > afterwardsMs) throw unknown();
  return { telling, alarm, known };
}

const viewerOf = ({ telling }: Told) => ({
  id: telling.party,
  name: telling.name,
  role: "helper" as const,
});

/** Who is coming, as the core says it; after a restart of this thread as the row does. */
function comingOf(parts: OfficeParts, { telling, alarm }: Told): readonly string[] {
  const open = parts.board.open(telling.home, telling.alarm);
  if (open !== undefined) return open.coming.map(({ name }) => name);
  const by = whoCame(alarm);
  return by === null ? [] : [by];
}

function answerOf(parts: OfficeParts, { telling }: Told): HelperView["answer"] {
  const open = parts.board.open(telling.home, telling.alarm);
  if (open?.coming.some(({ id }) => id === telling.party) === true) return "coming";
  if (open?.declined.some(({ id }) => id === telling.party) === true) return "declined";
  // Who was not heard of again in time is expected no longer: others are told, and he is asked.
  if (open?.lapsed.some(({ id }) => id === telling.party) === true) return "none";
  if (telling.stage === "accepted") return "coming";
  return telling.stage === "declined" ? "declined" : "none";
}

const placeOf = (known: KnownHomeRow): NonNullable<HelperView["place"]> => ({
  address: known.address ?? "",
  phone: known.phone ?? "",
  key_safe: known.key_safe ?? "",
  notes: known.notes ?? "",
});

function viewOf(parts: OfficeParts, told: Told): HelperView {
  const { telling, alarm, known } = told;
  const { closed_wall } = alarm;
  return {
    you: { id: telling.party, name: telling.name },
    resident: residentOf(known),
    category: (alarm.category ?? "fault") as Category,
    reason: alarm.reason ?? "",
    drill: alarm.drill === 1,
    raised_wall: alarm.raised_wall ?? telling.created_wall,
    now_wall: parts.wall(),
    room: closed_wall === null ? alarm.room : null,
    state: closed_wall === null ? "open" : "closed",
    answer: answerOf(parts, told),
    coming: [...comingOf(parts, told)],
    place: closed_wall === null ? placeOf(known) : null,
    end:
      closed_wall === null
        ? null
        : {
            outcome: (alarm.outcome ?? "helped") as Outcome,
            by: alarm.closed_by ?? "",
            closed_wall,
          },
    push_key: parts.pushKey,
  };
}

async function see(parts: OfficeParts, token: string): Promise<HelperView> {
  const told = await toldBy(parts, token);
  const isOpen = told.alarm.closed_wall === null;
  const what = `saw alarm ${told.telling.alarm} on the helper's page`;
  await parts.accessLog.glance(viewerOf(told), [told.telling.home], what);
  if (isOpen) await parts.notifier.advance(told.telling.id, { stage: "seen", now: parts.wall() });
  return viewOf(parts, told);
}

function openOnly({ alarm }: Told): void {
  if (alarm.closed_wall === null) return;
  throw new Refusal(409, `${alarm.closed_by ?? "somebody"} closed this alarm already`);
}

async function answer(parts: OfficeParts, ask: Ask): Promise<HelperView> {
  const { coming } = read(helperAnswerSchema, ask.request.body);
  const token = ask.param("token");
  const told = await toldBy(parts, token);
  openOnly(told);
  const { home, alarm: alarmId, party, name, id } = told.telling;
  const by = { id: party, name };
  const kind = coming ? "accept" : "decline";
  await parts.core.ask({ home, account: by, kind: "alarm", request: { kind, alarmId, by } });
  const stage = coming ? "accepted" : "declined";
  await parts.notifier.advance(id, { stage, now: parts.wall() });
  return viewOf(parts, await toldBy(parts, token));
}

async function outcome(parts: OfficeParts, ask: Ask): Promise<HelperView> {
  const said = read(helperOutcomeSchema, ask.request.body);
  const token = ask.param("token");
  const told = await toldBy(parts, token);
  openOnly(told);
  if (answerOf(parts, told) !== "coming") {
    throw new Refusal(403, "only somebody who is going there says how it ended");
  }
  const { home, alarm: alarmId, party, name } = told.telling;
  const by = { id: party, name };
  const request = { kind: "close", alarmId, closing: { by, ...said } } as const;
  await parts.core.ask({ home, account: by, kind: "alarm", request });
  return viewOf(parts, await toldBy(parts, token));
}

async function subscribe(parts: OfficeParts, ask: Ask) {
  const { endpoint, keys } = read(subscribeSchema, ask.request.body);
  const { push } = parts.settings.notify;
  if (push === null) throw new Refusal(409, "this service sends no pushes");
  if (!isPushService(endpoint, push.services)) {
    throw new Refusal(400, "this browser's push service is not known here");
  }
  const { telling } = await toldBy(parts, ask.param("token"));
  const { home, party } = telling;
  const row = { account: null, home, party, endpoint, ...keys, wall: parts.wall() };
  await parts.db
    .insertInto("push_subscriptions")
    .values(row)
    .onConflict((conflict) => conflict.column("endpoint").doUpdateSet(row))
    .execute();
  await forgetOldPhones(parts, home, party);
  return {};
}

async function forgetOldPhones({ db }: OfficeParts, home: string, party: string): Promise<void> {
  const rows = await db
    .selectFrom("push_subscriptions")
    .select("n")
    .where("home", "=", home)
    .where("party", "=", party)
    .orderBy("n", "desc")
    .offset(phonesMax)
    .limit(100)
    .execute();
  for (const { n } of rows) {
    await db.deleteFrom("push_subscriptions").where("n", "=", n).execute();
  }
}

export function helperRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/helper/:token": ({ param }) => see(parts, param("token")),
    "POST /api/helper/:token/answer": (ask) => answer(parts, ask),
    "POST /api/helper/:token/outcome": (ask) => outcome(parts, ask),
    "POST /api/helper/:token/delivered": async ({ request, param }) => {
      read(helperDeliveredSchema, request.body);
      const { telling } = await toldBy(parts, param("token"));
      await parts.notifier.advance(telling.id, { stage: "delivered", now: parts.wall() });
      return {};
    },
    "POST /api/helper/:token/push": (ask) => subscribe(parts, ask),
  };
}
