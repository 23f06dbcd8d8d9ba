/** What the sensors said, from a real home to the care service's disk. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { contextPointSchema } from "../../protocol/care-views.ts";
import { until } from "../../sim/demo/process.ts";
import { type House, openHouse } from "./house.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(() => house.close(), 60_000);

const rowSchema = z.object({
  alarm: z.string(),
  body: z.string().transform((text) => z.array(contextPointSchema).parse(JSON.parse(text))),
});

/** The rows on the care service's disk. */
function contexts(): readonly z.infer<typeof rowSchema>[] {
  const file = join(house.rig.files.careDir, "data", "care.db");
  const db = new Database(file, { readonly: true });
  try {
    return z.array(rowSchema).parse(db.prepare("SELECT alarm, body FROM context").all());
  } finally {
    db.close();
  }
}

test("a call takes along what was sensed before it, and nothing is added after its end", async () => {
  const { rig } = house;
  const from = Date.now();
  for (const sensor of ["kitchen-motion", "hall-motion"]) {
    await rig.home.ask("walk", sensor, 1_000);
  }
  expect(contexts()).toEqual([]);
  const alarmId = await house.callArrives("bath-button");
  const row = await until("the context is on disk", () =>
    contexts().find(({ alarm }) => alarm === alarmId),
  );
  const said = row.body.map(({ room, device, kind }) => `${room} ${device} ${kind}`);
  expect(said).toContain("kitchen kitchen-motion motion-sensed");
  expect(said).toContain("hall hall-motion motion-sensed");
  expect(said).toContain("bath bath-button button-pressed");
  expect(said.indexOf("kitchen kitchen-motion motion-sensed")).toBeLessThan(
    said.indexOf("hall hall-motion motion-sensed"),
  );
  for (const { wall_ms } of row.body) {
    expect(wall_ms).toBeLessThanOrEqual(Date.now());
    expect(wall_ms).toBeGreaterThan(from - 60_000);
  }
  await house.closeAll();
  // After the end nothing is added: the row stays as it was.
  const end = contexts();
  await rig.home.ask("walk", "bedroom-motion", 1_000);
  const next = await house.callArrives("neck-button");
  await until("the next context is on disk", () => contexts().find(({ alarm }) => alarm === next));
  expect(contexts().find(({ alarm }) => alarm === alarmId)).toEqual(
    end.find(({ alarm }) => alarm === alarmId),
  );
  await house.closeAll();
}, 240_000);
