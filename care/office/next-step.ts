/** Whom the chain tells next, if nobody accepts until then. */
import { localTimeIn } from "../../platform/local-time.ts";
import { personOf, whoIsTold } from "../../protocol/agreement.ts";
import type { AlarmDetail, OpenAlarmView } from "../../protocol/care-views.ts";
import { isAbsent } from "../local-time.ts";
import { agreementInForce } from "./agreements.ts";
import type { KnownHomeRow } from "./directory.ts";
import type { OfficeParts } from "./parts.ts";

/** A new round begins with the chain for its hour, so the deadline's hour decides. */
export async function nextTold(
  { db }: Pick<OfficeParts, "db">,
  known: KnownHomeRow,
  { due_wall, category, step }: OpenAlarmView,
): Promise<AlarmDetail["next"]> {
  if (due_wall === null) return null;
  const agreement = await agreementInForce(db, known.home);
  if (agreement === undefined) return null;
  const local = {
    ...localTimeIn(known.timezone, due_wall, agreement.region ?? "DE"),
    absent: isAbsent(known.absent_until_wall, due_wall),
  };
  const steps = whoIsTold(agreement, category, local).steps.map(({ tell }) => tell);
  // A step with nobody on duty is passed on at once.
  const manned = (tell: readonly string[]): boolean => tell.length > 0;
  const next = steps.slice(step + 1).find(manned) ?? steps.find(manned) ?? [];
  return { due_wall, tell: next.map((party) => personOf(agreement, party)) };
}
