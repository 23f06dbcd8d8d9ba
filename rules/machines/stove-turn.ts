/**
 * One step of the stove guard in the making: state, effects, facts and reasons, gathered in order.
 */
import type { Alarm } from "../../protocol/alarm.ts";
import type { Effect } from "../effects.ts";
import type { Fact, RuleEvent } from "../events.ts";
import type { Step, Surroundings } from "../machine.ts";
import { readDevices, relaysOf } from "./stove-sight.ts";
import type { StovePhase, StoveState } from "./stove-state.ts";

/** Lives for one step only; nothing outside the step sees it change. */
export interface StoveTurn {
  state: StoveState;
  readonly event: RuleEvent;
  readonly around: Surroundings;
  readonly effects: Effect[];
  readonly emits: Fact[];
  readonly why: string[];
}

/** A step that has not changed anything yet. */
export function beginTurn(state: StoveState, event: RuleEvent, around: Surroundings): StoveTurn {
  return { state, event, around, effects: [], emits: [], why: [] };
}

/** Moves to a phase; `since` tells the tablet how long it lasts. */
export function enter(turn: StoveTurn, phase: StovePhase): void {
  if (turn.state.phase === phase) return;
  turn.state = { ...turn.state, phase, since: turn.around.now };
}

/** Asks every relay and meter of the stove how it stands. */
export function askRelays(turn: StoveTurn): void {
  for (const device of readDevices(turn.around.plan)) {
    turn.effects.push({ kind: "read-relay", device });
  }
}

/** Raises a stove alarm, for the first relay: the place where somebody must go. Gives its id. */
export function raise(turn: StoveTurn, reason: string, late: boolean): string {
  const { around } = turn;
  const id = around.newId(reason);
  for (const { id: device, room } of relaysOf(around.plan).slice(0, 1)) {
    const alarm: Alarm = {
      id,
      category: "stove",
      level: "alarm",
      reason,
      device,
      room,
      raisedAt: around.now,
      late,
    };
    turn.emits.push({ kind: "alarm-raised", alarm });
  }
  return id;
}

/** Ends the step: what lights and sirens show follows from the phase, whatever led to it. */
export function endTurn(turn: StoveTurn, before: StoveState): Step<StoveState> {
  const signal = signalOf(turn.state);
  if (signal !== before.signal || turn.event.kind === "gateway-started") {
    turn.effects.push({ kind: "signal", source: "stove-guard", pattern: signal });
    turn.state = { ...turn.state, signal };
  }
  const because = turn.why.length > 0 ? { because: turn.why.join("; ") } : {};
  return { state: turn.state, effects: turn.effects, emits: turn.emits, ...because };
}

function signalOf(state: StoveState): StoveState["signal"] {
  switch (state.phase) {
    case "warned":
      return "warning";
    case "cut":
      // A cut that was proved before a restart is proved again in silence.
      return state.latch?.saidOff === true ? "none" : "warning";
    case "not-off":
      return "alarm";
    case "unknown":
    case "off":
    case "on":
    case "unattended":
    case "proved-off":
      return "none";
  }
}
