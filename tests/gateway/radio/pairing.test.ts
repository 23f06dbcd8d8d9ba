/**
 * Who may join: members of the plan at any time, others only while a person has opened the door.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { weber } from "../../../sim/homes/weber.ts";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

test("a device of the plan that comes back is found, set up, and heard", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome();
  const { home, radio, said } = rig;
  home.stick.left(home.device("front-door"));
  await said.next("device-missing", (fact) => fact.device === "front-door");
  said.clear();
  expect(await radio.permitJoin(60)).toMatchObject({ ok: true });
  home.join("front-door");
  await said.next("device-found", (fact) => fact.device === "front-door");
  home.door("front-door").open();
  await said.next("contact-sensed", (fact) => fact.device === "front-door" && fact.open);
});

test("H 6.6: a listener that fails at a join, at once or later, ends nothing", async () => {
  const unhandled: unknown[] = [];
  const note = (thrown: unknown): void => {
    unhandled.push(thrown);
  };
  process.on("unhandledRejection", note);
  const joined: string[] = [];
  rig = await radioHome({
    onJoined: ({ ieee }) => {
      joined.push(ieee);
      throw new Error("a listener that fails");
    },
  });
  const { home, radio, said } = rig;
  home.stick.left(home.device("front-door"));
  await said.next("device-missing");
  await radio.permitJoin(60);
  home.join("front-door");
  await until("the join was told", () => joined.length === 1);
  home.press("bath-button");
  await said.next("button-pressed");
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("I10: nobody may join unless the door is opened", async () => {
  rig = await radioHome();
  expect(rig.home.stick.permitsJoin).toBe(false);
  expect(() => rig.home.join("front-door")).toThrow(/permit join is closed/);
});

test("I10: a stranger is sent away, and is let in while the door is open", async () => {
  const devices = weber.devices.filter(({ name }) => name !== "living-light");
  rig = await radioHome({ plan: { ...weber, devices } });
  const { home, radio } = rig;
  const stranger = home.device("living-light");
  home.stick.joined(stranger);
  await until("the stranger was sent away", () => stranger.membership === undefined);
  await radio.permitJoin(60);
  home.join("living-light");
  await until("the stranger was asked what it is", () =>
    readFileSync(join(rig.dir, "database.db"), "utf8").includes(stranger.plan.ieee),
  );
  expect(stranger.membership).toBeDefined();
});
