/** From one day to another. */
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import type { Period } from "./period-query.ts";

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
