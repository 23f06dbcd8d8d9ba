import { describe, expect, test } from "vitest";
import { after, type Duration, hours, instant, minutes, seconds } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";
import {
  type HomeLinkState,
  homeLink,
  maintenanceMax,
  shownLink,
} from "../../rules/machines/home-link.ts";
import { anna, beat, callHome, close } from "../support/call-home.ts";
import { type RuleRun, runRules } from "../support/rule-run.ts";

// Beats are missed after 15 s, an alarm after 60 s; a person has an hour to close it.
const watch = (): RuleRun => runRules({ homeLink }, callHome);
const goodbye = (leaving: "restart" | "maintenance"): Fact => ({
  kind: "peer-heard",
  holds: [],
  leaving,
});

const shown = (run: RuleRun): string =>
  shownLink(run.state().machines["homeLink"] as HomeLinkState);
const alarmIds = (run: RuleRun): readonly string[] =>
  run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.id] : []));
const links = (run: RuleRun): readonly string[] =>
  run.facts.flatMap(({ kind }) =>
    kind === "peer-late" || kind === "peer-lost" || kind === "peer-back" ? [kind] : [],
  );
const tellMaintenance = (run: RuleRun, length: number): void => {
  run.say({ kind: "maintenance-told", until: after(run.now(), length as Duration) });
};
const fallSilent = (run: RuleRun): void => {
  run.say(beat());
  run.pass(minutes(2));
};

describe("I6: a home that falls silent", () => {
  test("is unknown, then late, then an alarm, and back with its next beat", () => {
    const run = watch();
    expect(shown(run)).toBe("unknown");
    run.say(beat());
    expect(shown(run)).toBe("reachable");
    run.pass(seconds(14));
    run.say(beat());
    run.pass(seconds(15));
    expect(shown(run)).toBe("late");
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(44));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(1));
    expect(shown(run)).toBe("lost");
    expect(run.alarms()).toEqual(["home-silent"]);
    expect(run.facts.find(({ kind }) => kind === "alarm-raised")).toMatchObject({
      alarm: { category: "fault", level: "alarm", reason: "home-silent" },
    });
    run.say(beat());
    expect(shown(run)).toBe("reachable");
    expect(links(run)).toEqual(["peer-late", "peer-lost", "peer-back"]);
    expect(run.said()).toEqual([]);
  });

  test("a home that was only late is back, too", () => {
    const run = watch();
    run.say(beat());
    run.pass(seconds(20));
    run.say(beat());
    run.say(beat());
    expect(links(run)).toEqual(["peer-late", "peer-back"]);
  });

  test("I3: is one alarm until a person has looked after it", () => {
    const run = watch();
    fallSilent(run);
    fallSilent(run);
    expect(run.alarms()).toEqual(["home-silent"]);
    run.say(close("other", anna));
    fallSilent(run);
    expect(run.alarms()).toHaveLength(1);
    run.say(beat());
    run.say(close(alarmIds(run)[0] ?? "", anna));
    run.pass(seconds(59));
    expect(run.alarms()).toHaveLength(1);
    run.pass(seconds(1));
    expect(new Set(alarmIds(run)).size).toBe(2);
  });

  test("I4: closed while the home is still silent, it is an alarm again after a while", () => {
    const run = watch();
    fallSilent(run);
    run.say(close(alarmIds(run)[0] ?? "", anna));
    run.pass(minutes(59));
    expect(run.alarms()).toHaveLength(1);
    run.restart(1_000);
    expect(shown(run)).toBe("lost");
    run.pass(hours(1));
    expect(new Set(alarmIds(run)).size).toBe(2);
    expect(links(run)).toEqual(["peer-late", "peer-lost"]);
    run.pass(hours(10));
    expect(run.alarms()).toHaveLength(2);
  });

  test("I4: an alarm about an older silence does not stand for this one once it is closed", () => {
    const run = watch();
    fallSilent(run);
    fallSilent(run);
    run.say(close(alarmIds(run)[0] ?? "", anna));
    run.pass(seconds(59));
    expect(run.alarms()).toHaveLength(1);
    run.pass(seconds(1));
    expect(run.alarms()).toHaveLength(2);
    run.say(close(alarmIds(run)[1] ?? "", anna));
    run.pass(minutes(59));
    expect(run.alarms()).toHaveLength(2);
  });

  test("I5: maintenance that ended while the care service was away is over", () => {
    const run = watch();
    tellMaintenance(run, minutes(1));
    run.restart(Number(minutes(5)));
    expect(shown(run)).toBe("unknown");
  });

  test("I5: a care service that slept through the span listens for another one", () => {
    const run = watch();
    run.say(beat());
    run.sleep(seconds(100));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(59));
    expect(shown(run)).toBe("late");
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(1));
    expect(run.alarms()).toEqual(["home-silent"]);
  });

  test("I5: a restart asks anew, unless the home was lost", () => {
    const run = watch();
    run.say(beat());
    run.pass(seconds(50));
    expect(shown(run)).toBe("late");
    run.restart(0);
    expect(shown(run)).toBe("unknown");
    run.pass(minutes(1));
    expect(shown(run)).toBe("lost");
    run.restart(0);
    expect(shown(run)).toBe("lost");
    run.pass(hours(5));
    expect(run.alarms()).toHaveLength(1);
  });

  test("before the start nothing is due", () => {
    const run = watch();
    run.say({ kind: "deadline-reached", lateMs: 0 });
    run.pass(hours(1));
    expect(run.facts).toHaveLength(1);
  });
});

