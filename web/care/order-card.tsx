/** One order: what the resident wants, what was promised, and the answer. */
import { useState } from "preact/hooks";
import type { OrderAnswer, OrderView } from "../../protocol/care-living-views.ts";
import type { DayPart } from "../../protocol/living.ts";
import { dative } from "../../protocol/names.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { ActButton } from "./act-button.tsx";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import { pathOf } from "./home-acts.tsx";
import { hrefOf } from "./route.ts";

/** What is most likely meant; the person at the desk says it exactly. */
const usual: Readonly<Record<DayPart, string>> = {
  morning: "09:00",
  noon: "12:00",
  afternoon: "15:00",
  evening: "18:00",
};

export interface OrderParts {
  readonly order: OrderView;
  readonly again: () => Promise<void>;
}

/** In one line: part of the day or the hour, what, who comes, and how it stands. */
export function OrderLine({ order }: { readonly order: OrderView }) {
  const { living, language } = useDesk().speech;
  const { part, from, title, who, act, state } = order;
  const stands = state === "asked" ? living.acts[act] : living.states[state];
  return (
    <>
      {from ?? living.parts[part]} <strong>{title[language]}</strong>
      {who === "" ? "" : `, ${who}`} <span class={`mark order-${state}`}>{stands}</span>
    </>
  );
}

interface AnswerParts extends OrderParts {
  readonly answer: OrderAnswer;
  readonly label: string;
  readonly from?: string;
  readonly who?: string;
  readonly note?: string;
  readonly disabled?: boolean;
}

function AnswerButton({ order, again, label, disabled = false, ...more }: AnswerParts) {
  const { home, id, nth } = order;
  return (
    <ActButton
      label={label}
      path={pathOf(home, "orders")}
      body={{ order: id, nth, ...more }}
      disabled={disabled}
      done={() => void again()}
    />
  );
}

function Cancellation({ order, again }: OrderParts) {
  const words = useDesk().speech.living.services;
  const [note, setNote] = useState("");
  const parts = { order, again, note };
  return (
    <>
      <Field label={words.note} hint={words.noteHint} value={note} changed={setNote} />
      <div class="row">
        <AnswerButton {...parts} answer="confirmed" label={words.confirmCancel} />
        <AnswerButton
          {...parts}
          answer="declined"
          label={words.declineCancel}
          disabled={note === ""}
        />
      </div>
    </>
  );
}

function Promising({ order, again }: OrderParts) {
  const words = useDesk().speech.living.services;
  const [from, setFrom] = useState(usual[order.part]);
  const [who, setWho] = useState(order.who);
  const [note, setNote] = useState("");
  const parts = { order, again, note };
  return (
    <>
      <div class="answer">
        <Field
          label={words.from}
          hint={words.fromHint}
          type="time"
          value={from}
          changed={setFrom}
        />
        <Field label={words.who} value={who} changed={setWho} />
        <Field label={words.note} hint={words.noteHint} value={note} changed={setNote} />
      </div>
      <div class="row">
        <AnswerButton
          {...parts}
          {...{ from, who }}
          answer="confirmed"
          label={words.confirm}
          disabled={from === "" || who === ""}
        />
        <AnswerButton {...parts} answer="declined" label={words.decline} disabled={note === ""} />
      </div>
    </>
  );
}

/** What was promised: it is done, or we must call it off. */
function Promised({ order, again }: OrderParts) {
  const words = useDesk().speech.living.services;
  const [note, setNote] = useState("");
  return (
    <>
      <AnswerButton {...{ order, again }} answer="done" label={words.done} />
      <details>
        <summary>{words.callOff}</summary>
        <Field label={words.note} hint={words.noteHint} value={note} changed={setNote} />
        <AnswerButton
          {...{ order, again, note }}
          answer="declined"
          label={words.callOff}
          disabled={note === ""}
        />
      </details>
    </>
  );
}

function Acts(parts: OrderParts) {
  const { state, act } = parts.order;
  if (state === "confirmed") return <Promised {...parts} />;
  if (state !== "asked") return null;
  return act === "cancel" ? <Cancellation {...parts} /> : <Promising {...parts} />;
}

export function OrderCard({ order, again }: OrderParts) {
  const { speech, me, now } = useDesk();
  const { living, language } = speech;
  const words = living.services;
  const time = timeOfDay(order.asked_wall, now(), language);
  const { answered_by: name } = order;
  return (
    <li class="panel order">
      <h3>
        <a href={hrefOf("home", order.home)}>{order.resident}</a>
      </h3>
      <p>
        <OrderLine order={order} />
      </p>
      <p class="hint">
        {fill(words.asked, { time })}
        {name === "" ? "" : ` · ${fill(words.answeredBy, { name, whom: dative(name) })}`}
        {order.note === "" ? "" : ` · ${fill(words.says, { note: order.note })}`}
      </p>
      {me.may.includes("services-answer") ? <Acts order={order} again={again} /> : null}
    </li>
  );
}
