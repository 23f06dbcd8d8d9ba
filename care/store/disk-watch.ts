/** Looks at the database again and again, one look at a time, for what others wrote. */
import { sql } from "kysely";

/** What others wrote is heard of within this; a message has half a minute to arrive. */
const lookEveryMs = 1_000;

/**
 * Who looks after a home, for a look that begins with a few marked rows. Not the bare column:
 * SQLite would begin with thousands of homes instead.
 */
export const ownerOf = sql<string>`coalesce(homes.owner, '')`;

/** Starts looking; the returned function stops it. */
export function watchDisk(look: () => Promise<void>): () => void {
  let looking = false;
  const lookOnce = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      await look();
    } catch {
      // A database that is away is complained of by those who write; the next look finds the rows.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void lookOnce(), lookEveryMs);
  return () => clearInterval(timer);
}
