/** Old rows go, a few at a time, so that a commit never waits long. What stays can be replayed. */
import { gapMaxMs } from "../../platform/clock.ts";
import type { Database } from "../../platform/sqlite.ts";
import type { JournalLimits } from "./limits.ts";

/** Rows in one transaction: some milliseconds even on a slow card. */
const rowsAtOnce = 500;
const dayMs = 86_400_000;

/** Deletes at most a few hundred rows. Returns whether there are more to go. */
export function prune(db: Database, limits: JournalLimits): boolean {
  return db
    .transaction(() => {
      const gone = pruneEvents(db, limits);
      if (gone === rowsAtOnce) return true;
      thinSnapshots(db);
      // The evidence of a closed alarm has gone with the events of its time.
      db.exec(`DELETE FROM alarms WHERE closed > 0 AND closed < (SELECT min(seq) FROM events)`);
      db.exec(`DELETE FROM plans WHERE seq < (SELECT max(seq) FROM plans
               WHERE seq < (SELECT min(seq) FROM events))`);
      return false;
    })
    .immediate();
}

/**
 * Events up to a snapshot go, so that replay can begin at it; the evidence of open alarms stays.
 */
function pruneEvents(db: Database, limits: JournalLimits): number {
  const boundary = boundaryOf(db, limits);
  if (boundary <= 0) return 0;
  const old = db
    .prepare<[number, number, number, number]>(
      `SELECT seq FROM events AS e WHERE seq <= ? AND NOT EXISTS (
         SELECT 1 FROM (SELECT since, opened FROM alarms WHERE closed = 0 ORDER BY n LIMIT ?) AS a
         WHERE e.seq > a.since AND e.seq <= a.opened + ?)
       ORDER BY seq LIMIT ?`,
    )
    .pluck()
    .all(boundary, limits.openAlarmsMax, limits.evidenceMax, rowsAtOnce) as number[];
  const dropEvent = db.prepare<[number]>("DELETE FROM events WHERE seq = ?");
  const dropDecision = db.prepare<[number]>("DELETE FROM decisions WHERE seq = ?");
  for (const seq of old) {
    dropEvent.run(seq);
    dropDecision.run(seq);
  }
  return old.length;
}

/** The last event that may go. */
function boundaryOf(db: Database, limits: JournalLimits): number {
  const last = numberOf(db, "SELECT max(seq) FROM events WHERE seq > ?", 0);
  const young = youngest(db, last, limits.keepDays * dayMs);
  const keepFrom = Math.max(young, last - limits.eventsMax + 1);
  const boundary = numberOf(db, "SELECT max(seq) FROM snapshots WHERE seq < ?", keepFrom);
  // Without snapshots nothing that stays can be replayed anyway; the disk still has an end.
  return Math.max(boundary, last - 2 * limits.eventsMax);
}

/**
 * The first event that happened within the last `keepMs`. A run that began without memory made its
 * time up: the leap there, or back from there, is no time that passed.
 */
function youngest(db: Database, last: number, keepMs: number): number {
  const at = "SELECT at FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT 1";
  let [upTo, end, keep] = [last, numberOf(db, at, last), keepMs];
  const runs = db.prepare<[], { seq: number; at: number }>(
    "SELECT seq, at FROM runs ORDER BY run DESC",
  );
  for (const run of runs.all()) {
    const before = numberOf(db, at, run.seq);
    const leapt = run.at - before > gapMaxMs || run.at < before;
    if (run.seq >= upTo || run.seq === 0 || !leapt) continue;
    if (keep <= end - run.at) break;
    keep -= end - run.at;
    [upTo, end] = [run.seq, before];
  }
  const sql = "SELECT seq FROM events WHERE seq <= ? AND at >= ? ORDER BY seq LIMIT 1";
  return Number(
    db
      .prepare<[number, number]>(sql)
      .pluck()
      .get(upTo, end - keep) ?? 0,
  );
}

function numberOf(db: Database, sql: string, value: number): number {
  return Number(db.prepare<[number]>(sql).pluck().get(value) ?? 0);
}

/**
 * Of snapshots older than a day one a day stays, and those where the evidence of an alarm begins.
 * A NULL in the list would make `NOT IN` keep them all.
 */
function thinSnapshots(db: Database): void {
  const kept = `
    SELECT min(seq) FROM snapshots GROUP BY at / ${dayMs}
    UNION SELECT since FROM alarms WHERE closed = 0
    UNION SELECT coalesce(max(seq), 0) FROM snapshots WHERE seq < (SELECT min(seq) FROM events)`;
  db.exec(`
    DELETE FROM snapshots WHERE seq NOT IN (${kept})
      AND at < (SELECT max(at) FROM snapshots) - ${dayMs};
    DELETE FROM snapshots WHERE seq < (SELECT max(seq) FROM snapshots
      WHERE seq < (SELECT min(seq) FROM events))
      AND seq NOT IN (SELECT since FROM alarms WHERE closed = 0);`);
}
