/** Whom the chain tells next, if nobody accepts until then. */
import { chainFor, personOf } from "../../protocol/agreement.ts";
import type { AlarmDetail, OpenAlarmView } from "../../protocol/care-views.ts";
import { localTimeIn } from "../local-time.ts";
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
  const steps = chainFor(agreement, category, localTimeIn(known.timezone, due_wall));
  const next = steps[step + 1] ?? steps[0];
  return { due_wall, tell: (next?.tell ?? []).map((party) => personOf(agreement, party)) };
}
