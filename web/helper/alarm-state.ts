/** The alarm behind the link, as the server last told it, asked again while it is open. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { HelperView } from "../../protocol/care-views.ts";
import { type Asked, ask } from "../common/api.ts";
import { ServerClock } from "../common/clock.ts";
import { Newest } from "../common/newest.ts";

/** Somebody else may accept at any moment. */
const againMs = 4_000;

export interface AlarmState {
  readonly view: HelperView | undefined;
  /** The link is unknown or over. */
  readonly gone: boolean;
  /** The last question was not answered: what is shown may be old. */
  readonly offline: boolean;
  readonly now: () => number;
  /** Asks anew at once. */
  readonly refresh: () => Promise<void>;
}

const isGone = (asked: Asked<HelperView>): boolean =>
  !asked.ok && [401, 403, 404, 410].includes(asked.status);

export function useAlarm(token: string): AlarmState {
  const clock = useRef(new ServerClock());
  const newest = useRef(new Newest());
  const [view, setView] = useState<HelperView>();
  const [gone, setGone] = useState(false);
  const [offline, setOffline] = useState(false);
  const refresh = useCallback(async (): Promise<void> => {
    const isNews = newest.current.ask();
    const asked = await ask<HelperView>("GET", `/api/helper/${encodeURIComponent(token)}`);
    if (!isNews()) return;
    setGone(isGone(asked));
    setOffline(!asked.ok && !isGone(asked));
    if (!asked.ok) return;
    clock.current.hear(asked.value.now_wall);
    setView(asked.value);
  }, [token]);
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => void refresh(), againMs);
    // A phone that was locked shows the truth the moment it is looked at.
    const look = (): void => {
      if (document.visibilityState === "visible") void refresh();
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [refresh]);
  return { view, gone, offline, now: () => clock.current.now(), refresh };
}
