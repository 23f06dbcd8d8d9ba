/** The clock and the day in plain words, from the home's clock. */
import { dayOf, partOfDay, timeOf } from "../home/times.ts";
import { useTablet } from "../tablet-context.ts";

export function Clock() {
  const { home, words } = useTablet();
  const now = home.wallNow();
  if (now === undefined) return <p class="clock unknown">{words.clock.unknown}</p>;
  return (
    <p class="clock">
      <time class="clock-time">{timeOf(now, words)}</time>
      <span class="clock-day">
        {dayOf(now, words)}, {partOfDay(now, words)}
      </span>
    </p>
  );
}
