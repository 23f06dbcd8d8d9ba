/**
 * Faults that no technician's work order can wait for: somebody is called. One alarm for each,
 * which ends by a person only; a fault that goes on after that is an alarm again in time.
 */
import type { Alarm } from "../../protocol/alarm.ts";
import type { HomePlan, PlannedDevice } from "../../protocol/home.ts";
import { deviceById } from "../../protocol/home.ts";
import { after, type Duration, type Instant } from "../../protocol/time.ts";
import { deviceAgainAfter } from "./supervision-limits.ts";
import { radioSubject } from "./supervision-sight.ts";
import {
  type FaultAlarm,
  hasFault,
  type SupervisionState,
  type SupervisionTurn,
} from "./supervision-state.ts";

/** Something to call somebody for, while it is so. */
interface Cause {
  readonly key: string;
  readonly reason: "radio-lost" | "device-missing" | "sos-button-silent";
  readonly level: Alarm["level"];
  readonly device?: PlannedDevice;
}

/** Without the radio every button on it is dead. Many missing devices are one alarm. */
function causes(state: SupervisionState, plan: HomePlan): readonly Cause[] {
  const found: Cause[] = [];
  if (hasFault(state, radioSubject, "radio-lost")) {
    found.push({ key: "radio-lost", reason: "radio-lost", level: "alarm" });
  }
  const missing = state.faults.find(({ what }) => what === "missing");
  const device = missing === undefined ? undefined : deviceById(plan, missing.subject);
  if (device !== undefined) {
    found.push({ key: "device-missing", reason: "device-missing", level: "alarm", device });
  }
  for (const one of plan.devices) {
    if (!one.roles.includes("sos-button") || !hasFault(state, one.id, "silent")) continue;
    const reason = "sos-button-silent";
    found.push({ key: `${reason} ${one.id}`, reason, level: "concern", device: one });
  }
  return found;
}

function raise(turn: SupervisionTurn, { key, reason, level, device }: Cause): FaultAlarm {
  const { around } = turn;
  const id = around.newId(key);
  const where = device === undefined ? {} : { device: device.id, room: device.room };
  const alarm: Alarm = {
    id,
    category: "fault",
    level,
    reason,
    ...where,
    raisedAt: around.now,
    late: false,
  };
  turn.emits.push({ kind: "alarm-raised", alarm });
  turn.why.push(`${key}: ${level}`);
  return { open: id, againAt: null };
}

/** Raises what is to be raised now; forgets a closed alarm whose fault is gone. */
export function judgeAlarms(turn: SupervisionTurn): void {
  const { now, plan } = turn.around;
  const before = turn.state.alarms;
  const alarms = Object.fromEntries(Object.entries(before).filter(([, one]) => one.open !== null));
  for (const cause of causes(turn.state, plan)) {
    const known = before[cause.key];
    const isDue = known === undefined || (known.againAt !== null && now >= known.againAt);
    alarms[cause.key] = isDue ? raise(turn, cause) : known;
  }
  turn.state = { ...turn.state, alarms };
}

/** How long a fault whose alarm a person closed may last before it is one again. */
function restOf(key: string, plan: HomePlan): Duration {
  return key === "radio-lost" ? plan.link.closeWithin : deviceAgainAfter;
}

/** A person closed an alarm. False for one that is not about a fault. */
export function alarmClosed(turn: SupervisionTurn, alarmId: string): boolean {
  const { state, around } = turn;
  const found = Object.entries(state.alarms).find(([, { open }]) => open === alarmId);
  if (found === undefined) return false;
  const [key] = found;
  const closed = { open: null, againAt: after(around.now, restOf(key, around.plan)) };
  turn.state = { ...state, alarms: { ...state.alarms, [key]: closed } };
  return true;
}

/** When faults whose alarms were closed are alarms again. */
export function alarmWakes({ alarms }: SupervisionState): readonly Instant[] {
  return Object.values(alarms).flatMap(({ againAt }) => againAt ?? []);
}
