/** From one day to another, as the query of an address; days are those of the browser's zone. */

export interface Period {
  /** `YYYY-MM-DD`, empty for open. */
  readonly from: string;
  readonly to: string;
}

const dayMs = 86_400_000;

/** Sweden writes a day as a query does. */
const dayOf = (wall: number): string => new Date(wall).toLocaleDateString("sv-SE");

/** The last thirty days. */
export function lastMonth(now_ms: number): Period {
  return { from: dayOf(now_ms - 30 * dayMs), to: dayOf(now_ms) };
}

/** The whole of both days, also of those that have 23 or 25 hours. */
export function queryOf({ from, to }: Period): URLSearchParams {
  const query = new URLSearchParams();
  if (from !== "") query.set("from", String(new Date(`${from}T00:00`).getTime()));
  if (to !== "") {
    const end = new Date(`${to}T00:00`);
    end.setDate(end.getDate() + 1);
    query.set("to", String(end.getTime()));
  }
  return query;
}
