/** What a person at the desk can do. Each is shown as done once the server has it on its disk. */
import { useState } from "preact/hooks";
import { type Outcome, outcomes } from "../../protocol/alarm.ts";
import type { AlarmDetail } from "../../protocol/care-views.ts";
import { type Asked, ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { settle } from "../common/settle.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";

export interface ActionParts {
  readonly detail: AlarmDetail;
  readonly refresh: () => Promise<void>;
}

type Act = (verb: string, body?: object) => Promise<boolean>;

/** Sends an act and says why where it was not taken. */
function useAct({ detail, refresh }: ActionParts) {
  const { speech } = useDesk();
  const [wrong, setWrong] = useState("");
  const { home, alarm } = detail.record;
  const act: Act = async (verb, body = {}) => {
    const path = `/api/homes/${encodeURIComponent(home)}/alarms/${encodeURIComponent(alarm)}`;
    const why = whyNot(speech, await ask("POST", `${path}/${verb}`, body));
    setWrong(why);
    await refresh();
    return why === "";
  };
  return { act, wrong, forget: (): void => setWrong("") };
}

function CallResident({ detail }: { readonly detail: AlarmDetail }) {
  const { speech } = useDesk();
  const words = speech.own.alarm;
  const [answer, setAnswer] = useState<Asked<{ phone: string }>>();
  const { home, alarm } = detail.record;
  const want = async (): Promise<void> => {
    const path = `/api/homes/${encodeURIComponent(home)}/alarms/${encodeURIComponent(alarm)}`;
    setAnswer(await ask<{ phone: string }>("POST", `${path}/call`, {}));
  };
  // Only the service knows that there is none; a line that broke says nothing of it.
  if (answer?.ok === false && answer.status === 409) return <p>{words.noPhone}</p>;
  if (answer?.ok === true) {
    const { phone } = answer.value;
    if (phone === "") return <p>{words.noPhone}</p>;
    return (
      <a class="button first" href={`tel:${phone.replaceAll(/[^+\d]/g, "")}`}>
        {fill(words.callNow, { phone })}
      </a>
    );
  }
  return (
    <>
      <button type="button" onClick={() => void want()}>
        {words.call}
      </button>
      <Wrong>{answer === undefined ? "" : whyNot(speech, answer)}</Wrong>
    </>
  );
}

interface FormParts {
  readonly act: Act;
  readonly done: () => void;
}

function HandOver({ detail, act, done }: FormParts & { readonly detail: AlarmDetail }) {
  const { own } = useDesk().speech;
  const { marks, press } = useOneAtATime();
  const [to, setTo] = useState("");
  const send = (event: Event): void => {
    event.preventDefault();
    press(async () => {
      if (to !== "" && (await act("hand-over", { to }))) done();
    });
  };
  if (detail.colleagues.length === 0) {
    return (
      <div class="sheet">
        <p>{own.alarm.handOverNobody}</p>
        <button type="button" onClick={done}>
          {own.alarm.cancel}
        </button>
      </div>
    );
  }
  return (
    <form class="sheet" onSubmit={send}>
      <label>
        {own.alarm.handOverTo}
        <select value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)} required>
          <option value="" />
          {detail.colleagues.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="first" {...marks}>
        {own.alarm.handOverDo}
      </button>
      <button type="button" onClick={done}>
        {own.alarm.cancel}
      </button>
    </form>
  );
}

function Close({ act, done }: FormParts) {
  const { own, common } = useDesk().speech;
  const [outcome, setOutcome] = useState<Outcome>();
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState<"missingOutcome" | "missingNote">();
  const { marks, press } = useOneAtATime();
  const send = (event: Event): void => {
    event.preventDefault();
    const report = note.trim();
    setMissing(
      outcome === undefined ? "missingOutcome" : report === "" ? "missingNote" : undefined,
    );
    if (outcome === undefined || report === "") return;
    press(async () => {
      if (await act("close", { outcome, note: report })) done();
    });
  };
  return (
    <form class="sheet" noValidate onSubmit={send}>
      <h2>{own.alarm.closeTitle}</h2>
      <fieldset>
        <legend>{own.alarm.outcome}</legend>
        {outcomes.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name="outcome"
              checked={outcome === one}
              onChange={() => setOutcome(one)}
            />
            {common.outcomes[one]}
          </label>
        ))}
      </fieldset>
      <label>
        {own.alarm.note}
        <textarea
          rows={3}
          maxLength={2_000}
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
      </label>
      <p class="hint">{own.alarm.noteHint}</p>
      <Wrong>{missing === undefined ? "" : own.alarm[missing]}</Wrong>
      <button type="submit" class="first" {...marks}>
        {own.alarm.closeDo}
      </button>
      <button type="button" onClick={done}>
        {own.alarm.cancel}
      </button>
    </form>
  );
}

/** One sheet is open at a time; the others fold away. */
type Sheet = "none" | "hand-over" | "close";

export function AlarmActions({ detail, refresh }: ActionParts) {
  const { speech, me } = useDesk();
  const words = speech.own.alarm;
  const { act, wrong, forget } = useAct({ detail, refresh });
  const { marks, press } = useOneAtATime();
  const [sheet, setSheet] = useState<Sheet>("none");
  const done = (): void => setSheet("none");
  const open = (next: Sheet): void => {
    // What was said of another act is not about this one.
    forget();
    setSheet(next);
  };
  const mine = detail.open?.coming.some(({ id }) => id === me.id) ?? false;
  const answer = async (verb: string): Promise<void> => {
    const settled = settle();
    await act(verb);
    // "I take it" becomes "I cannot after all" at the same place.
    await settled;
  };
  const can = (action: string): boolean => me.may.includes(action);
  return (
    <section class="acts">
      <Wrong>{wrong}</Wrong>
      {mine ? <p class="coming">{words.accepted}</p> : null}
      <div class="row">
        {can("alarm-answer") ? (
          <button
            type="button"
            class={mine ? "" : "first"}
            {...marks}
            onClick={() => press(() => answer(mine ? "decline" : "accept"))}
          >
            {mine ? words.withdraw : words.accept}
          </button>
        ) : null}
        {can("alarm-call") ? <CallResident detail={detail} /> : null}
        {can("alarm-hand-over") ? (
          <button type="button" onClick={() => open("hand-over")}>
            {words.handOver}
          </button>
        ) : null}
        {can("alarm-close") ? (
          <button type="button" onClick={() => open("close")}>
            {words.close}
          </button>
        ) : null}
      </div>
      {sheet === "hand-over" ? <HandOver detail={detail} act={act} done={done} /> : null}
      {sheet === "close" ? <Close act={act} done={done} /> : null}
    </section>
  );
}
