import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { factOfDown, factOfRequest } from "../../gateway/from-people.ts";
import { askStatus, serveStatus, type Told } from "../../gateway/health.ts";
import { LateHub } from "../../gateway/late-hub.ts";
import type { Announcement, Hub } from "../../gateway/ports.ts";
import { localTimeOf, tellClock } from "../../gateway/tell-clock.ts";
import { rateLimited } from "../../platform/log.ts";
import { instant } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";

describe("local time", () => {
  test("is the hour at the home, in winter and in summer", () => {
    expect(localTimeOf(Date.UTC(2026, 0, 5, 6, 30), "Europe/Berlin")).toEqual({
      weekday: 1,
      minute: 7 * 60 + 30,
    });
    expect(localTimeOf(Date.UTC(2026, 6, 5, 22, 30), "Europe/Berlin")).toEqual({
      weekday: 1,
      minute: 30,
    });
  });

  test("is told at the start, and the trust in it with it", () => {
    const told: Fact[] = [];
    const clock = {
      now: () => instant(5),
      wall: () => ({ wall_ms: Date.UTC(2026, 0, 5), trusted: false }),
    };
    const stop = tellClock(clock, "Europe/Berlin", (fact) => told.push(fact));
    stop();
    expect(told).toMatchObject([{ kind: "clock-told", trusted: false }]);
  });
});

describe("what people say", () => {
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
    expect(factOfRequest("tablet", { id: "1", request }).kind).toBe(kind);
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

  test("is answered on a socket of the owner, with measured figures", async () => {
    const folder = mkdtempSync(join(tmpdir(), "obhut-status-"));
    const path = join(folder, "status.sock");
    const server = serveStatus(path, () => told);
    await new Promise((resolve) => server.once("listening", resolve));
    const status = await askStatus(path);
    expect(status).toMatchObject({ home: "weber", pid: process.pid });
    expect(status.rss_mb).toBeGreaterThan(10);
    server.close();
    rmSync(folder, { recursive: true });
  });

  test("of nobody is a sentence", async () => {
    await expect(askStatus("/nonexistent/status.sock")).rejects.toThrow(/no gateway is running/);
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
        if (refuse) return Promise.reject(new Error("port taken"));
        return new Promise((resolve) => {
          opened = resolve;
        });
      },
      say: (words) => complaints.push(words),
      tryAgainMs: 10,
    });
    for (let nth = 0; nth < 60; nth += 1) late.announce(announcement(`a${nth}`));
    await expect.poll(() => complaints.length).toBeGreaterThan(0);
    expect(complaints[0]).toMatch(/port taken\); trying again/);
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
