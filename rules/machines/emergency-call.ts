/**
 * The emergency call: a press or a tap is an alarm at once, without a pre-alarm. While it is open a
 * second press adds to it and never cancels. What the home says of it is the strongest statement
 * that is true at that moment (invariant 2), said when it changes and repeated while the call is
 * open.
 */
import type { Alarm, Closing } from "../../protocol/alarm.ts";
import { deviceById } from "../../protocol/home.ts";
import { after } from "../../protocol/time.ts";
import type { Effect, SignalPattern } from "../effects.ts";
import type { ClockFact, Fact, RuleEvent } from "../events.ts";
import { type Machine, type Step, type Surroundings, unchanged } from "../machine.ts";
import { emergencyCallManifest } from "./emergency-call-manifest.ts";
import { announce, type OpenCall, say, statementOf, stored } from "./emergency-call-words.ts";

/** The memory of the emergency call. */
export interface CallState {
  readonly careLost: boolean;
  readonly call: OpenCall | null;
  /** Open concerns about buttons that nobody understood, one for each device. */
  readonly unclear: readonly { readonly device: string; readonly alarmId: string }[];
  /** The test alarm that the care service asked for last, and whether it was said to run. */
  readonly drill: { readonly alarmId: string; readonly said: boolean } | null;
}

const signal = (pattern: SignalPattern): Effect => ({
  kind: "signal",
  source: "emergency-call",
  pattern,
});

function speak(state: CallState, call: OpenCall, around: Surroundings): Step<CallState> {
  const statement = statementOf(call, state.careLost, around.now);
  const said = say(call, statement, around);
  return {
    state: { ...state, call: said.call },
    effects: said.effects,
    emits: [],
    because: statement.key,
  };
}

/** Speaks only when there is something else to say than last time. */
function speakIfNew(state: CallState, call: OpenCall, around: Surroundings): Step<CallState> {
  const statement = statementOf(call, state.careLost, around.now);
  return JSON.stringify(statement) === call.said
    ? unchanged({ ...state, call })
    : speak(state, call, around);
}

interface Origin {
  readonly reason: string;
  readonly device?: string;
}

function alarmFrom(level: Alarm["level"], from: Origin, around: Surroundings): Alarm {
  const { reason, device } = from;
  const room = device === undefined ? undefined : deviceById(around.plan, device)?.room;
  return {
    id: around.newId(level),
    category: "emergency-call",
    level,
    reason,
    ...(device === undefined ? {} : { device }),
    ...(room === undefined ? {} : { room }),
    raisedAt: around.now,
    late: false,
  };
}

const pressedAgain = (alarmId: string): Fact => ({
  kind: "alarm-noted",
  alarmId,
  note: "pressed-again",
  from: "here",
});

/** The lamp and the first sentence of a call. */
function begin(state: CallState, alarmId: string, around: Surroundings): Step<CallState> {
  const call: OpenCall = {
    alarmId,
    holder: "self",
    coming: [],
    withdrawn: false,
    storedUntil: after(around.now, around.plan.link.custodyWithin),
    said: "",
    repeatAt: around.now,
  };
  const said = say(call, stored, around);
  const effects = [signal("called"), ...said.effects];
  return { state: { ...state, call: said.call }, effects, emits: [] };
}

/** Help is called, or called for again: a second press never cancels. */
function called(state: CallState, from: Origin, around: Surroundings): Step<CallState> {
  if (state.call !== null) {
    const spoken = speak(state, state.call, around);
    return { ...spoken, emits: [pressedAgain(state.call.alarmId)], because: "pressed again" };
  }
  const alarm = alarmFrom("alarm", from, around);
  const begun = begin(state, alarm.id, around);
  return {
    ...begun,
    emits: [{ kind: "alarm-raised", alarm }],
    because: `${from.reason}: help is called at once`,
  };
}

/**
 * A cry that nobody had heard when its alarm was closed is a call again: the room must not be told
 * that all is over.
 */
function criedOn(state: CallState, alarm: Alarm, around: Surroundings): Step<CallState> {
  const { id, category, level, device, drill } = alarm;
  if (category !== "emergency-call" || drill === true) return unchanged(state);
  if (level === "alarm" && state.call === null) {
    const begun = begin(state, id, around);
    return { ...begun, because: `${id} is an open call` };
  }
  const isNew = !state.unclear.some((concern) => concern.device === device);
  if (level === "alarm" || device === undefined || !isNew) return unchanged(state);
  return unchanged({ ...state, unclear: [...state.unclear, { device, alarmId: id }] });
}

/**
 * The care service tries out the way to people. It is an alarm to everybody but the room: no lamp
 * calls, and who is in need meanwhile presses as always.
 */
function drillAsked(state: CallState, drillId: string, around: Surroundings): Step<CallState> {
  const alarmId = `drill:${drillId}`;
  const alarm: Alarm = {
    id: alarmId,
    category: "emergency-call",
    level: "alarm",
    reason: "drill",
    raisedAt: around.now,
    late: false,
    drill: true,
  };
  return {
    state: { ...state, drill: { alarmId, said: false } },
    effects: [],
    emits: [{ kind: "alarm-raised", alarm }],
    because: "the care service tries out the way to people",
  };
}

