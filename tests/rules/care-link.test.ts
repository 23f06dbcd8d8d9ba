import { describe, expect, test } from "vitest";
import { minutes, seconds } from "../../protocol/time.ts";
import { careLink } from "../../rules/machines/care-link.ts";
import { beat, callHome } from "../support/call-home.ts";
import { type RuleRun, runRules } from "../support/rule-run.ts";

const links = (run: RuleRun): readonly string[] =>
  run.facts.flatMap((fact) =>
    fact.kind === "peer-lost" || fact.kind === "peer-back" ? [fact.kind] : [],
  );

const slowly = {
  ...callHome,
  link: { ...callHome.link, beatEvery: seconds(60), silentAfter: seconds(150) },
};

describe("the home watches the care service", () => {
  const home = (plan = callHome): RuleRun => runRules({ careLink }, plan);

  test("I6: before the first start nothing is known, and nothing is due", () => {
    const run = home();
    expect(run.pass(seconds(1_000))).toEqual([]);
    run.say({ kind: "peer-disconnected" });
    run.say({ kind: "deadline-reached", lateMs: 0 });
    run.pass(seconds(1_000));
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

  test("I6: a broken connection is loss after ten seconds, however seldom beats are", () => {
    const run = home(slowly);
    run.say(beat());
    run.pass(minutes(1));
    run.say({ kind: "peer-disconnected" });
    run.pass(seconds(9));
    run.say({ kind: "peer-disconnected" });
    expect(links(run)).toEqual([]);
    run.pass(seconds(1));
    expect(links(run)).toEqual(["peer-lost"]);
    run.say({ kind: "peer-disconnected" });
    run.pass(minutes(10));
    run.say(beat());
    expect(links(run)).toEqual(["peer-lost", "peer-back"]);
  });

  test("a connection that is made again in time breaks nothing", () => {
    const run = home(slowly);
    run.say(beat());
    run.say({ kind: "peer-disconnected" });
    run.pass(seconds(9));
    run.say(beat());
    run.pass(seconds(149));
    expect(links(run)).toEqual([]);
  });

  test("a break just before silence puts nothing off", () => {
    const run = home(slowly);
    run.say(beat());
    run.pass(seconds(145));
    run.say({ kind: "peer-disconnected" });
    run.pass(seconds(5));
    expect(links(run)).toEqual(["peer-lost"]);
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
