/** What the tablet believes, remembers and says: pure, with time as an argument. */
import { describe, expect, test } from "vitest";
import { type AnnouncementMessage, partSchemas } from "../../protocol/bus.ts";
import type { TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { stateParts } from "../../protocol/topics.ts";
import type { AlarmView } from "../../protocol/view.ts";
import {
  hearAlarms,
  hearWord,
  type Memory,
  seenAgain,
  withoutOld,
} from "../../web/tablet/home/memory.ts";
import type { HomeNow } from "../../web/tablet/home/now.ts";
import {
  doubted,
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
import { stoveOf } from "./tablet-scenes.ts";

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

  test("I6: after a sleep of the device neither life nor time is known until it is heard", () => {
    const awake = hearing(emptyHome(0), message("a", "gateway", gateway));
    const woken = doubted(awake, 200);
    expect(lifeOf(awake, 201)).toBe("alive");
    expect(lifeOf(woken, 201)).toBe("waiting");
    expect(instantNow(woken, 201)).toBeUndefined();
    expect(lifeOf(woken, 200 + 14_500)).toBe("lost");
    expect(lifeOf(hearing(woken, message("a", "gateway", gateway)), 201)).toBe("alive");
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

  test("I2: a sentence that waited for the disk does not put the home's clock back", () => {
    const state = hearing(emptyHome(0), message("a", "gateway", gateway));
    const birth = { id: "said-2", boot: "a", at_ms: 1_000, wall_ms: 90_000, wall_trusted: true };
    const said = { topic: "home/announcement", value: { ...birth, key: "x", words: {} } };
    const after = hearHome(state, { ...said, retained: false }, 1_100).state;
    expect(instantNow(after, 1_100)).toBe(6_000);
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
  kept: { phone: "112" },
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
    const marks = stages.map((stage) => {
      const stored = stage === "stored";
      return stepsOf({ ...call, stage, stored, acceptedBy: ["Frau Maier"] });
    });
    expect(marks.map(({ stored }) => stored)).toEqual([false, false, true, true, true]);
    expect(stepsOf({ ...call, stage: "no-path", stored: true }).stored).toBe(true);
    expect(marks.map(({ withCare }) => withCare)).toEqual([false, false, false, true, false]);
    expect(marks.map(({ coming }) => coming.length)).toEqual([0, 0, 0, 0, 1]);
  });

  test("fire outranks everything, also a lost way", () => {
    const fire: AlarmView = { ...call, id: "f", category: "hazard", reason: "smoke" };
    const home = { ...withAlarms(call, fire), life: "alive" as const };
    const cut = { ...home, parts: { ...home.parts, link: { care: "lost" as const } } };
    expect(emergencyOf(cut)?.alarms[0]?.id).toBe("f");
    expect(statementOf(cut, de)?.text).toContain("Feuer");
  });

  const lost = { link: { care: "lost" } } as const;

  test("I2: who is coming is said although the way was lost after that", () => {
    const coming: AlarmView = { ...call, stage: "coming", acceptedBy: ["Frau Maier"] };
    const home = withAlarms(coming);
    expect(statementOf({ ...home, parts: { ...home.parts, ...lost } }, de)?.text).toBe(
      "Frau Maier kommt.",
    );
    const open = withAlarms({ ...call, stage: "no-path" });
    const said = statementOf({ ...open, parts: { ...open.parts, ...lost } }, de);
    expect(said).toMatchObject({ text: de.announcements["help-no-path"], again: true });
  });

  test("the stove's warning is said again and again, also while there is no way", () => {
    const stove = stoveOf({ phase: "warned" });
    const said = statementOf({ ...quiet, parts: { ...quiet.parts, ...lost, stove } }, de);
    expect(said).toMatchObject({ text: de.stove.warning, again: true });
  });

  test("a drill and a broken device do not take the screen", () => {
    const drill: AlarmView = { ...call, reason: "drill", drill: true };
    const fault: AlarmView = { ...call, category: "fault", reason: "device-missing" };
    expect(emergencyOf(withAlarms(drill, fault))).toBeUndefined();
  });

  test("a call that the home has not confirmed takes the screen, with nothing promised", () => {
    const calls = [{ id: "c", pressedAt: 7, takenAt: undefined }];
    const emergency = emergencyOf({ ...quiet, calls });
    expect(emergency?.unsent).toEqual({ pressedAt: 7, taken: false });
    expect(statementOf({ ...quiet, calls }, de)?.text).toBe("Ihr Hilferuf wird gesendet.");
    const taken = [{ id: "c", pressedAt: 0, takenAt: 100 }];
    expect(emergencyOf({ ...quiet, calls: taken })?.unsent?.taken).toBe(true);
    const silent = { ...quiet, life: "waiting", parts: {}, staleAlarms: [call] } as const;
    expect(emergencyOf({ ...silent, calls: taken })?.unsent).toBeUndefined();
    expect(emergencyOf({ ...silent, calls })?.unsent?.taken).toBe(false);
    expect(statementOf({ ...quiet, calls: taken }, de)?.text).toBe("Notruf ist gespeichert.");
  });
});

describe("the memory of alarms", () => {
  const empty: Memory = { alarms: [], endings: [] };
  const at = (now: number, home_ms?: number, isNews = true) => ({
    now,
    own_ms: now,
    home_ms,
    isNews,
  });
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
    const stored = hearAlarms(empty, [{ ...call, stored: true }], "a", at(1, 100));
    const care = hearAlarms(stored, [{ ...call, stage: "with-care" }], "a", at(2, 200));
    expect(care.alarms[0]).toMatchObject({ stored_ms: 100, withCare_ms: 200 });
    const noClock = hearAlarms(empty, [{ ...call, stored: true }], "a", at(1));
    expect(noClock.alarms[0]?.stored_ms).toBeNull();
  });

  test("I2: a step that was true before the tablet heard of it has no time", () => {
    const late = hearAlarms(empty, [{ ...call, stage: "with-care" }], "a", at(1, 100, false));
    expect(late.alarms[0]).toMatchObject({ stored_ms: null, withCare_ms: null });
    const coming: AlarmView = { ...call, stage: "coming", acceptedBy: ["Frau Maier"] };
    const then = hearAlarms(late, [coming], "a", at(2, 200));
    expect(then.alarms[0]).toMatchObject({ stored_ms: null, coming_ms: { "Frau Maier": 200 } });
  });

  test("I2: of two who come each has her own time", () => {
    const coming: AlarmView = { ...call, stage: "coming", acceptedBy: ["Frau Maier"] };
    const one = hearAlarms(empty, [coming], "a", at(1, 100));
    const both = { ...coming, acceptedBy: ["Frau Maier", "Herr Yilmaz"] };
    const two = hearAlarms(one, [both], "a", at(2, 200));
    expect(two.alarms[0]?.coming_ms).toEqual({ "Frau Maier": 100, "Herr Yilmaz": 200 });
    const other = hearAlarms(two, [{ ...coming, acceptedBy: ["Herr Yilmaz"] }], "a", at(3, 300));
    expect(other.alarms[0]?.coming_ms).toEqual({ "Herr Yilmaz": 200 });
  });

  test("I3: an alarm that was open for hours is still missed when another start knows it not", () => {
    const open = hearAlarms(empty, [call], "a", at(1));
    const hours = seenAgain(open, "a", at(8_000_000));
    expect(hearAlarms(hours, [], "b", at(8_000_001)).endings).toMatchObject([{ how: "forgotten" }]);
    expect(seenAgain(open, "a", at(30_000))).toBe(open);
    expect(seenAgain(open, "b", at(8_000_000))).toBe(open);
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

  test("a call outlives a reload, with its id, and takes longer than it should by then", () => {
    const first = rig();
    void first.outbox.ask({ kind: "help" });
    first.outbox.close();
    const second = rig(first.kept);
    second.pass(0);
    expect(second.said[0]?.id).toBe(first.said[0]?.id);
    expect(second.outbox.calls[0]?.pressedAt).toBe(Number.NEGATIVE_INFINITY);
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
