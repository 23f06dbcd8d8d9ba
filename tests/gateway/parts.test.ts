import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { refuseSecond } from "../../gateway/alone.ts";
import { factOfBeat, factOfDown, factOfRequest } from "../../gateway/from-people.ts";
import { askStatus, NobodyThere, serveStatus, type Told } from "../../gateway/health.ts";
import { LateHub } from "../../gateway/late-hub.ts";
import type { Announcement, Hub } from "../../gateway/ports.ts";
import { hearRuleFaults } from "../../gateway/rule-faults.ts";
import { tellClock } from "../../gateway/tell-clock.ts";
import { rateLimited } from "../../platform/log.ts";
import { instant } from "../../protocol/time.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";

describe("local time", () => {
  /** What the rules are told first, at this moment. */
  function toldAt(utc: string, trusted = true): readonly Fact[] {
    const told: Fact[] = [];
    const clock = {
      now: () => instant(5),
      wall: () => ({ wall_ms: Date.parse(utc), trusted }),
    };
    const place = { timeZone: "Europe/Berlin", region: "BW" } as const;
    tellClock(clock, place, (fact) => told.push(fact))();
    return told;
  }

  test.each([
    ["in winter", "2026-01-05T06:30:00Z", { weekday: 1, minute: 7 * 60 + 30 }],
    ["in summer", "2026-07-05T22:30:00Z", { weekday: 1, minute: 30 }],
  ])("is the hour at the home, %s", (_name, utc, local) => {
    expect(toldAt(utc)).toMatchObject([{ kind: "clock-told", trusted: true, local }]);
  });

  test.each([
    ["a holiday of the region", "2026-01-06T11:00:00Z", { holiday: true, holidayBefore: false }],
    ["the day after", "2026-01-07T11:00:00Z", { holiday: false, holidayBefore: true }],
    ["a holiday elsewhere", "2026-08-15T11:00:00Z", { holiday: false, holidayBefore: false }],
  ])("I5: says the holidays as the care service does: %s", (_name, utc, local) => {
    expect(toldAt(utc)).toMatchObject([{ local }]);
  });

  test("is told at the start, and the trust in it with it", () => {
    expect(toldAt("2026-01-05T00:00:00Z", false)).toMatchObject([
      { kind: "clock-told", trusted: false },
    ]);
  });

  /** What the rules are told in half a minute that begins seven seconds before this moment. */
  function toldAround(utc: string): readonly Fact[] {
    vi.useFakeTimers();
    try {
      const told: Fact[] = [];
      let now = 0;
      const clock = {
        now: () => instant(now),
        wall: () => ({ wall_ms: Date.parse(utc) - 7_000 + now, trusted: true }),
      };
      const place = { timeZone: "Europe/Berlin", region: "BW" } as const;
      const stop = tellClock(clock, place, (fact) => told.push(fact));
      for (let looks = 0; looks < 6; looks += 1) {
        now += 5_000;
        vi.advanceTimersByTime(5_000);
      }
      stop();
      return told;
    } finally {
      vi.useRealTimers();
    }
  }

  test("is told again with the new day: of another one nobody knows whether it is a holiday", () => {
    expect(toldAround("2026-01-05T23:00:00Z")).toMatchObject([
      { local: { weekday: 1, holiday: false } },
      { local: { weekday: 2, minute: 0, holiday: true } },
    ]);
  });

  test.each([
    ["begins", "2026-03-29T01:00:00Z", 119, 180],
    ["ends", "2026-10-25T01:00:00Z", 179, 120],
  ])("I5: is told again when summer time %s, and not with each minute", (_name, utc, one, two) => {
    expect(toldAround(utc)).toMatchObject([{ local: { minute: one } }, { local: { minute: two } }]);
    expect(toldAround("2026-07-05T10:00:00Z")).toHaveLength(1);
  });
});

