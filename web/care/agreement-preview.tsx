/** "Whom would we call on Sunday at 03:00?", asked of the office with what stands in the editor. */
import { useState } from "preact/hooks";
import { type Category, categories } from "../../protocol/alarm.ts";
import type { PreviewView } from "../../protocol/care-office-views.ts";
import { ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { minuteOf, type Written } from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";

export interface PreviewParts {
  readonly home: string;
  readonly written: Written;
}

const names = (people: readonly { readonly name: string }[]): string =>
  people.map(({ name }) => name).join(", ");

function Steps({ view }: { readonly view: PreviewView }) {
  const words = useDesk().speech.office.agreement;
  return (
    <div role="status">
      <p>{fill(words.previewChain, { chain: view.chain })}</p>
      <ol>
        {view.steps.map((step, at) => (
          <li key={at}>
            {fill(words.previewStep, {
              count: at + 1,
              seconds: step.within_s,
              names: names(step.tell),
            })}
            {step.passed_over.length === 0
              ? ""
              : ` (${fill(words.previewOff, { names: names(step.passed_over) })})`}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface ChoiceParts {
  readonly label: string;
  readonly checked: boolean;
  readonly changed: (checked: boolean) => void;
}

function Choice({ label, checked, changed }: ChoiceParts) {
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

export function AgreementPreview({ home, written }: PreviewParts) {
  const { own, office } = useDesk().speech;
  const words = office.agreement;
  const [category, setCategory] = useState<Category>("emergency-call");
  const [weekday, setWeekday] = useState(7);
  const [time, setTime] = useState("03:00");
  const [holiday, setHoliday] = useState(false);
  const [absent, setAbsent] = useState(false);
  const [view, setView] = useState<PreviewView>();
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const minute = minuteOf(time);
  const look = async (): Promise<void> => {
    const path = `/api/homes/${encodeURIComponent(home)}/agreement/preview`;
    const question = { agreement: written, category, weekday, minute, holiday, absent };
    const answer = await ask<PreviewView>("POST", path, question);
    setView(answer.ok ? answer.value : undefined);
    setWrong(answer.ok ? [] : [answer.why, ...answer.faults]);
  };
  return (
    <section class="panel stack" aria-label={words.preview}>
      <h2>{words.preview}</h2>
      <p class="hint">{words.previewHint}</p>
      <div class="row">
        <label class="field">
          {words.category}
          <select
            value={category}
            onChange={({ currentTarget }) => {
              const chosen = categories.find((one) => one === currentTarget.value);
              if (chosen !== undefined) setCategory(chosen);
            }}
          >
            {categories.map((one) => (
              <option key={one} value={one}>
                {own.categories[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {words.weekday}
          <select
            value={weekday}
            onChange={({ currentTarget }) => setWeekday(Number(currentTarget.value))}
          >
            {office.weekdays.map((name, index) => (
              <option key={name} value={index + 1}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Field label={words.time} value={time} changed={setTime} />
        <Choice label={words.holiday} checked={holiday} changed={setHoliday} />
        <Choice label={words.absent} checked={absent} changed={setAbsent} />
      </div>
      <button type="button" disabled={minute === undefined} onClick={() => void look()}>
        {words.previewAsk}
      </button>
      {wrong.map((sentence) => (
        <Wrong key={sentence}>{sentence}</Wrong>
      ))}
      {view === undefined ? null : <Steps view={view} />}
    </section>
  );
}
