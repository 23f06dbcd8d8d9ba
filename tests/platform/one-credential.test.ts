import { expect, test } from "vitest";
import { elsewhere, givesWay } from "../../platform/one-credential.ts";

const at = (remote: string, destroyed = false) => ({ gate: { remote, destroyed } });

test("I8: whoever opens more sessions elsewhere ends his own, not the tablet's", () => {
  const tablet = at("kitchen");
  const thief = [at("street"), at("street"), at("street"), at("street")];
  expect(givesWay([tablet, ...thief])).toBe(thief[0]);
});

test("of one address the oldest session gives way", () => {
  const own = [at("kitchen"), at("kitchen"), at("kitchen")];
  expect(givesWay(own)).toBe(own[0]);
  expect(givesWay([])).toBeUndefined();
});

test("a second place is another address with a session that lives", () => {
  expect(elsewhere([at("kitchen")], "kitchen")).toBeUndefined();
  expect(elsewhere([at("street", true)], "kitchen")).toBeUndefined();
  expect(elsewhere([at("street")], "kitchen")).toBe("street");
});
