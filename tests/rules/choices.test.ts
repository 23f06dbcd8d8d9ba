import { describe, expect, test } from "vitest";
import { droppableModules } from "../../protocol/agreement.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { type LivingUp, livingMax } from "../../protocol/living.ts";
import { hours, minutes, seconds } from "../../protocol/time.ts";
import type { ModuleView } from "../../protocol/view.ts";
import { waitsForDisk } from "../../rules/effects.ts";
import { homeMachines, homeStates, manifests } from "../../rules/index.ts";
import { pauseMinutesMax } from "../../rules/machines/choices.ts";
import { viewOf } from "../../rules/view.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome } from "../support/stove-home.ts";

const maier = { id: "maier", name: "Frau Maier" };
const choose = (module: string, on: boolean, client = "tablet") =>
  ({ kind: "module-choice-said", module, on, client }) as const;
const pause = (count: number) =>
  ({ kind: "pause-said", minutes: count, client: "tablet" }) as const;
const answer = (ask: string, granted: boolean, note = "") =>
  ({ kind: "module-answered", ask, granted, by: maier, note }) as const;

/** The care service's word is wanted before the stove guard is dropped. */
const confirming: HomePlan = {
  ...stoveHome,
  agreement: { ...stoveHome.agreement, confirms: ["stove-guard"] },
};