describe("what people say", () => {
  test("a beat tells of an absence only where the care service says something of it", () => {
    const head = { id: "b", home: "weber", boot: "c", at_ms: 1, wall_ms: 1, wall_trusted: true };
    const heard = { kind: "peer-heard", holds: [] };
    expect(factOfBeat({ ...head, holds: [] })).toEqual(heard);
    for (const absentUntilWall of [null, 5]) {
      const beat = { ...head, holds: [], absent_until_wall: absentUntilWall };
      expect(factOfBeat(beat)).toEqual({ ...heard, absentUntilWall });
    }
  });

  test("I10: the client is the authenticated one, whatever the payload claims", () => {
    const request = { id: "1", request: { kind: "help" as const, client: "somebody" } };
    expect(factOfRequest("tablet", request)).toEqual({ kind: "help-requested", client: "tablet" });
  });

  test.each([
    [{ kind: "false-alarm", alarmId: "a" }, "false-alarm-said"],
    [{ kind: "presence" }, "presence-said"],
    [{ kind: "stove-reset" }, "stove-reset-requested"],
    [{ kind: "stove-hold", minutes: 30 }, "stove-hold-requested"],
  ] as const)("%j is a fact", (request, kind) => {
    expect(factOfRequest("tablet", { id: "1", request })?.kind).toBe(kind);
  });

  test("what the care service says carries that it was said there", () => {
    const by = { id: "maier", name: "Frau Maier" };
    expect(factOfDown({ kind: "accepted", alarmId: "a", by, nth: 2 })).toEqual({
      kind: "alarm-accepted",
      alarmId: "a",
      by,
      from: "peer",
      nth: 2,
    });
    expect(factOfDown({ kind: "declined", alarmId: "a", by, nth: 3 })?.kind).toBe("alarm-declined");
    expect(factOfDown({ kind: "custody-taken", alarmId: "a", epoch: 1 })?.kind).toBe(
      "custody-taken",
    );
    const closing = { by, outcome: "helped" as const, note: "" };
    expect(factOfDown({ kind: "closed", alarmId: "a", closing })?.kind).toBe("alarm-closed");
    expect(factOfDown({ kind: "receipt", of: "x" })).toBeUndefined();
  });
});

