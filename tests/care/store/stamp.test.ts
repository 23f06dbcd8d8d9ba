/** Where time goes on for the care service, and what it knows of the gap. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Reading, resumeTime } from "../../../platform/clock.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import { type Dialect, dialects, entryOf, importOf, openedStore, startDialect } from "./places.ts";

const imports = [importOf("weber")];
const year2025 = Date.UTC(2025, 0, 1);

/** This machine, some moments after the store was read. */
const present = (): Reading => ({
  mono_ms: 5_000,
  boot: "another",
  wall: { wall_ms: Date.now(), trusted: true },
});

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());

  /** A database of an earlier run, after somebody did something to its stamp. */
  async function afterRun(harm: string): Promise<Awaited<ReturnType<typeof openedStore>>> {
    const place = await dialect.place();
    const first = await openedStore(place, { imports });
    await first.write(entryOf("weber", { wakeAt: 99 }));
    if (harm === "removed") await first.db.deleteFrom("stamp").execute();
    else await first.db.updateTable("stamp").set({ stamp: harm }).execute();
    await first.close();
    return await openedStore(place, { imports });
  }

  test("a new database begins without a gap", async () => {
    const { store, notices, close } = await openedStore(await dialect.place(), { imports });
    if (name === "SQLite") expect(store.stamp).toBeUndefined();
    else expect(store.stamp?.at).toBeLessThan(year2025);
    expect(notices.join()).not.toContain("but not when");
    await close();
  });

  test.each(name === "SQLite" ? ["removed", "no JSON", "{}"] : ["removed"])(
    "I5, I6: where homes are remembered and not when, the gap is unknown and all is overdue (%s)",
    async (harm) => {
      const { store, notices, close } = await afterRun(harm);
      const { now, gapMs } = resumeTime(store.stamp, present());
      expect(gapMs).toBeNull();
      // Later than any deadline that a run since the first could have set.
      expect(now).toBeGreaterThanOrEqual(year2025);
      expect(notices.join()).toContain("but not when");
      await close();
    },
  );
});