/** A started home whose stove is read: on, no power. */
function home(plan = stoveHome) {
  const run = runRules(homeMachines, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  run.say({ kind: "relay-read", device: "plug", on: true });
  run.say({ kind: "power-read", device: "plug", watts: 0 });
  const view = () => viewOf(plan, run.state(), run.now());
  const card = (module: string): ModuleView => {
    const found = view().modules.find(({ name }) => name === module);
    if (found === undefined) throw new Error(`no card ${module}`);
    return found;
  };
  return { run, view, card };
}

type Choices = Extract<LivingUp, { kind: "choices" }>;
type Wish = Extract<LivingUp, { kind: "module-wish" }>;
const bodies = (run: RuleRun) => only(run.effects, "tell-peer-living").map(({ body }) => body);
const told = (run: RuleRun) => bodies(run).filter((one): one is Choices => one.kind === "choices");
const wishes = (run: RuleRun) =>
  bodies(run).filter((one): one is Wish => one.kind === "module-wish");
const refusals = (run: RuleRun) =>
  only(run.effects, "announce").flatMap(({ key, words }) =>
    key === "module-refused" ? [words["because"]] : [],
  );

/** Somebody cooks and goes away, until the warning. */
function forget(run: RuleRun): void {
  run.say({ kind: "motion-sensed", device: "kitchen", moving: true });
  run.say({ kind: "power-read", device: "plug", watts: 1_800 });
  run.say({ kind: "motion-sensed", device: "kitchen", moving: false });
  run.pass(minutes(5));
}

describe("what the resident chooses", () => {
  test("is done at once, shown, told to the care service, and stays over a restart", () => {
    const { run, card, view } = home();
    expect(card("stove-guard")).toMatchObject({ on: true, droppable: true, needsCare: false });
    expect(view().stove).not.toBeNull();
    run.say(choose("stove-guard", false));
    expect(card("stove-guard")).toMatchObject({
      on: false,
      asked: null,
      history: [{ on: false, state: "done", by: "tablet", note: "" }],
    });
    expect(told(run).at(-1)).toMatchObject({ dropped: ["stove-guard", "daily-sign"] });
    // Nothing is shown of a stove that nobody guards.
    expect(view().stove).toBeNull();
    run.restart(60_000);
    expect(card("stove-guard").on).toBe(false);
    run.say(choose("stove-guard", true));
    expect(card("stove-guard").history.map(({ on }) => on)).toEqual([true, false]);
    expect(told(run).at(-1)?.dropped).toEqual(["daily-sign"]);
    expect(run.said()).toEqual(["module-dropped", "module-added"]);
  });

  test("I2: what was chosen is said once it is on disk", () => {
    const { run } = home();
    run.say(choose("stove-guard", false));
    run.say(choose("stove-guard", true));
    run.say(pause(10));
    const announced = only(run.effects, "announce");
    expect(announced.map(waitsForDisk)).toEqual([true, true, true]);
  });

  test("a repeat changes nothing, and is told to nobody", () => {
    const { run, card } = home();
    run.say(choose("stove-guard", false));
    const before = run.state();
    expect(run.say(choose("stove-guard", false))).toEqual([]);
    expect(run.state().machines).toEqual(before.machines);
    expect(run.say(choose("hazard", true))).toEqual([]);
    expect(card("stove-guard").history).toHaveLength(1);
  });

  test("I1, I3: what carries the call for help cannot be dropped, and that is said", () => {
    const { run, card } = home();
    const kept = manifests.filter(({ droppable }) => !droppable).map(({ name }) => name);
    expect(kept).toEqual(expect.arrayContaining(["emergency-call", "hazard", "escalation"]));
    for (const name of kept) {
      run.say(choose(name, false));
      expect(card(name)).toMatchObject({ on: true, history: [{ on: false, state: "refused" }] });
      expect(card(name).history[0]).toMatchObject({ by: "home", note: "not-droppable" });
    }
    expect(refusals(run)).toEqual(kept.map(() => "not-droppable"));
  });

  test("a module that nobody knows is refused", () => {
    const { run } = home();
    run.say(choose("no-such-thing", false));
    expect(refusals(run)).toEqual(["unknown"]);
    expect(homeStates(run.state()).choices.modules).toEqual({});
  });

  test("the agreement can name each module that can be dropped, and no other", () => {
    const named = manifests.filter(({ droppable }) => droppable).map(({ name }) => name);
    expect(new Set(droppableModules)).toEqual(new Set(named));
    for (const { droppable, changedBy } of manifests) {
      if (droppable) expect(changedBy).toContain("resident");
    }
  });

  test("I9: the history is bounded, and a refusal that is repeated stands once", () => {
    const { run, card } = home();
    for (let n = 0; n < livingMax.history; n += 1) run.say(choose("stove-guard", n % 2 === 1));
    expect(card("stove-guard").history).toHaveLength(livingMax.history);
    run.say(choose("stove-guard", false));
    expect(card("stove-guard").history).toHaveLength(livingMax.history);
    for (let n = 0; n < 3; n += 1) run.say(choose("hazard", false));
    expect(card("hazard").history).toHaveLength(1);
  });

  test("a memory of an older version: what is gone is forgotten, what cannot be dropped is on", () => {
    const { run } = home();
    const choice = { on: false, asked: null, history: [] };
    const { machines } = run.state();
    const memory = { modules: { gone: choice, hazard: choice }, pausedUntil: null, nth: 7 };
    const old = runRules(homeMachines, stoveHome, run.now(), {
      machines: { ...machines, choices: memory },
    });
    old.say({ kind: "gateway-started", boot: "b2", gapMs: 0 });
    expect(Object.keys(homeStates(old.state()).choices.modules)).toEqual(["hazard"]);
    expect(told(old).at(-1)).toMatchObject({ nth: 8, dropped: ["daily-sign"] });
  });

  test("I5: after a start the engine runs what was chosen, also where it has forgotten it", () => {
    const { run } = home();
    run.say(choose("stove-guard", false));
    const { switched: _, ...forgotten } = run.state();
    const again = runRules(homeMachines, stoveHome, run.now(), forgotten);
    again.say({ kind: "gateway-started", boot: "b2", gapMs: 0 });
    expect(again.state().switched).toEqual({ "stove-guard": false });
  });
});

describe("I7: a stove guard in the middle of something", () => {
  test("is held by a warning and by a cut, until the deliberate reset", () => {
    const { run, card } = home();
    forget(run);
    expect(card("stove-guard").heldBy).toBe("stove-cut");
    run.say(choose("stove-guard", false));
    expect(refusals(run)).toEqual(["stove-cut"]);
    expect(card("stove-guard")).toMatchObject({ on: true, history: [{ note: "stove-cut" }] });
    run.pass(seconds(16));
    run.say(choose("stove-guard", false));
    run.say({ kind: "relay-read", device: "plug", on: false });
    run.say({ kind: "power-read", device: "plug", watts: 0 });
    run.say(choose("stove-guard", false));
    expect(card("stove-guard")).toMatchObject({ on: true, heldBy: "stove-cut" });
    run.say({ kind: "stove-reset-requested", client: "tablet" });
    run.say(choose("stove-guard", false));
    expect(card("stove-guard")).toMatchObject({ on: false, heldBy: null });
    expect(run.state().switched).toEqual({ "stove-guard": false });
  });

  test("is held by its alarm until a person closed it", () => {
    const { run, card } = home();
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(minutes(11));
    const alarm = run.facts.find((fact) => fact.kind === "alarm-raised");
    expect(run.alarms()).toContain("stove-unguarded");
    expect(card("stove-guard").heldBy).toBe("alarm-open");
    run.say(choose("stove-guard", false));
    expect(refusals(run)).toEqual(["alarm-open"]);
    for (const fact of run.facts.filter((one) => one.kind === "alarm-raised")) {
      const closing = { by: maier, outcome: "fault-repaired", note: "" } as const;
      run.say({ kind: "alarm-closed", alarmId: fact.alarm.id, closing, from: "peer" });
    }
    expect(alarm).toBeDefined();
    expect(card("stove-guard").heldBy).toBeNull();
  });

  test("is held also where the care service grants it meanwhile", () => {
    const { run, card } = home(confirming);
    run.say(choose("stove-guard", false));
    const ask = wishes(run)[0]?.ask ?? "";
    forget(run);
    run.say(answer(ask, true));
    expect(card("stove-guard")).toMatchObject({ on: true, asked: null });
    expect(refusals(run)).toEqual(["stove-cut"]);
  });
});

describe("what the agreement confirms", () => {
  test("waits for the care service's word, and is asked for once", () => {
    const { run, card } = home(confirming);
    expect(card("stove-guard").needsCare).toBe(true);
    run.say(choose("stove-guard", false));
    run.say(choose("stove-guard", false));
    expect(wishes(run)).toHaveLength(1);
    expect(card("stove-guard")).toMatchObject({
      on: true,
      asked: { on: false },
      history: [{ on: false, state: "asked", by: "tablet" }],
    });
    run.restart(60_000);
    const ask = wishes(run)[0]?.ask ?? "";
    run.say(answer("another", true));
    expect(card("stove-guard").on).toBe(true);
    run.say(answer(ask, true, "Sie kochen nicht mehr."));
    expect(card("stove-guard")).toMatchObject({
      on: false,
      asked: null,
      history: [{ on: false, state: "done", by: "Frau Maier", note: "Sie kochen nicht mehr." }],
    });
    // The answer comes twice, and late: it answers nothing any more.
    run.say(choose("stove-guard", true));
    run.say(answer(ask, true));
    expect(card("stove-guard").on).toBe(true);
  });

  test("I5: is told again until it is answered: the first word may be lost with its message", () => {
    const { run } = home(confirming);
    run.say(choose("stove-guard", false));
    run.restart(60_000);
    run.say({ kind: "peer-back" });
    const [first] = wishes(run);
    expect(first).toMatchObject({ module: "stove-guard", on: false });
    expect(wishes(run)).toEqual([first, first, first]);
    run.say(answer(first?.ask ?? "", false));
    run.restart(60_000);
    run.say({ kind: "peer-back" });
    expect(wishes(run)).toHaveLength(3);
  });

  test("a refusal is shown with its sentence, and said", () => {
    const { run, card } = home(confirming);
    run.say(choose("stove-guard", false));
    run.say(answer(wishes(run)[0]?.ask ?? "", false, "Wir sprechen darüber."));
    expect(card("stove-guard")).toMatchObject({
      on: true,
      asked: null,
      history: [{ on: false, state: "refused", by: "Frau Maier", note: "Wir sprechen darüber." }],
    });
    expect(refusals(run)).toEqual(["care"]);
  });

  test("I2: whose word it was is known by itself, however somebody is called", () => {
    for (const name of ["frau-maier", "tablet", "home"]) {
      const { run, card } = home(confirming);
      run.say(choose("stove-guard", false));
      const ask = wishes(run)[0]?.ask ?? "";
      const by = { id: "m", name };
      run.say({ kind: "module-answered", ask, granted: false, by, note: "stove-cut" });
      expect(card("stove-guard").history[0]).toMatchObject({ from: "care", by: name });
      expect(refusals(run)).toEqual(["care"]);
      run.say(choose("hazard", false));
      expect(card("hazard").history[0]?.from).toBe("home");
      run.say(choose("daily-sign", true));
      expect(card("daily-sign").history[0]?.from).toBe("resident");
    }
  });

  test("who changes their mind takes the wish back, and the care service hears so", () => {
    const { run, card } = home(confirming);
    run.say(choose("stove-guard", false));
    run.say(choose("stove-guard", true));
    expect(card("stove-guard")).toMatchObject({
      on: true,
      asked: null,
      history: [{ on: false, state: "refused", by: "tablet" }],
    });
    const [first, second] = wishes(run);
    expect(second).toEqual({ ...first, on: true });
    run.say(answer(first?.ask ?? "", true));
    expect(card("stove-guard").on).toBe(true);
  });

  test("adding waits for nobody; another module needs no word", () => {
    const { run, card } = home(confirming);
    expect(card("daily-sign")).toMatchObject({ on: false, needsCare: false });
    run.say(choose("daily-sign", true));
    run.say(choose("daily-sign", false));
    expect(wishes(run)).toEqual([]);
    expect(card("daily-sign").on).toBe(false);
  });
});

describe("a pause for visitors", () => {
  test("ends by itself, and that is said", () => {
    const { run, view } = home();
    run.say(pause(120));
    expect(view().pause.until).toBe(run.now() + minutes(120));
    expect(told(run).at(-1)?.pausedUntil_at_ms).toBe(run.now() + minutes(120));
    run.pass(minutes(119));
    expect(view().pause.until).not.toBeNull();
    run.pass(minutes(1));
    expect(view().pause.until).toBeNull();
    const ofPause = run.said().filter((key) => key.startsWith("pause"));
    expect(ofPause).toEqual(["pause-begun", "pause-ended"]);
    expect(told(run).at(-1)?.pausedUntil_at_ms).toBeNull();
  });

  test("is ended by hand, once; a new one takes the place of the last", () => {
    const { run, view } = home();
    run.say(pause(120));
    run.say(pause(30));
    expect(view().pause.until).toBe(run.now() + minutes(30));
    run.say(pause(0));
    expect(view().pause.until).toBeNull();
    expect(run.say(pause(0))).toEqual([]);
    expect(run.said()).toEqual(["pause-begun", "pause-begun", "pause-ended"]);
  });

  test("I9: lasts three days at most, whatever is asked for or remembered", () => {
    const { run, view } = home();
    run.say(pause(100_000));
    const longest = minutes(pauseMinutesMax);
    expect(view().pause.until).toBe(run.now() + longest);
    const state = run.state();
    const { choices } = homeStates(state);
    const broken = { ...choices, pausedUntil: run.now() + hours(10_000) };
    const again = runRules(homeMachines, stoveHome, run.now(), {
      ...state,
      machines: { ...state.machines, choices: broken },
    });
    again.say({ kind: "gateway-started", boot: "b2", gapMs: 0 });
    expect(homeStates(again.state()).choices.pausedUntil).toBe(again.now() + longest);
  });

  test("I5: goes on over a restart, ends where it would have ended, and after an unknown gap", () => {
    const { run, view } = home();
    run.say(pause(120));
    run.restart(minutes(60));
    expect(view().pause.until).toBe(run.now() + minutes(60));
    // Whoever lost what it knew of the pause hears it.
    const until = view().pause.until;
    expect(run.facts.filter(({ at }) => at === run.now())).toContainEqual(
      expect.objectContaining({ kind: "pause-switched", until }),
    );
    run.restart(minutes(61));
    expect(view().pause.until).toBeNull();
    run.say(pause(120));
    run.restart(null, 1_000);
    expect(view().pause.until).toBeNull();
    expect(run.said().filter((key) => key === "pause-ended")).toHaveLength(2);
  });

  test("I1: keeps nobody from calling, the stove from being cut, or fire from being told", () => {
    const { run } = home();
    run.say(pause(4_000));
    forget(run);
    run.pass(seconds(16));
    run.say({ kind: "button-pressed", device: "sos" });
    run.say({ kind: "hazard-sensed", device: "smoke", hazard: "smoke", present: true });
    expect(run.alarms()).toEqual(expect.arrayContaining(["sos-pressed", "smoke"]));
    expect(only(run.effects, "cut-power").length).toBeGreaterThan(0);
  });
});

describe("what the care service knows of it", () => {
  test("is told at each start and when the link is back, each time under a higher number", () => {
    const { run } = home();
    run.restart(1_000);
    run.say({ kind: "peer-back" });
    expect(told(run).map(({ nth }) => nth)).toEqual([1, 2, 3]);
    for (const { dropped } of told(run)) expect(dropped).toEqual(["daily-sign"]);
  });
});
