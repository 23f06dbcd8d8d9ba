/**
 * Keeps the device itself awake, where the browser can: a display that the device has switched off
 * shows no alarm. The screen rests by itself (night.tsx).
 */
import { useEffect } from "preact/hooks";

/** Refused on a low battery, and taken back by then too: it is asked for again. */
const againMs = 60_000;

export function useWakefulness(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const stayAwake = async (): Promise<void> => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      if (lock?.released === false) return;
      lock = await navigator.wakeLock.request("screen").catch(() => undefined);
    };
    const again = (): void => void stayAwake();
    again();
    const timer = setInterval(again, againMs);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
      void lock?.release();
    };
  }, []);
}
