/** One labelled input. The hint is read with it. */
import { type ComponentChildren, h } from "preact";
import { useId } from "preact/hooks";

export interface FieldParts {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly changed: (value: string) => void;
  readonly type?: "text" | "password" | "email" | "tel" | "date" | "datetime-local" | "time";
  readonly inputMode?: "numeric" | "text";
  readonly autocomplete?: string;
  readonly required?: boolean;
}

export function Field({ label, hint, changed, ...input }: FieldParts) {
  const id = useId();
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  const onInput = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void =>
    changed(currentTarget.value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {h("input", { id, ...described, ...input, onInput })}
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A sentence that something went wrong; read aloud at once. */
export function Wrong({ children }: { readonly children?: ComponentChildren }) {
  if (children === undefined || children === "") return null;
  return (
    <p role="alert" class="wrong">
      {children}
    </p>
  );
}
