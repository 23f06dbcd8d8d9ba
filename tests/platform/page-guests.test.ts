import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { homeLimits } from "../../platform/broker-limits.ts";
import { PageGuests, type PageSocket } from "../../platform/page-guests.ts";

class Socket extends EventEmitter implements PageSocket {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

const limits = {
  ...homeLimits,
  pageConnections: 5,
  pageConnectionsPerRemote: 3,
  pageLifeMs: 1_000,
  pageRequestsBurst: 2,
  pageRequestsPerSecond: 1,
};
let notes: string[];
let guests: PageGuests;

beforeEach(() => {
  vi.useFakeTimers();
  notes = [];
  guests = new PageGuests(
    limits,
    (what) => notes.push(what),
    () => 0,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const come = (remote: string, count: number): Socket[] =>
  Array.from({ length: count }, () => {
    const socket = new Socket();
    guests.come(remote, socket);
    return socket;
  });

test("I9: past the bound of one address, one of its own goes", () => {
  const other = come("other", 1);
  const own = come("crowd", 4);
  expect(own.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false]);
  expect(other[0]?.destroyed).toBe(false);
  expect(guests.size).toBe(4);
  expect(notes).toEqual(["too many connections for pages; the most from crowd"]);
});

test("I9: past the bound of all, one of the address with the most goes", () => {
  const crowd = come("crowd", 3);
  come("b", 2);
  const late = come("c", 1);
  expect(crowd.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
  expect(late[0]?.destroyed).toBe(false);
  expect(guests.size).toBe(5);
});

test("a newcomer that loses by lot is told so, and so is one that was gone before", () => {
  guests = new PageGuests(
    limits,
    (what) => notes.push(what),
    () => 0.99,
  );
  come("crowd", 3);
  expect(guests.come("crowd", new Socket())).toBe(false);
  const gone = new Socket();
  gone.destroy();
  expect(guests.come("a", gone)).toBe(false);
  expect(guests.size).toBe(3);
});

test("a connection that asks again counts once, and none outlives its time", () => {
  const [socket] = come("a", 1);
  if (socket === undefined) throw new Error("no socket");
  for (let count = 0; count < 9; count += 1) expect(guests.come("a", socket)).toBe(true);
  expect(guests.size).toBe(1);
  vi.advanceTimersByTime(limits.pageLifeMs);
  expect(socket.destroyed).toBe(true);
  expect(guests.size).toBe(0);
});

test("requests of one address have a rate, and another's are not counted with it", () => {
  expect([0, 0, 0].map((now) => guests.mayAsk("a", now))).toEqual([true, true, false]);
  expect(guests.mayAsk("b", 0)).toBe(true);
  expect(guests.mayAsk("a", 1_000)).toBe(true);
  expect(notes).toEqual(["a asks for too many pages"]);
});
