/** Models are sought once: each search takes the thread for a while. */
import pino from "pino";
import { expect, test } from "vitest";
import type { Models } from "zigbee-herdsman";
import { Recognition } from "../../../gateway/radio/recognise.ts";

function device(modelID: string): Models.Device {
  const said = { ieeeAddr: "0x1", modelID, manufacturerName: "HEIMAN", endpoints: [], meta: {} };
  return said as unknown as Models.Device;
}

test("a device is known once it was sought, found or not, until it says to be another", async () => {
  const recognition = new Recognition(pino({ level: "silent" }));
  const [smoke, nobody] = [device("SmokeSensor-EM"), device("made-by-nobody")];
  expect(recognition.knows(smoke)).toBe(false);
  await recognition.learn(smoke);
  expect(recognition.knows(smoke)).toBe(true);
  expect(recognition.model("0x1")).toMatch(/HEIMAN/i);
  expect(recognition.knows(nobody)).toBe(false);
  await recognition.learn(nobody);
  expect(recognition.knows(nobody)).toBe(true);
});
