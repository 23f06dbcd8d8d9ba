/** From one day to another, as the query of an address. */
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";

export interface Period {
  /** `YYYY-MM-DD`, empty for open. */
  readonly from: string;
  readonly to: string;
}

const dayMs = 86_400_000;

/** The last thirty days. */
export function lastMonth(now_ms: number): Period {
  const day = (wall: number): string => new Date(wall).toISOString().slice(0, 10);
  return { from: day(now_ms - 30 * dayMs), to: day(now_ms) };
}

/** The whole of both days, in this browser's own zone. */
export function queryOf({ from, to }: Period): URLSearchParams {
  const query = new URLSearchParams();
  if (from !== "") query.set("from", String(new Date(`${from}T00:00`).getTime()));
  if (to !== "") query.set("to", String(new Date(`${to}T00:00`).getTime() + dayMs));
  return query;
}

export interface PeriodParts {
  readonly period: Period;
  readonly changed: (period: Period) => void;
}

export function PeriodFields({ period, changed }: PeriodParts) {
  const words = useDesk().speech.office.history;
  return (
    <>
      <Field
        label={words.from}
        type="date"
        value={period.from}
        changed={(from) => changed({ ...period, from })}
      />
      <Field
        label={words.to}
        type="date"
        value={period.to}
        changed={(to) => changed({ ...period, to })}
      />
    </>
  );
}
