import { describe, expect, test } from "vitest";
import type { ActOutcome } from "../../gateway/ports.ts";
import { takeRequests } from "../../gateway/requests.ts";
import { countTries } from "../../gateway/tries.ts";
import { livingMax, type OrderWord } from "../../protocol/living.ts";
import type { TabletAnswer, TabletRequest } from "../../protocol/messages.ts";
import type { Fact } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import { callHome } from "../support/call-home.ts";
import { runRules } from "../support/rule-run.ts";

/** The door between tablets and the rules; the disk answers when the test says so. */
function door() {
  const run = runRules(homeMachines, callHome);
  const answers: TabletAnswer[] = [];
  const facts: Fact[] = [];
  const said: string[] = [];
  const kept: (() => void)[] = [];
  const wishes: ((outcome: ActOutcome) => void)[] = [];
  const { request, wish, intrusion } = takeRequests({
    wish: () => new Promise((resolve) => wishes.push(resolve)),
    hear: (fact, durable) => {
      facts.push(fact);
      kept.push(durable);
      run.say(fact);
    },
    state: () => run.state(),
    answer: (_, answer) => void answers.push(answer),
    log: { info: (words: string) => said.push(words), warn: (words: string) => said.push(words) },
  });
  const ask = (wanted: TabletRequest["request"]) => request("tablet", { id: "r", request: wanted });
  const settle = async (outcome: ActOutcome): Promise<void> => {
    for (const end of wishes.splice(0)) end(outcome);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, wish, intrusion, answers, facts, said, kept, settle };
}

const order: OrderWord = {
  orderId: "o1",
  act: "ask",
  service: "meals",
  day: "2026-11-28",
  part: "noon",
};

describe("what a tablet asks for", () => {
  test("I2: is taken once it is on disk", () => {
    const { ask, answers, kept } = door();
    ask({ kind: "order", order });
    expect(answers).toEqual([]);
    kept[0]?.();
    expect(answers).toEqual([{ of: "r", taken: true, why: "" }]);
  });

  test("I9: an order that the home does not take is answered at once, and is no fact", () => {
    const { ask, answers, facts } = door();
    for (let n = 0; n < livingMax.orders; n += 1) {
      ask({ kind: "order", order: { ...order, orderId: `o${n}` } });
    }
    ask({ kind: "order", order: { ...order, orderId: "one-more" } });
    expect(answers).toEqual([{ of: "r", taken: false, why: "too-many-wait" }]);
    expect(facts).toHaveLength(livingMax.orders);
  });

  test("I2: a light is answered when it obeyed; how it is, it says itself", async () => {
    const { ask, answers, facts, settle } = door();
    ask({ kind: "level", device: "lamp", level: 100 });
    await settle({ ok: false, detail: "the lamp did not answer" });
    ask({ kind: "level", device: "lamp", level: 100 });
    await settle({ ok: true, detail: "lamp at 100" });
    expect(answers).toEqual([
      { of: "r", taken: false, why: "the lamp did not answer" },
      { of: "r", taken: true, why: "" },
    ]);
    expect(facts).toEqual([]);
  });
});

test("I10: of somebody who tries to get in the rules hear a count, and no word of his", () => {
  const { intrusion, facts } = door();
  intrusion("a tablet fell asleep", { refusals: 0, twoPlaces: false });
  intrusion("refused a login as HELP", { refusals: 3, twoPlaces: false });
  intrusion("tablet speaks in two places", { refusals: 0, twoPlaces: true });
  expect(facts).toEqual([
    { kind: "intrusion-noticed", refusals: 3, twoPlaces: false },
    { kind: "intrusion-noticed", refusals: 0, twoPlaces: true },
  ]);
});

test("I9: a flood of tries is few facts, and none of it is forgotten", () => {
  const facts: Fact[] = [];
  let now = 0;
  const count = countTries(
    (fact) => void facts.push(fact),
    () => now,
  );
  count({ refusals: 1, twoPlaces: true });
  for (let nth = 1; nth < 36_000; nth += 1) {
    now = nth * 100;
    count({ refusals: 1, twoPlaces: false });
  }
  // An hour.
  expect(facts.length).toBeLessThanOrEqual(20 + 60);
  now += 60_000;
  count({ refusals: 1, twoPlaces: false });
  const told = facts.map((fact) => (fact.kind === "intrusion-noticed" ? fact.refusals : 0));
  expect(told.reduce((sum, one) => sum + one, 0)).toBe(36_001);
  const twice = facts.filter((fact) => fact.kind === "intrusion-noticed" && fact.twoPlaces);
  expect(twice).toHaveLength(1);
});

test("I8: a wish that fails is a line in the log, as an intrusion is", async () => {
  const { wish, intrusion, said, settle } = door();
  wish("comfort", "lamp", 5);
  await settle({ ok: true, detail: "" });
  wish("comfort", "lamp", 5);
  await settle({ ok: false, detail: "too many" });
  intrusion("three refused logins", { refusals: 3, twoPlaces: false });
  expect(said).toEqual(["wish of comfort for lamp: too many", "three refused logins"]);
});
