/** What the tablet believes, remembers and says: pure, with time as an argument. */
import { describe, expect, test } from "vitest";
import { type AnnouncementMessage, partSchemas } from "../../protocol/bus.ts";
import type { TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { stateParts } from "../../protocol/topics.ts";
import type { AlarmView } from "../../protocol/view.ts";
import { hearAlarms, hearWord, type Memory, withoutOld } from "../../web/tablet/home/memory.ts";
import type { HomeNow } from "../../web/tablet/home/now.ts";
import {
  emptyHome,
  type HomeState,
  hearHome,
  instantNow,
  lifeOf,
  wallOf,
} from "../../web/tablet/home/state.ts";
import { statementOf } from "../../web/tablet/home/statement.ts";
import { emergencyOf, stepsOf, wayOf } from "../../web/tablet/home/truth.ts";
import { type Asked, Outbox } from "../../web/tablet/wire/outbox.ts";
import { wordsOf } from "../../web/tablet/words/languages.ts";

const de = wordsOf("de");

const call: AlarmView = {
  id: "call-1",
  category: "emergency-call",
  level: "alarm",
  reason: "help-requested",
  device: null,
  room: null,
  raisedAt: instant(1_000),
  late: false,
  drill: false,
  stage: "calling",
  stored: false,
  acceptedBy: [],
  told: [],
  falseAlarmSaid: false,
};

let count = 0;
function message(boot: string, part: string, state: unknown, retained = false) {
  count += 1;
  const birth = { id: `${boot}-${count}`, boot, at_ms: 5_000, wall_ms: 90_000, wall_trusted: true };
  return { topic: `home/state/${part}`, value: { ...birth, state }, retained };
}

const gateway = {
  home: "weber",
  everyMs: 5_000,
  resident: "Frau Weber",
  phone: "0711 1",
  timezone: "",
};

const hearing = (state: HomeState, ...all: readonly ReturnType<typeof message>[]): HomeState =>
  all.reduce((now, one) => hearHome(now, one, 100).state, state);

describe("the home", () => {
  test("I6: what was kept for late readers is no sign of life", () => {
    const kept = hearing(emptyHome(0), message("a", "gateway", gateway, true));
    expect(lifeOf(kept, 101)).toBe("waiting");
    expect(kept.parts.gateway?.phone).toBe("0711 1");
    expect(lifeOf(hearing(kept, message("a", "gateway", gateway)), 101)).toBe("alive");
  });

  test("I2: silence is loss within fifteen seconds, whatever pace the home claims", () => {
    for (const everyMs of [5_000, 60_000, 1e9, -1]) {
      const state = hearing(emptyHome(0), message("a", "gateway", { ...gateway, everyMs }));
      expect(lifeOf(state, 100 + 14_500)).toBe("lost");
    }
    expect(lifeOf(emptyHome(0), 14_500)).toBe("lost");
    const state = hearing(emptyHome(0), message("a", "gateway", gateway));
    expect(lifeOf(state, 100 + 8_900)).toBe("alive");
    expect(lifeOf(state, 100 + 9_100)).toBe("waiting");
  });

  test("I2: another start of the gateway makes everything before it old", () => {
    const first = hearing(
      emptyHome(0),
      message("a", "alarms", [{ ...call, stage: "with-care" }]),
      message("a", "gateway", gateway),
    );
    const second = hearing(first, message("b", "gateway", gateway));
    expect(second.parts.alarms).toBeUndefined();
    const late = hearing(second, message("a", "alarms", [call]));
    expect(late).toBe(second);
  });

  test("a state of another shape is not taken over, and does not end the page", () => {
    const state = hearing(emptyHome(0), message("a", "alarms", {}), message("a", "stove", 7));
    expect(state.parts).toEqual({});
    const bad = { topic: "home/state/alarms", value: "x", retained: false };
    expect(hearHome(state, bad, 1).state).toBe(state);
  });

  test.each(stateParts)(
    "what the home may say of %s is taken, and nothing of another shape",
    (part) => {
      for (const shape of [null, [], {}, "none", 7]) {
        const { issues = [] } = partSchemas[part].safeParse(shape).error ?? {};
        const isWrong = issues.some(({ path }) => path.length === 0);
        const { parts } = hearing(emptyHome(0), message("a", part, shape));
        expect(part in parts, JSON.stringify(shape)).toBe(!isWrong);
      }
    },
  );

  test("an announcement is heard once, and an old one never", () => {
    const birth = { id: "said-1", boot: "a", at_ms: 1, wall_ms: 1, wall_trusted: false };
    const value = { ...birth, key: "help-stored", words: {} };
    const said = { topic: "home/announcement", value, retained: false };
    const first = hearHome(emptyHome(0), said, 1);
    expect(first.announcement?.key).toBe("help-stored");
    expect(hearHome(first.state, said, 2).announcement).toBeUndefined();
    expect(hearHome(emptyHome(0), { ...said, retained: true }, 1).announcement).toBeUndefined();
  });

  test("time is the home's, and unknown while the home does not trust it", () => {
    const state = hearing(emptyHome(0), message("a", "gateway", gateway));
    expect(instantNow(state, 1_100)).toBe(6_000);
    expect(wallOf(state, instant(6_000))).toBe(91_000);
    const doubted = message("a", "gateway", gateway);
    const value = { ...doubted.value, wall_trusted: false };
    expect(wallOf(hearing(state, { ...doubted, value }), instant(6_000))).toBeUndefined();
  });
});

const quiet: HomeNow = {
  life: "alive",
  line: "open",
  parts: { alarms: [], link: { care: "reachable" } },
  kept: { resident: "", phone: "112" },
  calls: [],
  staleAlarms: [],
  memory: { alarms: [], endings: [] },
  instantNow: () => undefined,
  wallNow: () => undefined,
  wallOf: () => undefined,
};

describe("what may be said", () => {
  const withAlarms = (...alarms: readonly AlarmView[]): HomeNow => ({
    ...quiet,
    parts: { ...quiet.parts, alarms },
  });

  test("I2: the call is ready only while home and care service are both heard", () => {
    expect(wayOf(quiet)).toBe("ready");
    expect(wayOf({ ...quiet, life: "waiting" })).toBe("unknown");
    expect(wayOf({ ...quiet, parts: {} })).toBe("unknown");
    expect(wayOf({ ...quiet, life: "lost" })).toBe("none");
    expect(wayOf({ ...quiet, parts: { link: { care: "lost" } } })).toBe("none");
  });

  test("I2: the sentence of a call is never ahead of its stage", () => {
    const sentences = (["calling", "stored", "with-care", "coming"] as const).map(
      (stage) => statementOf(withAlarms({ ...call, stage, acceptedBy: ["Frau Maier"] }), de)?.text,
    );
    expect(sentences).toEqual([
      "Ihr Hilferuf wird gesendet.",
      "Notruf ist gespeichert.",
      "Der Pflegedienst hat Ihren Notruf.",
      "Frau Maier kommt.",
    ]);
  });

  test("I2: a step is marked only by the stage that proves it", () => {
    const stages = ["calling", "no-path", "stored", "with-care", "coming"] as const;
    const marks = stages.map((stage) => stepsOf({ ...call, stage, acceptedBy: ["Frau Maier"] }));
    expect(marks.map(({ stored }) => stored)).toEqual([false, false, true, true, true]);
    expect(marks.map(({ withCare }) => withCare)).toEqual([false, false, false, true, false]);
    expect(marks.map(({ coming }) => coming.length)).toEqual([0, 0, 0, 0, 1]);
  });

  test("fire outranks everything, also a lost way", () => {
    const fire: AlarmView = { ...call, id: "f", category: "hazard", reason: "smoke" };
    const home = { ...withAlarms(call, fire), life: "alive" as const };
    const cut = { ...home, parts: { ...home.parts, link: { care: "lost" as const } } };
    expect(emergencyOf(cut, 0)?.alarms[0]?.id).toBe("f");
    expect(statementOf(cut, de)?.text).toContain("Feuer");
  });

  test("a drill and a broken device do not take the screen", () => {
    const drill: AlarmView = { ...call, reason: "drill", drill: true };
    const fault: AlarmView = { ...call, category: "fault", reason: "device-missing" };
    expect(emergencyOf(withAlarms(drill, fault), 0)).toBeUndefined();
  });

  test("a call that the home has not confirmed takes the screen, with nothing promised", () => {
    const calls = [{ id: "c", pressed_ms: 0, takenAt: undefined }];
    const emergency = emergencyOf({ ...quiet, calls }, 3_000);
    expect(emergency).toEqual({ alarms: [], stale: [], unsent: { ageMs: 3_000 } });
  });
});

describe("the memory of alarms", () => {
  const empty: Memory = { alarms: [], endings: [] };
  const at = (own_ms: number, home_ms?: number) => ({ own_ms, home_ms });
  const closed: AnnouncementMessage = {
    id: "x",
    boot: "a",
    at_ms: 1,
    wall_ms: 1,
    wall_trusted: true,
    key: "alarm-closed",
    alarmId: "call-1",
    words: { name: "Frau Maier", outcome: "helped" },
  };

  test("each step keeps the time at which it was first seen", () => {
    const stored = hearAlarms(empty, [{ ...call, stage: "stored" }], "a", at(1, 100));
    const care = hearAlarms(stored, [{ ...call, stage: "with-care" }], "a", at(2, 200));
    expect(care.alarms[0]).toMatchObject({ stored_ms: 100, withCare_ms: 200 });
    const noClock = hearAlarms(empty, [{ ...call, stage: "stored" }], "a", at(1));
    expect(noClock.alarms[0]?.stored_ms).toBeUndefined();
  });

  test("I3: the last word is said when a person ended it, for a minute", () => {
    const open = hearAlarms(empty, [call], "a", at(1));
    const ended = hearAlarms(hearWord(open, closed, at(2)), [], "a", at(3));
    expect(ended.endings).toMatchObject([{ how: "ended", name: "Frau Maier", outcome: "helped" }]);
    expect(withoutOld(ended, 60_001).endings).toHaveLength(1);
    expect(withoutOld(ended, 60_003).endings).toHaveLength(0);
  });

  test("I3: an alarm that another start of the home does not know is not called ended", () => {
    const open = hearAlarms(empty, [call], "a", at(1));
    expect(hearAlarms(open, [], "b", at(2)).endings).toMatchObject([{ how: "forgotten" }]);
    expect(hearAlarms(open, [], "b", at(4_000_000)).endings).toHaveLength(0);
  });

  test("an alarm that is open again has no last word", () => {
    const open = hearAlarms(empty, [call], "a", at(1));
    const again = hearAlarms(hearWord(open, closed, at(2)), [call], "a", at(3));
    expect(again.endings).toHaveLength(0);
  });
});

describe("the outbox", () => {
  function rig(kept: Record<string, string> = {}) {
    let now = 0;
    const said: TabletRequest[] = [];
    const outbox = new Outbox({
      say: (request) => void said.push(request),
      changed: () => undefined,
      storage: {
        getItem: (key) => kept[key] ?? null,
        setItem: (key, value) => {
          kept[key] = value;
        },
      },
      now: () => now,
    });
    const pass = (ms: number): void => {
      now += ms;
      outbox.sayAll();
    };
    return { outbox, said, pass, kept };
  }

  test("a call for help is said again with the same id until the home has it", async () => {
    const { outbox, said, pass } = rig();
    const asked = outbox.ask({ kind: "help" });
    pass(1_000);
    pass(3_600_000);
    expect(new Set(said.map(({ id }) => id)).size).toBe(1);
    expect(said).toHaveLength(3);
    outbox.hear({ of: said[0]?.id ?? "", taken: true, why: "" });
    expect(await asked).toEqual({ kind: "taken" });
    pass(1_000);
    expect(said).toHaveLength(3);
    outbox.close();
  });

  test("a call outlives a reload, with its id", () => {
    const first = rig();
    void first.outbox.ask({ kind: "help" });
    first.outbox.close();
    const second = rig(first.kept);
    second.pass(0);
    expect(second.said[0]?.id).toBe(first.said[0]?.id);
    second.outbox.close();
  });

  test("a press while a call is unanswered is that call; one after it is another", () => {
    const { outbox, said } = rig();
    void outbox.ask({ kind: "help" });
    void outbox.ask({ kind: "help" });
    expect(new Set(said.map(({ id }) => id)).size).toBe(1);
    outbox.hear({ of: said[0]?.id ?? "", taken: true, why: "" });
    void outbox.ask({ kind: "help" });
    expect(new Set(said.map(({ id }) => id)).size).toBe(2);
    outbox.close();
  });

  test("I7: an act at the stove is void when it is late, and said to be", async () => {
    const { outbox, said, pass } = rig();
    const asked: Promise<Asked> = outbox.ask({ kind: "stove-reset" });
    pass(11_000);
    expect(await asked).toEqual({ kind: "unanswered" });
    expect(said).toHaveLength(1);
    outbox.close();
  });

  test("a refusal is told with its reason", async () => {
    const { outbox, said } = rig();
    const asked = outbox.ask({ kind: "presence" });
    outbox.hear({ of: said[0]?.id ?? "", taken: false, why: "not local" });
    expect(await asked).toEqual({ kind: "refused", why: "not local" });
    outbox.close();
  });

  test("kept words that are no calls are left alone", () => {
    for (const text of ["{", "7", '[{"id":7}]']) {
      const { outbox } = rig({ "obhut-calls": text });
      expect(outbox.calls).toEqual([]);
      outbox.close();
    }
  });
});
