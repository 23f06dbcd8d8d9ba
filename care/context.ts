/**
 * What the sensors of a home said around an alarm: kept for the alarm's page while it is open here,
 * and for nothing else. The rules do not read it.
 */
import type { UpMessage } from "../protocol/messages.ts";
import { careStates } from "../rules/index.ts";
import type { CareClock, CareHome } from "./home.ts";
import type { CareStore } from "./store/store.ts";

export interface ContextParts {
  readonly home: string;
  readonly rules: Pick<CareHome, "now">;
  readonly clock: CareClock;
  readonly store: Pick<CareStore, "append">;
}

type Body = Extract<UpMessage["body"], { kind: "context" }>;
type Point = Body["points"][number];

/** When it was, by our clock where the home's own is not to be trusted. Never in the future. */
function wallOf({ at_ms, wall_ms }: Point, sentAt: number, wall: number): number {
  const age = Math.max(0, sentAt - at_ms);
  return Math.round(Math.min(wall, wall_ms ?? wall - age));
}

function take(
  { home, rules, clock, store }: ContextParts,
  { sentAt, body }: { readonly sentAt: number; readonly body: Body },
  durable: () => void,
): void {
  const { alarmId, points } = body;
  const { open } = careStates(rules.now()).escalation;
  // One that nobody here waits for is let go. Without points it is one that the home took back.
  if (points.length === 0 || open.every(({ alarm }) => alarm.id !== alarmId)) {
    durable();
    return;
  }
  const wall = Math.round(clock.wall().wall_ms);
  const drawn = points.map((point) => {
    const { device, room, kind, value } = point;
    return { wall_ms: wallOf(point, sentAt, wall), device, room, kind, value };
  });
  const row = { kind: "context", home, alarm: alarmId, body: JSON.stringify(drawn), wall } as const;
  store.append(row, durable);
}

/**
 * Takes the contexts of a home and leaves all else; `durable` is called once it is on disk, or once
 * it is known that nobody needs it: then the home need not send it again either.
 */
export function contextTaker(
  parts: ContextParts,
): (message: UpMessage, durable: () => void) => boolean {
  return ({ at_ms, body }, durable) => {
    if (body.kind !== "context") return false;
    take(parts, { sentAt: at_ms, body }, durable);
    return true;
  };
}