describe("a gateway that says goodbye", () => {
  test("is awaited, not late, and heard again", () => {
    const run = watch();
    run.say(beat());
    run.say(goodbye("restart"));
    expect(shown(run)).toBe("restarting");
    run.say(goodbye("restart"));
    run.pass(seconds(59));
    expect(shown(run)).toBe("restarting");
    run.say(beat());
    expect(shown(run)).toBe("reachable");
    expect(links(run)).toEqual(["peer-back"]);
  });

  test("and does not come back is an alarm as soon as any other", () => {
    const run = watch();
    run.say(goodbye("maintenance"));
    expect(shown(run)).toBe("maintenance");
    run.pass(minutes(1));
    expect(shown(run)).toBe("lost");
    expect(run.alarms()).toEqual(["home-silent"]);
  });
});

describe("planned maintenance", () => {
  test("silence is shown and is no alarm until it ends, and counts again from there", () => {
    const run = watch();
    run.say(beat());
    tellMaintenance(run, minutes(30));
    expect(shown(run)).toBe("reachable");
    run.pass(minutes(10));
    run.say(goodbye("restart"));
    expect(shown(run)).toBe("maintenance");
    run.say(beat());
    expect(shown(run)).toBe("reachable");
    run.pass(minutes(10));
    expect(shown(run)).toBe("maintenance");
    run.pass(minutes(10));
    expect(shown(run)).toBe("late");
    expect(run.alarms()).toEqual([]);
    run.pass(minutes(1));
    expect(run.alarms()).toEqual(["home-silent"]);
    expect(links(run)).toEqual(["peer-back", "peer-back", "peer-lost"]);
  });

  test("a home that is heard when it ends is heard", () => {
    const run = watch();
    tellMaintenance(run, seconds(10));
    run.pass(seconds(5));
    run.say(beat());
    run.pass(seconds(6));
    expect(shown(run)).toBe("reachable");
    expect(run.why()).toContain("maintenance is over");
  });

  test("may be made longer or shorter, and over is over, however often it is said", () => {
    const run = watch();
    run.say(beat());
    tellMaintenance(run, minutes(30));
    tellMaintenance(run, minutes(60));
    run.pass(minutes(50));
    expect(run.alarms()).toEqual([]);
    tellMaintenance(run, -1);
    run.pass(seconds(40));
    tellMaintenance(run, 0);
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(20));
    expect(run.alarms()).toEqual(["home-silent"]);
    tellMaintenance(run, 0);
    run.pass(hours(2));
    expect(run.alarms()).toHaveLength(1);
  });

  test("I3: it ends no alarm, and puts the next one off to its end", () => {
    const run = watch();
    fallSilent(run);
    tellMaintenance(run, hours(3));
    expect(shown(run)).toBe("maintenance");
    run.say(close(alarmIds(run)[0] ?? "", anna));
    run.pass(hours(3));
    expect(run.alarms()).toHaveLength(1);
    expect(shown(run)).toBe("lost");
    run.pass(minutes(1));
    expect(run.alarms()).toHaveLength(2);
  });

  test("I9: nobody is unwatched for longer than a week by one word", () => {
    const run = watch();
    run.say(beat());
    run.say({ kind: "maintenance-told", until: instant(Number.MAX_SAFE_INTEGER) });
    run.pass(maintenanceMax);
    expect(run.alarms()).toEqual([]);
    run.pass(minutes(1));
    expect(run.alarms()).toEqual(["home-silent"]);
  });
});
