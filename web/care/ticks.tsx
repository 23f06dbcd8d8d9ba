/** Boxes to tick: one, and several under one legend. */
import { toggled } from "./agreement-text.ts";

export interface TickParts {
  readonly label: string;
  readonly checked: boolean;
  readonly changed: (checked: boolean) => void;
}

export function Tick({ label, checked, changed }: TickParts) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ currentTarget }) => changed(currentTarget.checked)}
      />
      {label}
    </label>
  );
}

export interface TicksParts<Word extends string> {
  readonly legend: string;
  readonly options: readonly (readonly [Word, string])[];
  readonly chosen: readonly Word[];
  readonly changed: (chosen: readonly Word[]) => void;
}

export function Ticks<Word extends string>(parts: TicksParts<Word>) {
  const { legend, options, chosen, changed } = parts;
  return (
    <fieldset class="ticks">
      <legend>{legend}</legend>
      {options.map(([word, name]) => (
        <Tick
          key={word}
          label={name}
          checked={chosen.includes(word)}
          changed={() => changed(toggled(chosen, word))}
        />
      ))}
    </fieldset>
  );
}
