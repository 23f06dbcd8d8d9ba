/** The line to the office as state: alarms, homes, and whether it lives. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { AlarmsEvent, OpenAlarmView } from "../../protocol/care-views.ts";
import { ServerClock } from "../common/clock.ts";
import { openLive } from "../common/live.ts";
import { ToldAlarms } from "../common/told-alarms.ts";
import type { DeskState } from "./desk-context.ts";

export type LiveState = Pick<DeskState, "now" | "alarms" | "homes" | "alive" | "news"> & {
  /** When the line was last heard, on the server's clock. */
  readonly heardAt: number;
};

interface Heard {
  readonly alarms: readonly OpenAlarmView[] | undefined;
  readonly homes: ReadonlyMap<string, HomeSummaryView>;
  readonly news: number;
}

function withHomes(before: Heard, homes: readonly HomeSummaryView[]): Heard {
  const all = new Map(before.homes);
  for (const home of homes) all.set(home.home, home);
  return { ...before, homes: all, news: before.news + 1 };
}

/** Not every role may hear the line. Who may not has none to lose, and asks page by page. */
export function useLive(hears: boolean): LiveState {
  const clock = useRef(new ServerClock());
  const heardAt = useRef(Date.now());
  const [alive, setAlive] = useState(true);
  const told = useRef(new ToldAlarms());
  const [heard, setHeard] = useState<Heard>({ alarms: undefined, homes: new Map(), news: 0 });
  useEffect(() => {
    if (!hears) return undefined;
    return openLive({
      url: "/api/live",
      events: ["alarms", "homes"],
      alive: setAlive,
      heard: (event, data) => {
        if (event === "beat") clock.current.hear((data as { readonly wall_ms: number }).wall_ms);
        heardAt.current = clock.current.now();
        if (event === "homes") {
          const { homes } = data as { readonly homes: readonly HomeSummaryView[] };
          setHeard((before) => withHomes(before, homes));
        }
        if (event === "alarms") {
          const alarms = told.current.hear(data as AlarmsEvent);
          if (alarms === undefined) return;
          setHeard((before) => ({ ...before, alarms, news: before.news + 1 }));
        }
      },
    });
  }, [hears]);
  return { ...heard, alive, now: () => clock.current.now(), heardAt: heardAt.current };
}

/** Draws anew each second: ages and countdowns move on while nothing is heard. */
export function useSeconds(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
}
