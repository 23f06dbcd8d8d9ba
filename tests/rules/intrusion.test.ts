/** Strangers at the home: when the care service is told, how often, and when it is over. */
import { expect, test } from "vitest";
import { hours, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { intrusion } from "../../rules/machines/intrusion.ts";
import { viewOf } from "../../rules/view.ts";
import { callHome } from "../support/call-home.ts";
import { seededRandom } from "../support/random.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { seedsToRun } from "../support/seeds.ts";

const run = (): RuleRun => runRules(homeMachines, callHome);
const tries = (refusals: number): Fact => ({
  kind: "intrusion-noticed",
  refusals,
  twoPlaces: false,
});
const twoPlaces: Fact = { kind: "intrusion-noticed", refusals: 0, twoPlaces: true };

/** What the care service was told until now, as whether it was cleared. */
const told = ({ effects }: RuleRun): readonly boolean[] =>
  only(effects, "tell-peer-fault")
    .filter(({ fault }) => fault.what === "intrusion")
    .map(({ cleared }) => cleared);

test("I10: ten refusals are told once, in our words alone, and nobody is called", () => {
  const home = run();
  home.say(tries(1));
  home.pass(hours(3));
  home.say(tries(8));
  expect(told(home)).toEqual([]);
  const effects = home.say(tries(1));
  const fault = { subject: "hub", what: "intrusion", blind: [] };
  expect(effects).toMatchObject([{ kind: "tell-peer-fault", cleared: false, fault }]);
  expect(home.why()).toEqual(["somebody tries to get in"]);
  for (let count = 0; count < 1_000; count += 1) home.say(tries(50));
  home.say(twoPlaces);
  expect(told(home)).toEqual([false]);
  expect(home.alarms()).toEqual([]);
  expect(home.said()).toEqual([]);
  const { signal, modules } = viewOf(callHome, home.state(), home.now());
  expect(signal).toBe("none");
  expect(modules.filter(({ sees }) => sees !== "all")).toEqual([]);
});

test("I10: one mistake a day is never told; mistakes are forgotten after a quiet day", () => {
  const home = run();
  for (let day = 0; day < 40; day += 1) {
    home.say(tries(1));
    home.pass(milliseconds(hours(24) + 1));
  }
  home.say(tries(9));
  home.pass(hours(24));
  home.say(tries(9));
  expect(told(home)).toEqual([]);
});

test("I10: a credential in two places is told at once", () => {
  const home = run();
  home.say(twoPlaces);
  expect(told(home)).toEqual([false]);
  expect(home.why()).toEqual(["a credential is used in two places"]);
});

test("it is over when nothing was tried for a day, and may begin anew", () => {
  const home = run();
  home.say(twoPlaces);
  home.pass(hours(23));
  home.say(tries(1));
  home.pass(milliseconds(hours(24) - 1));
  expect(told(home)).toEqual([false]);
  home.pass(milliseconds(1));
  expect(told(home)).toEqual([false, true]);
  expect(home.why().at(-1)).toBe("nothing was tried for a day");
  home.say(tries(9));
  expect(told(home)).toEqual([false, true]);
  home.say(tries(1));
  expect(told(home)).toEqual([false, true, false]);
});

test("I5: a try that is heard before an overdue deadline begins anew, and ends the old", () => {
  const home = run();
  home.say(twoPlaces);
  const before = home.effects.length;
  home.sleep(hours(23));
  home.restart(0);
  expect(told(home)).toEqual([false]);
  // The loop wakes late: the try is first.
  const late = runRules(homeMachines, callHome, home.now() + hours(2), home.state());
  late.say(tries(1));
  expect(told(late)).toEqual([true]);
  expect(homeStates(late.state()).intrusion).toMatchObject({ refusals: 1, told: false });
  expect(home.effects.slice(before).filter(({ kind }) => kind === "tell-peer-fault")).toEqual([]);
});

test("I6: time in which the gateway was away is no quiet, and unknown time begins the day anew", () => {
  for (const gap of [hours(30), null]) {
    const home = run();
    home.restart(seconds(1));
    home.say(twoPlaces);
    home.pass(hours(20));
    home.restart(gap, hours(30));
    const rest = gap === null ? hours(24) : hours(4);
    home.pass(milliseconds(rest - 1));
    expect(told(home)).toEqual([false]);
    home.pass(milliseconds(1));
    expect(told(home)).toEqual([false, true]);
  }
});

/**
 * What must be told, from the tries alone: those of now with no quiet day between them, by the time
 * that the gateway was there.
 */
function mustBeTold(tried: readonly { at: number; weight: number }[], now: number): boolean {
  let weight = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const one of tried) {
    weight = one.at - last >= hours(24) ? one.weight : weight + one.weight;
    last = one.at;
  }
  return weight >= 10 && now - last < hours(24);
}

test.each(seedsToRun(200))("I9 I10: weeks with a stranger, seed %i", (seed) => {
  const random = seededRandom(seed);
  const home = runRules({ intrusion }, callHome);
  const tried: { at: number; weight: number }[] = [];
  let away = 0;
  for (let turn = 0; turn < 150; turn += 1) {
    home.pass(random.chance(0.1) ? hours(random.int(40)) : minutes(random.int(90)));
    if (random.chance(0.1)) {
      home.restart(hours(5));
      away += hours(5);
    } else if (random.chance(0.5)) {
      const refusals = 1 + random.int(4);
      const isThief = random.chance(0.03);
      home.say(isThief ? twoPlaces : tries(refusals));
      tried.push({ at: home.now() - away, weight: isThief ? 10 : refusals });
    }
    const list = told(home);
    // Found and cleared in turns, so that at most one is open.
    expect(list).toEqual(list.map((_, nth) => nth % 2 === 1));
    expect(list.at(-1) === false).toBe(mustBeTold(tried, home.now() - away));
  }
});
