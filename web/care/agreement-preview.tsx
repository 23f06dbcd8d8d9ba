/** "Whom would we call on Sunday at 03:00?", asked of the office with what stands in the editor. */
import { useState } from "preact/hooks";
import { type Category, categories } from "../../protocol/alarm.ts";
import type { PreviewView } from "../../protocol/care-office-views.ts";
import { type Asked, ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { minuteOf, type Written } from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { whyUnseen } from "./refusal.ts";
import { Select } from "./select.tsx";
import { Tick } from "./ticks.tsx";

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
      <p>
        {fill(words.previewChain, {
          chain: view.chain === "fallback" ? words.fallback : view.chain,
        })}
      </p>
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

interface Told {
  /** What was asked: to any other question this is no answer. */
  readonly question: string;
  readonly answer: Asked<PreviewView>;
}

function Answer({ answer }: Pick<Told, "answer">) {
  const { speech } = useDesk();
  if (answer.ok) return <Steps view={answer.value} />;
  return (
    <>
      {[whyUnseen(speech, answer), ...answer.faults].map((sentence) => (
        <Wrong key={sentence}>{sentence}</Wrong>
      ))}
    </>
  );
}

export function AgreementPreview({ home, written }: PreviewParts) {
  const { own, office } = useDesk().speech;
  const words = office.agreement;
  const [category, setCategory] = useState<Category>("emergency-call");
  const [weekday, setWeekday] = useState("7");
  const [time, setTime] = useState("03:00");
  const [holiday, setHoliday] = useState(false);
  const [holidayBefore, setHolidayBefore] = useState(false);
  const [absent, setAbsent] = useState(false);
  const [told, setTold] = useState<Told>();
  const minute = minuteOf(time);
  const question = JSON.stringify({
    agreement: written,
    category,
    weekday: Number(weekday),
    minute,
    holiday,
    holiday_before: holidayBefore,
    absent,
  });
  const look = async (): Promise<void> => {
    const path = `/api/homes/${encodeURIComponent(home)}/agreement/preview`;
    setTold({ question, answer: await ask<PreviewView>("POST", path, JSON.parse(question)) });
  };
  return (
    <section class="panel stack" aria-label={words.preview}>
      <h2>{words.preview}</h2>
      <p class="hint">{words.previewHint}</p>
      <div class="row">
        <Select
          label={words.category}
          value={category}
          options={categories.map((one) => [one, own.categories[one]] as const)}
          changed={setCategory}
        />
        <Select
          label={words.weekday}
          value={weekday}
          options={office.weekdays.map((name, index) => [String(index + 1), name] as const)}
          changed={setWeekday}
        />
        <Field label={words.time} type="time" value={time} changed={setTime} />
      </div>
      <div class="row">
        <Tick label={words.holiday} checked={holiday} changed={setHoliday} />
        <Tick label={words.holidayBefore} checked={holidayBefore} changed={setHolidayBefore} />
        <Tick label={words.absent} checked={absent} changed={setAbsent} />
      </div>
      <button type="button" disabled={minute === undefined} onClick={() => void look()}>
        {words.previewAsk}
      </button>
      {told === undefined || told.question !== question ? null : <Answer answer={told.answer} />}
    </section>
  );
}
