/** What the line does with browsers that read slowly, or not at all. */
import { EventEmitter } from "node:events";
import { createServer, get, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { Live, type LiveParts } from "../../../care/office/live.ts";
import type { HomeSummaryView } from "../../../protocol/care-office-views.ts";
import { alarmsEventSchema, type OpenAlarmView } from "../../../protocol/care-views.ts";
import { ToldAlarms } from "../../../web/common/told-alarms.ts";
import { EventReader, type Happening } from "./event-stream.ts";
import { until } from "./office-rig.ts";

const summary: HomeSummaryView = {
  ...{ home: "weber", resident: "x".repeat(400_000), group: "", link: "reachable" },
  ...{ open: 0, faults: 0 },
  ...{ maintenance_until_wall: null, drill_due_wall: null, absent_until_wall: null },
};
const session = {
  who: { id: "a", name: "A", role: "staff", groups: ["*"], home: null, party: null },
  ...{ digest: "d", secondFactor: true, enrolled: true, expiresWall: 1 },
} as const;

/** An open alarm; with `words` of so many characters it weighs a kilobyte. */
const openAlarm = (nth: number, step = 0): OpenAlarmView => ({
  ...{ home: `home-${nth}`, resident: `Frau ${"Ä".repeat(400)} ${nth}`, alarm: `alarm-${nth}` },
  ...{ category: "emergency-call", level: "alarm", reason: "sos-button", room: null, device: null },
  ...{ drill: false, late: false, raised_wall: nth, custody_wall: null, coming: [], declined: [] },
  ...{ told: [], step, round: 0, due_wall: null, false_alarm_said: false, lapsed: [], note: null },
  link: "reachable",
});

const partsOf = (more: Partial<LiveParts> = {}): LiveParts => ({
  alarms: async () => [],
  homes: async () => [],
  again: async () => session,
  shown: async () => undefined,
  wall: () => 1,
  ...more,
});

const open: { close(): void }[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const one of open.splice(0)) one.close();
});

/** A browser whose socket takes nothing more. */
class Stuck extends EventEmitter {
  readonly writable = true;
  unsent = 0;
  ended = false;
  write(text: string): void {
    this.unsent += text.length;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.emit("close");
  }
  get writableNeedDrain(): boolean {
    return this.unsent > 16_384;
  }
}

test("I9: homes that change do not pile up for a browser that does not read, and it is let go", async () => {
  vi.useFakeTimers();
  const live = new Live(partsOf({ homes: async () => [summary] }));
  open.push(live);
  live.start();
  const to = new Stuck();
  await live.open(session, to as unknown as ServerResponse);
  for (let nth = 0; nth < 250; nth += 1) {
    live.changed("weber");
    await vi.advanceTimersByTimeAsync(100);
  }
  // One word that is larger than a part; every other one waits for it.
  expect([to.ended, to.unsent < 500_000]).toEqual([false, true]);
  await vi.advanceTimersByTimeAsync(15_000);
  expect([to.ended, to.unsent < 500_000]).toEqual([true, true]);
  expect(live.watchers(() => true)).toBe(0);
});

/** A browser that reads a little at a time, over a real connection. */
class SlowBrowser {
  readonly told = new ToldAlarms();
  /** What it shows. */
  shown: readonly OpenAlarmView[] | undefined;
  lists = 0;
  beats = 0;
  /** Length of the longest word. */
  longest = 0;
  ended = false;
  /** Before it, nothing is taken off the line. */
  reads = false;

  constructor(server: Server) {
    const { port } = server.address() as AddressInfo;
    const outgoing = get({ host: "127.0.0.1", port }, (response) => {
      const reader = new EventReader();
      response.setEncoding("utf8");
      response.on("readable", () => undefined);
      const timer = setInterval(() => {
        if (!this.reads) return;
        const text = (response.read() as string | null) ?? "";
        for (const happening of reader.feed(text)) this.#hear(happening);
      }, 20);
      response.on("close", () => {
        this.ended = true;
        clearInterval(timer);
      });
    });
    open.push({ close: () => outgoing.destroy() });
    outgoing.on("error", () => undefined);
  }

  #hear({ event, data }: Happening): void {
    this.longest = Math.max(this.longest, JSON.stringify(data).length);
    if (event === "beat") this.beats += 1;
    if (event !== "alarms") return;
    const news = alarmsEventSchema.parse(data);
    if (news.anew) this.lists += 1;
    this.shown = this.told.hear(news) ?? this.shown;
  }
}

test("I1, I9: six thousand open alarms and their changes reach a slow line, and it stays open", async () => {
  let alarms = Array.from({ length: 6_000 }, (_, nth) => openAlarm(nth));
  const seen: string[] = [];
  let answer: ServerResponse | undefined;
  const live = new Live(
    partsOf({ alarms: async () => alarms, shown: async (_, { alarm }) => void seen.push(alarm) }),
  );
  live.start();
  const server = createServer((_, to) => {
    answer = to;
    to.writeHead(200, { "content-type": "text/event-stream" });
    void live.open(session, to);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(live, server);
  const browser = new SlowBrowser(server);
  await until("the line is open", () => (answer === undefined ? undefined : true));
  // More than the system keeps for a browser that has not begun to read.
  const waited = await until("it is waited for", () => answer?.writableNeedDrain || undefined);
  browser.reads = true;
  let most = 0;
  for (let step = 1; step <= 20; step += 1) {
    // Two hundred are over, a new one comes, and one goes on.
    const before = alarms.filter(({ home }) => home !== "home-50000").slice(0, -200);
    alarms = [openAlarm(6_000 + step), openAlarm(50_000, step), ...before];
    live.changed("home-1");
    await new Promise((resolve) => setTimeout(resolve, 120));
    most = Math.max(most, answer?.writableLength ?? 0);
  }
  const ids = (of: readonly OpenAlarmView[] | undefined) =>
    of?.map(({ alarm, step }) => `${alarm} ${step}`).sort();
  await until(
    "the newest state is shown",
    () => (ids(browser.shown)?.join() === ids(alarms)?.join() ? true : undefined),
    45_000,
  );
  expect([browser.lists, browser.ended]).toEqual([1, false]);
  expect(browser.beats).toBeGreaterThan(0);
  expect(browser.longest).toBeLessThan(80_000);
  expect([waited, most < 300_000]).toEqual([true, true]);
  expect(seen.length).toBe(new Set(seen).size);
  for (const one of ids(alarms) ?? []) expect(seen).toContain(one.split(" ")[0]);
}, 90_000);
