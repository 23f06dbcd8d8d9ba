/**
 * Supervision: every device has a time within which it must speak. Silence is a fault, a stuck
 * sensor is one, and each fault names the modules that are blind while it lasts (invariant 6).
 */
import { deviceById, type HomePlan, type PlannedDevice } from "../../protocol/home.ts";
import { after, earliest, type Instant } from "../../protocol/time.ts";
import { type DeviceFact, isDeviceFact } from "../events.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";
import { askAfter, battery, radioLostMax, silenceMax } from "./supervision-limits.ts";
import { supervisionManifest } from "./supervision-manifest.ts";
import { heardMotion, judgeMotion, motionAfterStart, motionWake } from "./supervision-motion.ts";
import { radioSubject } from "./supervision-sight.ts";
import {
  clear,
  find,
  hasFault,
  raiseFault,
  type SupervisionState,
  type SupervisionTurn,
  type Watched,
} from "./supervision-state.ts";

function freshWatch(now: Instant): Watched {
  return {
    heardAt: now,
    asked: false,
    motion: null,
    lowBy: null,
  };
}

function put(turn: SupervisionTurn, id: string, watched: Watched): void {
  turn.state = { ...turn.state, devices: { ...turn.state.devices, [id]: watched } };
}

/**
 * Each planned device with what is known of it; one that is new to the plan is awaited from now.
 */
function eachDevice(
  turn: SupervisionTurn,
  visit: (device: PlannedDevice, watched: Watched) => void,
): void {
  for (const device of turn.around.plan.devices) {
    visit(device, turn.state.devices[device.id] ?? freshWatch(turn.around.now));
  }
}

/** Waiting begins anew: nothing could be heard while the gateway or the radio was away. */
function waitAnew(turn: SupervisionTurn): void {
  eachDevice(turn, (device, watched) => {
    put(turn, device.id, { ...watched, heardAt: turn.around.now, asked: false });
  });
}

/** After a start: wait anew, forget devices that left the plan, and what motion sensors were at. */
function started(turn: SupervisionTurn): void {
  const { now, plan } = turn.around;
  for (const { subject, what } of turn.state.faults) {
    if (subject !== radioSubject && deviceById(plan, subject) === undefined) {
      clear(turn, subject, what);
    }
  }
  const known = turn.state.devices;
  turn.state = { ...turn.state, devices: {}, radioAwaySince: now };
  for (const { id } of plan.devices) {
    const before = known[id] ?? freshWatch(now);
    const motion = motionAfterStart(before.motion, now);
    put(turn, id, { ...before, heardAt: now, asked: false, motion });
  }
}

function heardBattery(turn: SupervisionTurn, watched: Watched, fact: DeviceFact): Watched {
  if (fact.kind !== "battery-read") return watched;
  const { volts, percent } = fact;
  if (volts !== undefined) {
    if (volts < battery.lowVolts) return lowBattery(turn, watched, fact.device, "volts");
    return volts >= battery.freshVolts ? freshBattery(turn, watched, fact.device) : watched;
  }
  if (percent === undefined) return watched;
  if (percent <= battery.lowPercent && watched.lowBy === null) {
    return lowBattery(turn, watched, fact.device, "percent");
  }
  const reassures = watched.lowBy === "percent" && percent >= battery.freshPercent;
  return reassures ? freshBattery(turn, watched, fact.device) : watched;
}

function lowBattery(
  turn: SupervisionTurn,
  watched: Watched,
  device: string,
  lowBy: "volts" | "percent",
): Watched {
  find(turn, device, "battery-low");
  return { ...watched, lowBy };
}

function freshBattery(turn: SupervisionTurn, watched: Watched, device: string): Watched {
  clear(turn, device, "battery-low");
  return { ...watched, lowBy: null };
}

function heard(turn: SupervisionTurn, fact: DeviceFact): void {
  const { now, plan } = turn.around;
  const device = deviceById(plan, fact.device);
  if (device === undefined) return;
  const known = turn.state.devices[device.id] ?? freshWatch(now);
  let watched: Watched = { ...known, heardAt: now, asked: false };
  clear(turn, device.id, "silent");
  clear(turn, device.id, "missing");
  if (fact.kind === "motion-sensed") {
    watched = { ...watched, motion: heardMotion(watched.motion, fact.moving, now) };
  }
  watched = heardBattery(turn, watched, fact);
  put(turn, device.id, watched);
  judgeMotion(turn, device.id, watched.motion);
}

