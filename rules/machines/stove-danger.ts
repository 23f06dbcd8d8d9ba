/**
 * The two dangers that are alarms: a stove that is not proved off, and one that nobody can cut.
 * Each has at most one open alarm, whatever restarts there are; and while it stands it does not
 * stay closed.
 */
import { after, type Duration, type Instant } from "../../protocol/time.ts";
import type { Raised, StoveState } from "./stove-state.ts";
import { raise, type StoveTurn } from "./stove-turn.ts";

const reasons = { notOff: "stove-not-off", unguarded: "stove-unguarded" } as const;
type Danger = keyof typeof reasons;

/** From when a danger that was closed while it stands is raised again; undefined while open. */
export function raisedAgainAt(raised: Raised | null, wait: Duration): Instant | undefined {
  const closedAt = raised?.closedAt ?? null;
  return closedAt === null ? undefined : after(closedAt, wait);
}

/**
 * The danger stands: raised once, and once more when a person closed it long ago and it still does.
 */
export function stands(turn: StoveTurn, danger: Danger, late: boolean): void {
  const { state, around } = turn;
  const before = state[danger];
  const again = raisedAgainAt(before, around.plan.link.closeWithin);
  if (before !== null && (again === undefined || around.now < again)) return;
  const id = raise(turn, reasons[danger], late && before === null);
  turn.state = { ...turn.state, [danger]: { id, closedAt: null } };
  turn.why.push(
    before === null ? `alarm: ${reasons[danger]}` : "closed, and still so: alarm again",
  );
}

/** The danger is over: the next one is new. Its open alarm stays open until a person closes it. */
export function passed(turn: StoveTurn, danger: Danger): void {
  const raised = turn.state[danger];
  if (raised === null || raised.closedAt === null) return;
  turn.state = { ...turn.state, [danger]: null };
}

function closedIn(state: StoveState, alarmId: string): Danger | undefined {
  if (state.notOff?.id === alarmId) return "notOff";
  return state.unguarded?.id === alarmId ? "unguarded" : undefined;
}

/** A person closed an alarm. False for an alarm that is not the stove's. */
export function alarmClosed(turn: StoveTurn, alarmId: string): boolean {
  const danger = closedIn(turn.state, alarmId);
  if (danger === undefined) return false;
  turn.state = { ...turn.state, [danger]: { id: alarmId, closedAt: turn.around.now } };
  return true;
}

/** Says once for each outage that nobody but a person can switch the stove off now. */
export function sayUnguarded(turn: StoveTurn): void {
  const { radio, cooking } = turn.state;
  if (radio.said) return;
  turn.state = { ...turn.state, radio: { ...radio, said: true } };
  const words = { stove: cooking === null ? "unknown" : "on" };
  turn.effects.push({ kind: "announce", key: "stove-unguarded", words });
  turn.why.push("the radio is gone: the stove cannot be cut");
}