describe("status", () => {
  const told: Told = {
    home: "weber",
    version: "0",
    boot: "b",
    radio: "ready",
    care: "reachable",
    open_alarms: 0,
    stove: "off",
    blind_modules: [],
    outbox: 0,
    ports: { mqtt: 1 },
    reports: [],
  };

  const folders: string[] = [];
  const servers: { close(): void }[] = [];
  const newPath = (name = "status.sock"): string => {
    const folder = mkdtempSync(join(tmpdir(), "obhut-status-"));
    folders.push(folder);
    return join(folder, name);
  };
  const serve = (path: string, tell: () => Told = () => told): readonly string[] => {
    const said: string[] = [];
    servers.push(serveStatus(path, tell, (words) => said.push(words)));
    return said;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  test("is answered on a socket of the owner, with measured figures", async () => {
    const path = newPath();
    serve(path);
    await expect.poll(() => existsSync(path)).toBe(true);
    const status = await askStatus(path);
    expect(status).toMatchObject({ home: "weber", pid: process.pid });
    expect(status.rss_mb).toBeGreaterThan(10);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("of nobody is a sentence", async () => {
    const asked = askStatus("/nonexistent/status.sock");
    await expect(asked).rejects.toThrow(/no gateway is running/);
    await expect(asked).rejects.toBeInstanceOf(NobodyThere);
  });

  test("I1: a path that no socket can have costs the status and nothing else", async () => {
    const path = newPath(`${"long".repeat(30)}.sock`);
    const said = serve(path);
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toContain("no status on");
    await expect(askStatus(path)).rejects.toBeInstanceOf(NobodyThere);
    // A gateway may well run: nobody says that none does.
    await expect(askStatus(path)).rejects.toThrow(/nobody can be asked: connect E/);
    await refuseSecond(path);
  });

  test("a stale socket that cannot be removed is no end, and neither is a state that cannot be told", async () => {
    const path = newPath();
    mkdirSync(path);
    const said = serve(path);
    await expect.poll(() => said.length).toBe(1);
    const other = newPath();
    const words = serve(other, () => {
      throw new Error("broken");
    });
    await expect.poll(() => existsSync(other)).toBe(true);
    await expect(askStatus(other)).rejects.toThrow(/gave no answer/);
    expect(words).toEqual(["the status cannot be told: broken"]);
  });

  const peers: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["ends without a word", (socket) => socket.end()],
    ["says what is no JSON", (socket) => socket.end("I am well")],
    ["is of another version", (socket) => socket.end("{}")],
    ["breaks off", (socket) => socket.destroy()],
  ];

  test.each(peers)("a second gateway is refused by one that %s", async (_name, answer) => {
    const path = newPath();
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      answer(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const refused = refuseSecond(path);
    await expect(refused).rejects.toThrow(/a gateway of this home is running/);
    await expect(refused).rejects.toMatchObject({ exitCode: 75 });
  });

  test("a second gateway is refused by one that does not answer at all", async () => {
    const path = newPath();
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(refuseSecond(path)).rejects.toThrow(/does not answer/);
  });
});

describe("a rule that failed", () => {
  const press: RuleEvent = {
    kind: "button-pressed",
    device: "sos",
    id: "b-1",
    at: instant(5),
  };
  const bench = (uptime: number) => {
    const said: string[] = [];
    const ends: string[] = [];
    const hear = hearRuleFaults({
      say: (words) => said.push(words),
      fail: (why) => ends.push(why),
      uptime: () => uptime,
    });
    return { said, ends, hear };
  };
  const hour = 3_600_000;

  test("I1: is logged, and the home goes on without it", () => {
    const { said, ends, hear } = bench(hour);
    hear([{ machine: "supervision", why: "broken", anew: false }], press);
    expect(said).toEqual([
      "a rule failed: supervision on button-pressed (b-1): broken; it keeps the memory it had",
    ]);
    expect(ends).toEqual([]);
  });

  test("that carries the call for help is worth one restart, and not one after the other", () => {
    const failure = { machine: "escalation", why: "broken", anew: false };
    const { ends, hear } = bench(hour);
    hear([{ ...failure, machine: "emergencyCall", anew: true }], press);
    expect(ends).toEqual([]);
    hear([failure], press);
    hear([failure], press);
    expect(ends).toHaveLength(1);
    const young = bench(5_000);
    young.hear([failure], press);
    expect(young.ends).toEqual([]);
  });
});

describe("the hub that is late", () => {
  const announcement = (id: string): Announcement => ({
    id,
    key: "help-stored",
    words: {},
    at_ms: 0,
  });

  test("I8: keeps what was said until the broker stands, and opens again after a refusal", async () => {
    const said: string[] = [];
    let refuse = true;
    let tries = 0;
    let opened: (hub: Hub) => void = () => undefined;
    const hub: Hub = {
      showState: () => said.push("state"),
      announce: ({ id }) => void said.push(id),
      showEvent: () => undefined,
      answer: () => undefined,
      close: () => Promise.resolve(),
    };
    const complaints: string[] = [];
    const late = new LateHub({
      open: () => {
        tries += 1;
        if (refuse) return Promise.reject(new Error(tries < 4 ? "port taken" : "disk full"));
        return new Promise((resolve) => {
          opened = resolve;
        });
      },
      say: (words) => complaints.push(words),
      tryAgainMs: 10,
    });
    for (let nth = 0; nth < 60; nth += 1) late.announce(announcement(`a${nth}`));
    await expect.poll(() => tries).toBeGreaterThan(6);
    // A day of the same would be 17,000 lines on the card.
    expect(complaints).toEqual([
      expect.stringMatching(/port taken\); trying again/),
      expect.stringMatching(/disk full\); trying again/),
    ]);
    refuse = false;
    await expect.poll(() => opened(hub) ?? said.length).toBeGreaterThan(0);
    expect(said.at(0)).toBe("a10");
    expect(said.at(-1)).toBe("a59");
    await late.close();
  });
});

test("a flood of one line is one line a window, and a count", () => {
  const lines: string[] = [];
  let now = 0;
  const write = rateLimited(
    (words) => lines.push(words),
    2,
    1_000,
    () => now,
  );
  for (let nth = 0; nth < 10; nth += 1) write(`line ${nth}`);
  now = 2_000;
  write("later");
  expect(lines).toEqual(["line 0", "line 1", "8 more lines of this kind were left out", "later"]);
});
