import { describe, expect, test } from "vitest";
import { livingMax, type Offer, type Order, type OrderWord } from "../../protocol/living.ts";
import { milliseconds, minutes } from "../../protocol/time.ts";
import type { ServicesView } from "../../protocol/view.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { orderRefusal } from "../../rules/machines/services.ts";
import { dayAt } from "../../rules/machines/services-day.ts";
import { viewOf } from "../../rules/view.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome } from "../support/stove-home.ts";

const client = "tablet";
const friday = Date.UTC(2026, 10, 27, 9);
const meals: Offer = {
  id: "meals",
  kind: "meals",
  title: { de: "Mittagessen", en: "Lunch" },
  about: { de: "", en: "" },
  price: { de: "", en: "" },
  told: { de: "", en: "" },
};
const ask: OrderWord = {
  orderId: "o1",
  act: "ask",
  service: "meals",
  day: "2026-11-28",
  part: "noon",
};
const told: Order = {
  id: "o1",
  service: "meals",
  title: { de: "Mittagessen", en: "Lunch" },
  act: "ask",
  nth: 1,
  state: "confirmed",
  day: "2026-11-28",
  part: "noon",
  from_ms: 5,
  who: "Herr Koch",
  note: "Suppe",
};

function home(): { readonly run: RuleRun; readonly view: () => ServicesView } {
  const run = runRules(homeMachines, stoveHome);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  return { run, view: () => viewOf(stoveHome, run.state(), run.now()).services };
}

const say = (run: RuleRun, order: OrderWord) => run.say({ kind: "order-said", order, client });
const orders = (run: RuleRun, version: number, ...list: readonly Order[]) =>
  run.say({ kind: "orders-told", version, orders: list });
const clock = (run: RuleRun, wallMs: number, weekday: number, trusted = true) =>
  run.say({ kind: "clock-told", wallMs, trusted, local: { weekday, minute: 600 } });
const words = (run: RuleRun) =>
  only(run.effects, "tell-peer-living").flatMap(({ body }) =>
    body.kind === "order" ? [`${body.nth} ${body.order.act} ${body.order.orderId}`] : [],
  );
const waiting = (run: RuleRun) => homeStates(run.state()).services.waiting.length;

describe("what the resident orders", () => {
  test("I2: is told to the care service, and shown as not sent until its list answers", () => {
    const { run, view } = home();
    run.say({ kind: "catalogue-told", version: 1, offers: [meals] });
    say(run, ask);
    expect(words(run)).toEqual(["1 ask o1"]);
    expect(view().offers).toEqual([meals]);
    const shown = { id: "o1", state: "asked", title: meals.title, from_ms: null, who: "" };
    expect(view().orders).toMatchObject([{ ...shown, sent: false }]);
    orders(run, 1, { ...told, id: "other" });
    expect(view().orders.map(({ id, sent }) => `${id} ${sent}`)).toEqual([
      "other true",
      "o1 false",
    ]);
    orders(run, 2, told);
    expect(view().orders).toEqual([{ ...told, sent: true }]);
    expect(run.why().at(-1)).toContain("heard of o1");
  });

  test("of a service that the catalogue does not name is shown by its id", () => {
    const { run, view } = home();
    say(run, ask);
    expect(view().orders[0]?.title).toEqual({ de: "meals", en: "meals" });
  });

  test("I2: a change takes back who comes; a cancelling does not until it is heard", () => {
    const { run, view } = home();
    orders(run, 1, told);
    say(run, { ...ask, act: "change", part: "evening" });
    expect(view().orders).toMatchObject([
      { act: "change", state: "asked", part: "evening", from_ms: null, who: "", sent: false },
    ]);
    say(run, { ...ask, act: "cancel" });
    expect(words(run)).toEqual(["2 change o1", "3 cancel o1"]);
    expect(view().orders).toMatchObject([
      { act: "cancel", state: "asked", from_ms: 5, who: "Herr Koch", sent: false },
    ]);
    orders(run, 2, { ...told, nth: 2, act: "change", state: "asked" });
    expect(view().orders.map(({ sent }) => sent)).toEqual([false]);
    orders(run, 3, { ...told, nth: 3, act: "cancel", state: "cancelled" });
    expect(view().orders).toMatchObject([{ state: "cancelled", sent: true }]);
  });

  test("is one word, however often the tablet asks", () => {
    const { run } = home();
    say(run, ask);
    say(run, ask);
    say(run, { ...ask, act: "cancel" });
    say(run, { ...ask, act: "cancel" });
    say(run, ask);
    expect(words(run)).toEqual(["1 ask o1", "2 cancel o1"]);
    orders(run, 1, { ...told, nth: 2, act: "cancel", state: "cancelled" });
    say(run, ask);
    say(run, { ...ask, act: "cancel" });
    expect(words(run)).toHaveLength(2);
    orders(run, 2, { ...told, nth: 2, act: "cancel", state: "asked" });
    say(run, { ...ask, act: "cancel" });
    expect(words(run)).toHaveLength(2);
    say(run, { ...ask, act: "change" });
    expect(words(run)).toHaveLength(3);
  });

  test("is taken again after it was answered otherwise", () => {
    const { run } = home();
    orders(run, 1, told);
    say(run, { ...ask, act: "change" });
    say(run, { ...ask, act: "change", day: "2026-11-29" });
    expect(words(run)).toEqual(["2 change o1", "3 change o1"]);
  });

  test("I5: is told again after a start and when the care service is back, under its number", () => {
    const { run, view } = home();
    say(run, ask);
    run.restart(0);
    expect(view().orders).toMatchObject([{ sent: false }]);
    run.say({ kind: "peer-back" });
    expect(words(run)).toEqual(["1 ask o1", "1 ask o1", "1 ask o1"]);
    orders(run, 1, told);
    run.say({ kind: "peer-back" });
    expect(words(run)).toEqual(["1 ask o1", "1 ask o1", "1 ask o1"]);
  });

  test("I5: a home that lost its memory counts on from what it is told", () => {
    const { run } = home();
    orders(run, 1, { ...told, nth: 41 });
    say(run, { ...ask, act: "cancel" });
    expect(words(run)).toEqual(["42 cancel o1"]);
  });

  test("I9: has a bound, and what waits already is not pushed out", () => {
    const { run } = home();
    for (let n = 1; n <= livingMax.orders + 5; n += 1) say(run, { ...ask, orderId: `o${n}` });
    expect(waiting(run)).toBe(livingMax.orders);
    expect(words(run)).toHaveLength(livingMax.orders);
    expect(run.why().at(-1)).toContain("too-many-wait");
    const { services } = homeStates(run.state());
    expect(orderRefusal(services, { ...ask, orderId: "new" })).toBe("too-many-wait");
    expect(orderRefusal(services, { ...ask, orderId: "o1" })).toBeNull();
    say(run, { ...ask, act: "cancel" });
    expect(words(run).at(-1)).toBe("61 cancel o1");
  });
});

