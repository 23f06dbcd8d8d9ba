import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { type Definition, findByDevice } from "zigbee-herdsman-converters";
import { dropModelLists } from "../../../gateway/radio/model-lists.ts";

type Searched = Parameters<typeof findByDevice>[0];

const { cache } = createRequire(import.meta.url);
const listsLoaded = (): number =>
  Object.keys(cache).filter((path) => /converters\/dist\/devices\/heiman\.js$/.test(path)).length;

function find(): Promise<Definition | undefined> {
  const device = { modelID: "SmokeSensor-EM", manufacturerName: "HEIMAN", endpoints: [], meta: {} };
  return findByDevice(device as unknown as Searched);
}

test("lists of models are let go; what was found stays, and can be found again", async () => {
  const before = await find();
  expect(listsLoaded()).toBe(1);
  const converters = before?.fromZigbee.length ?? 0;
  dropModelLists();
  expect(listsLoaded()).toBe(0);
  expect(converters).toBeGreaterThan(0);
  expect(before?.fromZigbee).toHaveLength(converters);
  const again = await find();
  expect(again?.model).toBe(before?.model);
});
