/** Hours of the week: of a chain, and of somebody's duty. */
import { type WrittenHours, weekdays } from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import { Ticks } from "./ticks.tsx";

export interface HoursParts {
  readonly hours: WrittenHours;
  readonly changed: (part: Partial<WrittenHours>) => void;
}

/** An agreement may say 24:00, which no clock of a browser shows; it is midnight as well. */
const clockOf = (hour: string): string => (hour === "24:00" ? "00:00" : hour);

export function HoursFields({ hours, changed }: HoursParts) {
  const { office } = useDesk().speech;
  const words = office.agreement;
  return (
    <>
      <Ticks<string>
        legend={words.hoursOn}
        options={weekdays.map((day, index) => [day, office.weekdays[index] ?? day] as const)}
        chosen={hours.on}
        changed={(on) => changed({ on })}
      />
      <div class="row">
        <Field
          label={words.hoursFrom}
          type="time"
          value={clockOf(hours.from)}
          changed={(from) => changed({ from })}
        />
        <Field
          label={words.hoursUntil}
          type="time"
          value={clockOf(hours.until)}
          changed={(until) => changed({ until })}
        />
      </div>
      <p class="hint">{words.hoursHint}</p>
    </>
  );
}
