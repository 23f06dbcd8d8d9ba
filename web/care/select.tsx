/** One of several, with a label above it; the hint is read with it. */
import { useId } from "preact/hooks";

export interface SelectParts<Word extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly value: Word;
  readonly options: readonly (readonly [Word, string])[];
  readonly changed: (value: Word) => void;
}

export function Select<Word extends string>(parts: SelectParts<Word>) {
  const { label, hint, value, options, changed } = parts;
  const id = useId();
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        {...described}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([word]) => word === currentTarget.value);
          if (chosen !== undefined) changed(chosen[0]);
        }}
      >
        {options.map(([word, name]) => (
          <option key={word} value={word}>
            {name}
          </option>
        ))}
      </select>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