describe("lists of the care service", () => {
  test("an older one changes nothing, and a repeat is harmless", () => {
    const { run, view } = home();
    orders(run, 3, told);
    orders(run, 2);
    expect(view().orders).toHaveLength(1);
    orders(run, 3, told);
    run.say({ kind: "catalogue-told", version: 2, offers: [meals] });
    run.say({ kind: "catalogue-told", version: 1, offers: [] });
    expect(view()).toEqual({ offers: [meals], orders: [{ ...told, sent: true }] });
  });

  test("I2: an older list answers no word", () => {
    const { run, view } = home();
    orders(run, 5);
    say(run, ask);
    orders(run, 4, told);
    expect(view().orders).toMatchObject([{ sent: false }]);
  });
});

describe("a day that is over", () => {
  test("is forgotten with its orders, and nothing is ordered for it", () => {
    const { run, view } = home();
    const old = { ...told, id: "old", day: "2026-11-26" };
    say(run, { ...ask, orderId: "old2", day: "2026-11-26" });
    orders(run, 1, told, old);
    clock(run, friday, 5, false);
    expect(view().orders).toHaveLength(3);
    clock(run, friday, 5);
    clock(run, friday + 1, 5);
    expect(view().orders.map(({ id }) => id)).toEqual(["o1"]);
    orders(run, 2, told, old);
    expect(view().orders.map(({ id }) => id)).toEqual(["o1"]);
    say(run, { ...ask, orderId: "o3", day: "2026-11-26" });
    expect(run.why().at(-1)).toContain("day-over");
    expect(words(run)).toEqual(["1 ask old2"]);
    run.pass(milliseconds(minutes(1)));
  });

  test("is not today", () => {
    const { run, view } = home();
    const today = { ...told, id: "today", day: "2026-11-27" };
    orders(run, 1, today);
    say(run, { ...ask, day: today.day });
    clock(run, friday, 5);
    orders(run, 2, today);
    expect(view().orders.map(({ id }) => id)).toEqual(["today", "o1"]);
  });

  test.each([
    [Date.UTC(2026, 10, 27, 23, 30), 6, "2026-11-28"],
    [Date.UTC(2026, 10, 27, 1), 4, "2026-11-26"],
    [Date.UTC(2028, 1, 29, 12), 2, "2028-02-29"],
    [Date.UTC(2028, 1, 28, 23), 2, "2028-02-29"],
    [Date.UTC(2100, 1, 28, 23, 59), 1, "2100-03-01"],
    [Date.UTC(2026, 11, 31, 23), 5, "2027-01-01"],
    [0, 4, "1970-01-01"],
    [-1, 3, "1969-12-31"],
  ])("%d, weekday %d there, is %s", (wallMs, weekday, day) => {
    expect(dayAt(wallMs, { weekday, minute: 0 })).toBe(day);
  });

  test("every day of 800 years is what the calendar says", () => {
    for (let n = 0; n < 292_194; n += 1) {
      const date = new Date(Date.UTC(1900, 0, 1) + n * 86_400_000);
      const weekday = ((date.getUTCDay() + 6) % 7) + 1;
      const day = dayAt(date.getTime(), { weekday, minute: 0 });
      if (day !== date.toISOString().slice(0, 10)) expect.fail(`${day} ${date.toISOString()}`);
    }
  });
});
