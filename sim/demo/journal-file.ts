/** Looks into a home's journal from outside, read only: what is on the disk, whatever was said. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";

/** One person whom the home's own chain told, or would have told if it had a way. */
export interface Tell {
  /** Gateway time, in ms. */
  readonly at: number;
  readonly step: number;
  readonly round: number;
  readonly late: boolean;
}

/** One start of the gateway: its own time and the kernel's monotonic time, in ms. */
export interface RunStart {
  readonly at: number;
  readonly mono: number;
}

const tellSchema = z.object({
  kind: z.literal("tell-party"),
  alarm: z.object({ id: z.string() }),
  step: z.number(),
  round: z.number(),
  late: z.boolean(),
});
const rowSchema = z.object({ at: z.number(), effects: z.string() });
const startSchema = z.object({ at: z.number(), mono: z.number() });

function look<Found>(dataDir: string, query: (journal: Database.Database) => Found): Found {
  const file = join(dataDir, "journal", "journal.db");
  const journal = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return query(journal);
  } finally {
    journal.close();
  }
}

/** When the alarm was raised, by gateway time; undefined while it is not on the disk. */
export function storedAt(dataDir: string, alarmId: string): number | undefined {
  const sql = "SELECT at FROM alarms JOIN events ON events.seq = alarms.opened WHERE alarms.id = ?";
  return look(dataDir, (journal) => {
    const at: unknown = journal.prepare(sql).pluck().get(alarmId);
    return typeof at === "number" ? at : undefined;
  });
}

/** Everybody whom the home's own chain has told of an alarm, in order. */
export function ownTells(dataDir: string, alarmId: string): readonly Tell[] {
  const sql = `SELECT at, effects FROM decisions JOIN events USING (seq)
    WHERE instr(effects, 'tell-party') > 0 AND instr(effects, ?) > 0 ORDER BY seq`;
  const rows = look(dataDir, (journal) =>
    rowSchema.array().parse(journal.prepare(sql).all(alarmId)),
  );
  return rows.flatMap(({ at, effects }) =>
    z
      .array(z.unknown())
      .parse(JSON.parse(effects))
      .map((effect) => tellSchema.safeParse(effect))
      .flatMap(({ data }) => (data?.alarm.id === alarmId ? [{ ...data, at }] : []))
      .map(({ step, round, late }) => ({ at, step, round, late })),
  );
}

/** Every start of the gateway that the journal remembers, in order. */
export function runStarts(dataDir: string): readonly RunStart[] {
  const sql = "SELECT at, mono FROM runs ORDER BY run";
  return look(dataDir, (journal) => startSchema.array().parse(journal.prepare(sql).all()));
}
