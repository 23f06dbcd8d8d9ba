/** When a professional or a service is on duty, and is told; always, where no hours are named. */
import { dative } from "../../protocol/names.ts";
import { fill } from "../common/language.ts";
import {
  everyHour,
  type WrittenHours,
  type WrittenParty,
  withAt,
  withoutAt,
} from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { HoursFields } from "./hours.tsx";

export interface DutyParts {
  readonly party: WrittenParty;
  readonly changed: (duty: readonly WrittenHours[]) => void;
}

export function Duty({ party, changed }: DutyParts) {
  const words = useDesk().speech.office.agreement;
  const duty = party.duty ?? [];
  // Hours that a helper was given by mistake must be seen to be taken out.
  if (party.kind === "helper" && duty.length === 0) return null;
  return (
    <fieldset class="duty">
      <legend>{fill(words.duty, { name: party.name, whom: dative(party.name) })}</legend>
      <p class="hint">{words.dutyHint}</p>
      <ol class="steps">
        {duty.map((hours, at) => (
          <li key={at}>
            <strong>{fill(words.dutyHours, { count: at + 1 })}</strong>
            <HoursFields
              hours={hours}
              changed={(part) => changed(withAt(duty, at, { ...hours, ...part }))}
            />
            <button type="button" onClick={() => changed(withoutAt(duty, at))}>
              {fill(words.remove, { what: fill(words.dutyHours, { count: at + 1 }) })}
            </button>
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => changed([...duty, everyHour])}>
        {words.addDuty}
      </button>
    </fieldset>
  );
}
