/**
 * Test alarms: one for each home and month, by day and never at the hour of a meal, through the
 * whole chain. A home that is not heard, or where somebody waits, is left for another day.
 */
import { createHash, randomBytes } from "node:crypto";
import { localTimeIn } from "../platform/local-time.ts";
import { careStates } from "../rules/index.ts";
import type { Told } from "./home.ts";
import type { Common, Place } from "./places.ts";

/** From 10:00 until 11:30: people are up, and nobody eats. */
const fromMinute = 600;
const untilMinute = 690;

const dayMs = 86_400_000;
/** Not on the same day for all homes: helpers of several homes are not woken by all at once. */
const everyMs = 30 * dayMs;

/** The first test of a home that never had one: on a day of its own within the next 30. */
export function firstDrill(home: string, now_wall: number): number {
  const spread = createHash("sha256").update(home).digest().readUInt32BE(0) % 30;
  const day = Math.floor(now_wall / dayMs);
  return (day + ((spread - (day % 30) + 30) % 30)) * dayMs;
}

/** Whether a test may begin here and now. */
function isDue({ known, home }: Place, wall: number): boolean {
  const due = known.drillDue_wall ?? firstDrill(known.plan.home, wall);
  if (due > wall) return false;
  const { minute, weekday, holiday } = localTimeIn(
    known.timezone,
    wall,
    known.plan.agreement.region ?? "DE",
  );
  if (minute < fromMinute || minute >= untilMinute) return false;
  if (weekday > 5 || holiday === true) return false;
  const { homeLink, escalation } = careStates(home.now());
  return homeLink.peer === "reachable" && escalation.open.length === 0;
}

/** Orders one; `durable` is called once it is on disk. The home is asked, and raises it itself. */
export function orderDrill(
  { clock }: Common,
  place: Place,
  durable: () => void,
  told: Told = {},
): void {
  const wall = clock.wall().wall_ms;
  const next = wall + everyMs;
  place.known = { ...place.known, drillDue_wall: next };
  const drillId = `${new Date(wall).toISOString().slice(0, 10)}-${randomBytes(6).toString("hex")}`;
  const known = { drill_due_wall: next };
  place.home.say({ kind: "drill-ordered", drillId }, durable, { ...told, known });
}

/** Orders what is due. Called now and then. */
export function orderDueDrills(common: Common): void {
  const wall = common.clock.wall().wall_ms;
  for (const place of common.places.values()) {
    if (isDue(place, wall)) orderDrill(common, place, () => undefined);
  }
}
