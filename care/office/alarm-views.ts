/** Alarms as a browser sees them, from the core's state and the rows of history. Pure. */
import type { Category, Level, Outcome } from "../../protocol/alarm.ts";
import type {
  AlarmRecord,
  OpenAlarmView,
  ResidentView,
  TellingView,
} from "../../protocol/care-views.ts";
import type { DeskAlarm, DeskState } from "../../protocol/desk.ts";
import { unfinished } from "../notify/stages.ts";
import type { TableOf } from "../store/schema.ts";
import { type KnownHomeRow, residentOf } from "./directory.ts";

export type AlarmRow = TableOf<"alarms">;
type Named = Pick<KnownHomeRow, "home" | "resident">;

/** Who comes, or came, as the row says it. */
export const whoCame = ({ accepted_by }: Pick<AlarmRow, "accepted_by">): string | null =>
  accepted_by === "" ? null : accepted_by;

/** A row of history. What an old row does not know is said in the least alarming true word. */
export function recordOf(row: AlarmRow, known: Named): AlarmRecord {
  return {
    home: row.home,
    resident: residentOf(known),
    alarm: row.id,
    category: (row.category ?? "fault") as Category,
    level: (row.level ?? "alarm") as Level,
    reason: row.reason ?? "",
    room: row.room,
    device: row.device,
    drill: row.drill === 1,
    late: row.late === 1,
    raised_wall: row.raised_wall ?? 0,
    custody_wall: row.custody_wall,
    accepted_wall: row.accepted_wall,
    accepted_by: whoCame(row),
    closed_wall: row.closed_wall,
    closed_by: row.closed_by,
    outcome: row.outcome as Outcome | null,
    note: row.note,
    false_alarm: row.false_alarm === 1,
  };
}

/**
 * An open alarm. Deadlines are on the core's clock: the state says which wall time that was. The
 * row may be missing for the moment between the core's word and the disk.
 */
export function openAlarmOf(
  view: DeskState,
  open: DeskAlarm,
  known: Named,
  row: AlarmRow | undefined,
): OpenAlarmView {
  const { alarm } = open;
  const wallOf = (at: number): number => view.wall_ms + at - view.at_ms;
  return {
    home: view.home,
    resident: residentOf(known),
    alarm: alarm.id,
    category: alarm.category,
    level: alarm.level,
    reason: alarm.reason,
    room: alarm.room ?? null,
    device: alarm.device ?? null,
    drill: row?.drill === 1 || Reflect.get(alarm, "drill") === true,
    late: alarm.late,
    raised_wall: row?.raised_wall ?? view.wall_ms,
    custody_wall: row?.custody_wall ?? null,
    coming: open.coming,
    declined: open.declined,
    told: open.told,
    step: open.step,
    round: open.round,
    due_wall: open.due_ms === null ? null : wallOf(open.due_ms),
    false_alarm_said: open.falseAlarmSaid,
    lapsed: open.lapsed,
    note: open.note === null ? null : { what: open.note.what, wall: wallOf(open.note.at_ms) },
    link: view.link,
  };
}

/** An alarm in a home that another process runs: what the rows know of it. */
export function openRecordOf(row: AlarmRow, known: Named): OpenAlarmView {
  const { home, resident, alarm, category, level, reason, ...record } = recordOf(row, known);
  const by = record.accepted_by;
  return {
    home,
    resident,
    alarm,
    category,
    level,
    reason,
    room: record.room,
    device: record.device,
    drill: record.drill,
    late: record.late,
    raised_wall: record.raised_wall,
    custody_wall: record.custody_wall,
    coming: by === null ? [] : [{ id: by, name: by }],
    declined: [],
    told: [],
    step: 0,
    round: 0,
    due_wall: null,
    false_alarm_said: false,
    lapsed: [],
    note: null,
    link: "unknown",
  };
}

export function tellingOf(row: TableOf<"tellings">): TellingView {
  return {
    id: row.id,
    party: row.party,
    name: row.name,
    step: row.step,
    round: row.round,
    repeat: row.repeat === 1,
    way: row.way,
    stage: row.stage,
    created_wall: row.created_wall,
    sent_wall: row.sent_wall,
    delivered_wall: row.delivered_wall,
    seen_wall: row.seen_wall,
    answered_wall: row.answered_wall,
    error: row.error === unfinished ? null : row.error,
  };
}

/** Who lives there; notes and key safe only for those who help. */
export function residentView(known: KnownHomeRow, helps: boolean): ResidentView {
  return {
    resident: residentOf(known),
    address: known.address,
    phone: known.phone,
    key_safe: helps ? known.key_safe : null,
    notes: helps ? known.notes : null,
  };
}