/** Holds one device against its time. While the radio is away nobody can be heard, or blamed. */
function judge(turn: SupervisionTurn, device: PlannedDevice, watched: Watched): void {
  judgeMotion(turn, device.id, watched.motion);
  const { state, around } = turn;
  if (state.radioAwaySince !== null || hasFault(state, device.id, "silent")) return;
  if (around.now >= after(watched.heardAt, silenceMax(device))) {
    find(turn, device.id, "silent");
    if (device.roles.includes("sos-button")) {
      raiseFault(turn, device, { reason: "sos-button-silent", level: "concern" });
    }
    return;
  }
  const ask = askAfter(device);
  if (ask === undefined || watched.asked || around.now < after(watched.heardAt, ask)) return;
  turn.effects.push({ kind: "read-relay", device: device.id });
  put(turn, device.id, { ...watched, asked: true });
}

function judgeAll(turn: SupervisionTurn): void {
  const { radioAwaySince } = turn.state;
  if (radioAwaySince !== null && turn.around.now >= after(radioAwaySince, radioLostMax)) {
    find(turn, radioSubject, "radio-lost");
  }
  eachDevice(turn, (device, watched) => judge(turn, device, watched));
}

/**
 * A device that the radio does not know cannot call for help: an alarm, and one for all of them.
 */
function missing(turn: SupervisionTurn, id: string): void {
  const device = deviceById(turn.around.plan, id);
  if (device === undefined || hasFault(turn.state, id, "missing")) return;
  find(turn, id, "missing");
  if (turn.state.missingAlarm !== null) return;
  const missingAlarm = raiseFault(turn, device, { reason: "device-missing", level: "alarm" });
  turn.state = { ...turn.state, missingAlarm };
}

function take(turn: SupervisionTurn): boolean {
  const { event, state } = turn;
  if (isDeviceFact(event)) {
    heard(turn, event);
    return true;
  }
  switch (event.kind) {
    case "gateway-started":
      started(turn);
      judgeAll(turn);
      return true;
    case "deadline-reached":
      judgeAll(turn);
      return true;
    case "radio-lost":
      turn.state = { ...state, radioAwaySince: state.radioAwaySince ?? turn.around.now };
      return true;
    case "radio-ready":
      turn.state = { ...state, radioAwaySince: null };
      clear(turn, radioSubject, "radio-lost");
      waitAnew(turn);
      return true;
    case "device-missing":
      missing(turn, event.device);
      return true;
    case "device-found":
      clear(turn, event.device, "missing");
      return true;
    case "fail-safe-read":
      if (event.armed) clear(turn, event.device, "not-fail-safe");
      else find(turn, event.device, "not-fail-safe");
      return true;
    case "alarm-closed":
      if (event.alarmId !== state.missingAlarm) return false;
      turn.state = { ...state, missingAlarm: null };
      return true;
    default:
      return false;
  }
}

function nextWake(state: SupervisionState, plan: HomePlan, now: Instant): Instant | null {
  const list: (Instant | undefined)[] = [];
  const away = state.radioAwaySince;
  if (away !== null) list.push(after(away, radioLostMax));
  for (const device of plan.devices) {
    const watched = state.devices[device.id];
    if (watched === undefined) continue;
    list.push(motionWake(watched.motion));
    if (away !== null || hasFault(state, device.id, "silent")) continue;
    list.push(after(watched.heardAt, silenceMax(device)));
    const ask = askAfter(device);
    if (ask !== undefined && !watched.asked) list.push(after(watched.heardAt, ask));
  }
  return earliest(...list.filter((at) => at !== undefined && at > now)) ?? null;
}

/** Supervision for a home whose modules these manifests describe. */
export function supervisionFor(manifests: readonly ModuleManifest[]): Machine<SupervisionState> {
  return {
    manifest: supervisionManifest,
    initial: () => ({
      devices: {},
      faults: [],
      radioAwaySince: null,
      missingAlarm: null,
      wake: null,
    }),
    step(state, event, around): Step<SupervisionState> {
      const turn: SupervisionTurn = {
        state,
        manifests,
        event,
        around,
        effects: [],
        emits: [],
        why: [],
      };
      if (!take(turn)) return unchanged(state);
      const wake = nextWake(turn.state, around.plan, around.now);
      const because = turn.why.length > 0 ? { because: turn.why.join("; ") } : {};
      return {
        state: { ...turn.state, wake },
        effects: turn.effects,
        emits: turn.emits,
        ...because,
      };
    },
    wakeAt: (state) => state.wake ?? undefined,
  };
}