/** Said once it is open: asked for again it may be over already. */
function drillStands(state: CallState, alarmId: string): Step<CallState> {
  if (state.drill?.alarmId !== alarmId || state.drill.said) return unchanged(state);
  return {
    ...unchanged({ ...state, drill: { alarmId, said: true } }),
    effects: [announce(alarmId, { key: "drill-running", words: {} })],
  };
}

/** A frame of a button that nobody understood may have been a call: somebody asks. */
function unclear(state: CallState, device: string, around: Surroundings): Step<CallState> {
  const open = state.unclear.find((concern) => concern.device === device);
  if (open !== undefined) {
    return { state, effects: [], emits: [pressedAgain(open.alarmId)], because: "unclear again" };
  }
  const alarm = alarmFrom("concern", { reason: "button-unclear", device }, around);
  return {
    state: { ...state, unclear: [...state.unclear, { device, alarmId: alarm.id }] },
    effects: [],
    emits: [{ kind: "alarm-raised", alarm }],
    because: `${device} spoke and nobody understood it`,
  };
}

function stands(
  state: CallState,
  event: Extract<RuleEvent, { kind: "alarm-stands" }>,
  around: Surroundings,
): Step<CallState> {
  const { call } = state;
  if (call?.alarmId !== event.alarmId) return drillStands(state, event.alarmId);
  const { holder, coming } = event;
  const withdrawn = coming.length === 0 && (call.withdrawn || call.coming.length > 0);
  return speakIfNew(state, { ...call, holder, coming, withdrawn }, around);
}

function closed(state: CallState, alarmId: string, closing: Closing): Step<CallState> {
  const unclearNow = state.unclear.filter((concern) => concern.alarmId !== alarmId);
  const rest: CallState = { ...state, unclear: unclearNow };
  const words = { name: closing.by.name, outcome: closing.outcome };
  if (state.drill?.alarmId === alarmId) {
    const effects = [announce(alarmId, { key: "alarm-closed", words })];
    return { ...unchanged({ ...rest, drill: null }), effects, because: "the test is over" };
  }
  if (state.call?.alarmId !== alarmId) return unchanged(rest);
  return {
    state: { ...rest, call: null },
    effects: [signal("none"), announce(alarmId, { key: "alarm-closed", words })],
    emits: [],
    because: `${closing.by.name} closed the call`,
  };
}

/**
 * On level after a start: lamp and sentence are what they should be, whatever they were. After a
 * gap that nobody can measure, nobody knows whether who was coming still is.
 */
function started(
  state: CallState,
  { gapMs }: Extract<ClockFact, { kind: "gateway-started" }>,
  around: Surroundings,
): Step<CallState> {
  const { call } = state;
  if (call === null) return { state, effects: [signal("none")], emits: [] };
  const withdrawn = call.withdrawn || call.coming.length > 0;
  const known = gapMs === null ? { ...call, coming: [], withdrawn } : call;
  const spoken = speak(state, known, around);
  return { ...spoken, effects: [signal("called"), ...spoken.effects] };
}

function link(state: CallState, careLost: boolean, around: Surroundings): Step<CallState> {
  const next: CallState = { ...state, careLost };
  return next.call === null ? unchanged(next) : speakIfNew(next, next.call, around);
}

function due(state: CallState, around: Surroundings): Step<CallState> {
  const { call } = state;
  if (call === null || call.repeatAt > around.now) return unchanged(state);
  return speak(state, call, around);
}

function step(state: CallState, event: RuleEvent, around: Surroundings): Step<CallState> {
  switch (event.kind) {
    case "button-pressed":
      return called(state, { reason: "sos-pressed", device: event.device }, around);
    case "help-requested":
      return called(state, { reason: "help-requested" }, around);
    case "drill-requested":
      return drillAsked(state, event.drillId, around);
    case "button-unclear":
      return unclear(state, event.device, around);
    case "alarm-raised":
      return criedOn(state, event.alarm, around);
    case "alarm-stands":
      return stands(state, event, around);
    case "alarm-closed":
      return closed(state, event.alarmId, event.closing);
    case "peer-lost":
      return link(state, true, around);
    case "peer-back":
      return link(state, false, around);
    case "gateway-started":
      return started(state, event, around);
    case "deadline-reached":
      return due(state, around);
    default:
      return unchanged(state);
  }
}

/** A cry is worth more than what is remembered of the one before it; nothing else is. */
function salvage(_memory: unknown, event: Fact): readonly Fact[] | undefined {
  const cries: readonly Fact["kind"][] = ["button-pressed", "help-requested", "button-unclear"];
  return cries.includes(event.kind) ? [] : undefined;
}

/** The emergency call. */
export const emergencyCall: Machine<CallState> = {
  manifest: emergencyCallManifest,
  initial: () => ({ careLost: false, call: null, unclear: [], drill: null }),
  step,
  salvage,
  wakeAt: (state) => state.call?.repeatAt,
};
