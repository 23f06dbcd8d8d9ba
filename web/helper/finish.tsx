/** How it ended: an outcome and a sentence. Without both nothing is sent, and it says why. */
import { useId, useState } from "preact/hooks";
import { type Outcome, outcomes } from "../../protocol/alarm.ts";
import { ask } from "../common/api.ts";
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
  const [busy, setBusy] = useState(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (outcome === undefined) return setWrong("missingOutcome");
    if (note.trim() === "") return setWrong("missingReport");
    setBusy(true);
    const path = `/api/helper/${encodeURIComponent(token)}/outcome`;
    const asked = await ask("POST", path, { outcome, note: note.trim() });
    setWrong(asked.ok ? undefined : "notTaken");
    await ended();
    setBusy(false);
  };
  return (
    <details class="finish">
      <summary>{own.whatHappened}</summary>
      <form onSubmit={(event) => void send(event)} noValidate>
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
        <button type="submit" class="first" disabled={busy}>
          {own.finish}
        </button>
        <p class="hint">{own.finishHint}</p>
      </form>
    </details>
  );
}
