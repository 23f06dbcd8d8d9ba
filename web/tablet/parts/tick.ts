/** Draws a part again each second, for what counts seconds. */
import { useEffect, useState } from "preact/hooks";

export function useTick(everyMs = 1_000): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
