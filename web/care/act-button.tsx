/** A button that asks the office to do something, and says what came of it. */
import { useState } from "preact/hooks";
import { ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";

export interface ActButtonParts<Answer> {
  readonly label: string;
  readonly method?: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly disabled?: boolean;
  /** For what a slip of the hand must not do: the button asks back before it acts. */
  readonly sure?: boolean;
  readonly done: (answer: Answer) => void;
}

export function ActButton<Answer>(parts: ActButtonParts<Answer>) {
  const { speech } = useDesk();
  const [wrong, setWrong] = useState("");
  const { marks, press } = useOneAtATime();
  const [asksBack, setAsksBack] = useState(false);
  const act = async (): Promise<void> => {
    const answer = await ask<Answer>(parts.method ?? "POST", parts.path, parts.body ?? {});
    const why = whyNot(speech, answer);
    setWrong(why);
    if (answer.ok && why === "") parts.done(answer.value);
  };
  const pressed = (event: MouseEvent): void => {
    // The second press of a double click is no answer.
    if (event.detail > 1) return;
    const isAnswered = parts.sure !== true || asksBack;
    setAsksBack(!isAnswered);
    if (isAnswered) press(act);
  };
  return (
    <>
      <button
        type="button"
        disabled={parts.disabled === true}
        {...marks}
        onClick={pressed}
        onBlur={() => setAsksBack(false)}
      >
        {asksBack ? fill(speech.office.sure, { what: parts.label }) : parts.label}
      </button>
      <Wrong>{wrong}</Wrong>
    </>
  );
}
