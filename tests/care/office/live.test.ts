/** What waits for a browser that does not read. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { Live } from "../../../care/office/live.ts";
import type { HomeSummaryView } from "../../../protocol/care-office-views.ts";
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

/** A browser whose socket takes nothing more. */
function stuck() {
  const state = { unsent: 0, ended: false };
  const to = {
    on: () => undefined,
    writable: true,
    write: (text: string): void => {
      state.unsent += text.length;
    },
    end: (): void => {
      state.ended = true;
    },
    destroy: () => undefined,
    get writableLength() {
      return state.unsent;
    },
  };
  return { state, to: to as unknown as ServerResponse };
}

test("I9: homes that change do not pile up for a browser that does not read", async () => {
  const live = new Live({
    alarms: async () => [],
    homes: async () => [summary],
    again: async () => session,
    shown: async () => undefined,
    wall: () => 1,
  });
  const { state, to } = stuck();
  await live.open(session, to);
  for (let nth = 0; nth < 8 && !state.ended; nth += 1) {
    const before = state.unsent;
    live.changed("weber");
    await until("it is sent, or given up", () => state.ended || state.unsent > before || undefined);
  }
  expect(state.ended).toBe(true);
  expect(state.unsent).toBeLessThan(2_000_000);
  expect(live.watchers(() => true)).toBe(0);
  live.close();
});
