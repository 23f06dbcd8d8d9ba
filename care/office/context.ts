/** What the sensors said around an alarm, for the drawn timeline. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { type AlarmDetail, contextPointSchema } from "../../protocol/care-views.ts";
import type { CareDatabase } from "../store/schema.ts";

type Points = AlarmDetail["context"];

/** Points that a page can draw. */
const pointsMax = 2_000;

const bodySchema = z.union([
  z.array(contextPointSchema),
  z.object({ points: z.array(contextPointSchema) }).transform(({ points }) => points),
]);

/** A body that cannot be read shows no timeline; the alarm's page is needed all the same. */
export async function contextOf(
  db: Kysely<CareDatabase>,
  home: string,
  alarm: string,
): Promise<Points> {
  const row = await db
    .selectFrom("context")
    .select("body")
    .where("home", "=", home)
    .where("alarm", "=", alarm)
    .executeTakeFirst();
  try {
    return bodySchema.parse(JSON.parse(row?.body ?? "[]")).slice(-pointsMax);
  } catch {
    return [];
  }
}
