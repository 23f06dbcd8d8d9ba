/**
 * Keeps the device itself awake, where the browser can: a display that the device has switched off
 * shows no alarm. The screen rests by itself (night.tsx).
 */
import { useEffect } from "preact/hooks";

async function stayAwake(): Promise<void> {
  if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  // Refused on a low battery: then the device's own rest is what the installer has set.
  await navigator.wakeLock.request("screen").catch(() => undefined);
}

export function useWakefulness(): void {
  useEffect(() => {
    const again = (): void => void stayAwake();
    again();
    document.addEventListener("visibilitychange", again);
    return () => document.removeEventListener("visibilitychange", again);
  }, []);
}
