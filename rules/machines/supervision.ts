/**
 * Supervision: every device has a time within which it must speak. Silence is a fault, a stuck
 * sensor is one, and each fault names the modules that are blind while it lasts (invariant 6).
 */
import { deviceById, type HomePlan, type PlannedDevice } from "../../protocol/home.ts";
import { after, between, earliest, type Instant, instant } from "../../protocol/time.ts";
import { type DeviceFact, isDeviceFact } from "../events.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";
import { alarmClosed, alarmWakes, judgeAlarms } from "./supervision-alarms.ts";
import { askAfter, battery, radioLostMax, silenceMax, sparedMax } from "./supervision-limits.ts";
import { supervisionManifest } from "./supervision-manifest.ts";
import { heardMotion, judgeMotion, motionAfterStart, motionWake } from "./supervision-motion.ts";
import { radioSubject } from "./supervision-sight.ts";
import {
  clear,
  find,
  hasFault,
  isBack,
  type SupervisionState,
  type SupervisionTurn,
  type Watched,
} from "./supervision-state.ts";

function freshWatch(now: Instant): Watched {
  return {
    heardAt: now,
    asked: false,
    spared: 0,
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

/** Nothing could be heard for so long: that is no silence. */
function shifted({ heardAt }: Watched, by: number, now: Instant): Instant {
  return instant(Math.min(now, heardAt + by));
}

/** More time than the longest silence, but not again and again: a device may be dead. */
function spared(watched: Watched, from: Instant): Watched {
  if (watched.heardAt >= from || watched.spared >= sparedMax) return watched;
  return { ...watched, heardAt: from, spared: watched.spared + 1 };
}

/**
 * The radio is back. A device that can be asked is asked before it is blamed: what it said
 * meanwhile is lost.
 */
function radioReady(turn: SupervisionTurn): void {
  const { state, around } = turn;
  const { now } = around;
  const away = between(state.radioAwaySince ?? now, now);
  turn.state = { ...state, radioAwaySince: null };
  clear(turn, radioSubject, "radio-lost");
  eachDevice(turn, (device, watched) => {
    if (!device.byRadio) return;
    const waits = { ...watched, heardAt: shifted(watched, away, now), asked: false };
    const ask = askAfter(device);
    put(turn, device.id, ask === undefined ? waits : spared(waits, instant(now - ask)));
  });
}

/** A device after a gap: shifted by it, or awaited anew where nobody knows how long it was. */
function afterGap(watched: Watched, gapMs: number | null, now: Instant): Watched {
  const motion = motionAfterStart(watched.motion, now);
  const waits = { ...watched, heardAt: shifted(watched, gapMs ?? 0, now), asked: false, motion };
  return gapMs === null ? spared(waits, now) : waits;
}

/** After a start: forget devices that left the plan, and what motion sensors were at. */
function started(turn: SupervisionTurn, gapMs: number | null): void {
  const { now, plan } = turn.around;
  for (const { subject, what } of turn.state.faults) {
    if (subject !== radioSubject && deviceById(plan, subject) === undefined) {
      clear(turn, subject, what);
    }
  }
  const { devices: known, radioAwaySince: away } = turn.state;
  const radioAwaySince = away === null || gapMs === null ? now : instant(away + gapMs);
  turn.state = { ...turn.state, devices: {}, radioAwaySince };
  for (const { id } of plan.devices) {
    put(turn, id, afterGap(known[id] ?? freshWatch(now), gapMs, now));
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
  let watched: Watched = { ...known, heardAt: now, asked: false, spared: 0 };
  clear(turn, device.id, "silent");
  clear(turn, device.id, "missing");
  if (fact.kind === "motion-sensed") {
    watched = { ...watched, motion: heardMotion(watched.motion, fact.moving, now) };
  }
  watched = heardBattery(turn, watched, fact);
  put(turn, device.id, watched);
  judgeMotion(turn, device.id, watched.motion);
}

/**
 * Whether a word of this device is waited for: one that is silent was told, and is not blamed
 * twice.
 */
function isAwaited(state: SupervisionState, device: PlannedDevice): boolean {
  const deaf = device.byRadio && state.radioAwaySince !== null;
  return !(deaf || hasFault(state, device.id, "silent"));
}

/** Holds one device against its time. While the radio is away nobody on it is heard, or blamed. */
function judge(turn: SupervisionTurn, device: PlannedDevice, watched: Watched): void {
  judgeMotion(turn, device.id, watched.motion);
  const { state, around } = turn;
  if (!isAwaited(state, device)) return;
  if (around.now >= after(watched.heardAt, silenceMax(device))) {
    find(turn, device.id, "silent");
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
  judgeAlarms(turn);
}

/** The radio does not know a device of the plan. */
function missing(turn: SupervisionTurn, id: string): void {
  if (deviceById(turn.around.plan, id) !== undefined) find(turn, id, "missing");
}

function take(turn: SupervisionTurn): boolean {
  const { event, state } = turn;
  if (isDeviceFact(event)) {
    heard(turn, event);
    return true;
  }
  switch (event.kind) {
    case "gateway-started":
      started(turn, event.gapMs);
      return true;
    case "deadline-reached":
      return true;
    case "radio-lost":
      turn.state = { ...state, radioAwaySince: state.radioAwaySince ?? turn.around.now };
      return true;
    case "radio-ready":
      radioReady(turn);
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
      return alarmClosed(turn, event.alarmId);
    case "module-switched":
      return event.on && isBack(turn, event.module);
    default:
      return false;
  }
}

/** The next instant at which something is due; whatever was due until now has been judged. */
function nextWake(state: SupervisionState, plan: HomePlan, now: Instant): Instant | null {
  const list: (Instant | undefined)[] = [...alarmWakes(state)];
  const away = state.radioAwaySince;
  if (away !== null) list.push(after(away, radioLostMax));
  for (const device of plan.devices) {
    const watched = state.devices[device.id];
    if (watched === undefined) continue;
    list.push(motionWake(watched.motion));
    if (!isAwaited(state, device)) continue;
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
      alarms: {},
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
      // On level, with every event: a deadline may pass while another event is being handled.
      judgeAll(turn);
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
