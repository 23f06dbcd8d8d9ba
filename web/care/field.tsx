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
  /** For what may have several lines. */
  readonly rows?: number;
}

export function Field({ label, hint, changed, ...input }: FieldParts) {
  const id = useId();
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  const onInput = ({ currentTarget }: { readonly currentTarget: { value: string } }): void =>
    changed(currentTarget.value);
  const kind = input.rows === undefined ? "input" : "textarea";
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {h(kind, { id, ...described, ...input, onInput })}
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
