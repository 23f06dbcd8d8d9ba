import { describe, expect, test } from "vitest";
import { seconds } from "../../protocol/time.ts";
import { careLink, homeLink } from "../../rules/machines/care-link.ts";
import { anna, beat, callHome, close } from "../support/call-home.ts";
import { type RuleRun, runRules } from "../support/rule-run.ts";

const links = (run: RuleRun): readonly string[] =>
  run.facts.flatMap((fact) =>
    fact.kind === "peer-lost" || fact.kind === "peer-back" ? [fact.kind] : [],
  );

describe("the home watches the care service", () => {
  const home = (): RuleRun => runRules({ careLink }, callHome);

  test("I6: before the first start nothing is known, and nothing is due", () => {
    const run = home();
    expect(run.pass(seconds(1_000))).toEqual([]);
    run.say({ kind: "deadline-reached", lateMs: 0 });
    expect(links(run)).toEqual([]);
  });

  test("I6: silence becomes loss once, is said, and the next beat ends it", () => {
    const run = home();
    run.say(beat());
    run.pass(seconds(14));
    run.say(beat());
    run.pass(seconds(14));
    expect(links(run)).toEqual([]);
    run.pass(seconds(1_000));
    expect(links(run)).toEqual(["peer-lost"]);
    expect(run.said()).toEqual(["care-unreachable"]);
    run.say(beat());
    run.say(beat());
    expect(links(run)).toEqual(["peer-lost", "peer-back"]);
    expect(run.said()).toEqual(["care-unreachable", "care-reachable"]);
  });

  test("I5: a start gives the other side its whole span again", () => {
    const run = home();
    run.say(beat());
    run.restart(null);
    run.pass(seconds(14));
    expect(links(run)).toEqual([]);
    run.pass(seconds(1));
    expect(links(run)).toEqual(["peer-lost"]);
  });

  test("I5: a lost side is not found by a restart, and that is said again", () => {
    const run = home();
    run.say(beat());
    run.pass(seconds(15));
    run.restart(0);
    run.pass(seconds(100));
    expect(links(run)).toEqual(["peer-lost"]);
    expect(run.said()).toEqual(["care-unreachable", "care-unreachable"]);
    run.say(beat());
    expect(links(run)).toEqual(["peer-lost", "peer-back"]);
  });
});

describe("the care service watches a home", () => {
  const silences = (run: RuleRun): readonly string[] =>
    run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.id] : []));

  test("I5: a care service that slept through the span listens for another one", () => {
    const run = runRules({ homeLink }, callHome);
    run.say(beat());
    run.sleep(seconds(100));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(15));
    expect(run.alarms()).toEqual(["home-silent"]);
  });

  test("I6: a silent home is one concern until a person has looked after it", () => {
    const run = runRules({ homeLink }, callHome);
    const fallSilent = (): void => {
      run.say(beat());
      run.pass(seconds(15));
    };
    fallSilent();
    fallSilent();
    expect(run.alarms()).toEqual(["home-silent"]);
    run.say(close("other", anna));
    fallSilent();
    expect(run.alarms()).toHaveLength(1);
    run.say(close(silences(run)[0] ?? "", anna));
    fallSilent();
    expect(new Set(silences(run)).size).toBe(2);
    expect(run.said()).toEqual([]);
  });
});
