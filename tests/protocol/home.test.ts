import { expect, test } from "vitest";
import { deviceById, devicesByRole, hasRole } from "../../protocol/home.ts";
import { stoveHome } from "../support/stove-home.ts";

test("devices are found by id and by role, and a device may serve two", () => {
  expect(deviceById(stoveHome, "sos")?.room).toBe("bath");
  expect(deviceById(stoveHome, "nobody's")).toBeUndefined();
  expect(devicesByRole(stoveHome, "stove-relay").map(({ id }) => id)).toEqual(["plug"]);
  expect(devicesByRole(stoveHome, "stove-meter").map(({ id }) => id)).toEqual(["plug"]);
  expect(devicesByRole(stoveHome, "bed")).toEqual([]);
});

test("a device that the plan does not know serves no role", () => {
  expect(hasRole(stoveHome, "plug", "stove-meter")).toBe(true);
  expect(hasRole(stoveHome, "plug", "light")).toBe(false);
  expect(hasRole(stoveHome, "nobody's", "light")).toBe(false);
});
