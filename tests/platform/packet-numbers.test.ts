/** The codec's table of numbers, which aedes and MQTT.js share with us. */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { startTestBroker } from "../support/test-broker.ts";

const require = createRequire(import.meta.url);
const codecOf = (part: string): string =>
  createRequire(require.resolve(part)).resolve("mqtt-packet");

test("broker and client speak through one codec, which keeps no table of all numbers", async () => {
  const ours = require.resolve("mqtt-packet");
  expect([codecOf("aedes"), codecOf("mqtt")]).toEqual([ours, ours]);
  const place = await startTestBroker();
  const anna = await place.client("anna");
  await anna.publishAsync("own/anna/x", "hello", { qos: 1 });
  await place.close();
  const { cache } = require("mqtt-packet/numbers.js") as { readonly cache: object };
  expect(Object.keys(cache)).toEqual([]);
});
