/** How it ended: an outcome and a sentence. Without both nothing is sent, and it says why. */
import { useId, useState } from "preact/hooks";
import { type Outcome, outcomes } from "../../protocol/alarm.ts";
import { ask } from "../common/api.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import type { Speech } from "./speech.ts";

export interface FinishParts {
  readonly speech: Speech;
  readonly token: string;
  readonly ended: () => Promise<void>;
}

/** A helper repairs no devices. */
const offered = outcomes.filter((outcome) => outcome !== "fault-repaired");

export function Finish({ speech, token, ended }: FinishParts) {
  const { own, common } = speech;
  const id = useId();
  const [outcome, setOutcome] = useState<Outcome>();
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<"missingOutcome" | "missingReport" | "notTaken">();
  const { marks, press } = useOneAtATime();
  const send = (event: Event): void => {
    event.preventDefault();
    const report = note.trim();
    if (outcome === undefined || report === "") {
      setWrong(outcome === undefined ? "missingOutcome" : "missingReport");
      return;
    }
    press(async () => {
      const path = `/api/helper/${encodeURIComponent(token)}/outcome`;
      const asked = await ask("POST", path, { outcome, note: report });
      setWrong(asked.ok ? undefined : "notTaken");
      await ended();
    });
  };
  return (
    <details class="finish">
      <summary>{own.whatHappened}</summary>
      <form onSubmit={send} noValidate>
        <fieldset>
          <legend>{own.chooseOutcome}</legend>
          {offered.map((one) => (
            <label key={one} class="choice">
              <input
                type="radio"
                name={`${id}-outcome`}
                checked={outcome === one}
                onChange={() => setOutcome(one)}
              />
              {common.outcomes[one]}
            </label>
          ))}
        </fieldset>
        <label class="report" for={`${id}-note`}>
          {own.report}
        </label>
        <textarea
          id={`${id}-note`}
          rows={3}
          maxLength={2_000}
          aria-describedby={`${id}-hint`}
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <p class="hint" id={`${id}-hint`}>
          {own.reportHint}
        </p>
        {wrong === undefined ? null : (
          <p role="alert" class="wrong">
            {own[wrong]}
          </p>
        )}
        <button type="submit" class="first" {...marks}>
          {own.finish}
        </button>
        <p class="hint">{own.finishHint}</p>
      </form>
    </details>
  );
}
