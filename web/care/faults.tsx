/** Faults as work orders: what is blind, since when, and who has planned what about it. */
import { useState } from "preact/hooks";
import type { FaultsView } from "../../protocol/care-office-views.ts";
import { ask } from "../common/api.ts";
import { timeOfDay } from "../common/clock.ts";
import { wordOf } from "../common/language.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";

type Order = FaultsView["faults"][number];
const states = ["open", "planned", "done"] as const;

/** A home says by itself that something fails, or is heard again. */
const againMs = 20_000;

function OrderRow({
  order,
  again,
}: {
  readonly order: Order;
  readonly again: () => Promise<void>;
}) {
  const { speech, now } = useDesk();
  const { office, language } = speech;
  const words = office.faults;
  const blind = order.blind.map((name) => wordOf(office.modules, name) ?? name);
  const hint = wordOf(office.faultHints, order.what);
  const ended = wordOf(office.faultEnds, order.what) ?? words.cleared;
  const [note, setNote] = useState(order.work_note);
  const [wrong, setWrong] = useState("");
  const move = async (state: (typeof states)[number]): Promise<void> => {
    const { home, subject, what } = order;
    const answer = await ask("POST", "/api/faults/work", { home, subject, what, state, note });
    setWrong(whyNot(speech, answer));
    await again();
  };
  return (
    <li class="panel">
      <h2>
        {order.resident}: {wordOf(office.subjects, order.subject) ?? order.subject} –{" "}
        {wordOf(office.faultKinds, order.what) ?? order.what}
      </h2>
      <p>
        {words.since} {timeOfDay(order.since_wall, now(), language)}
        {order.blind.length === 0 ? "" : ` · ${words.blind}: ${blind.join(", ")}`}
        {order.cleared_wall === null ? "" : ` · ${ended}`}
      </p>
      {hint === undefined ? null : <p>{hint}</p>}
      <Field label={words.note} value={note} changed={setNote} />
      <div class="row">
        {states.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={order.work_state === state}
            onClick={() => void move(state)}
          >
            {words[state]}
          </button>
        ))}
        {order.work_by === "" ? null : <span>{order.work_by}</span>}
      </div>
      <Wrong>{wrong}</Wrong>
    </li>
  );
}

export function Faults() {
  const words = useDesk().speech.office.faults;
  const { value, why, again } = useAnswer<FaultsView>("/api/faults", againMs);
  const orders = value?.faults ?? [];
  return (
    <>
      <h1>{words.title}</h1>
      <Wrong>{why}</Wrong>
      {value !== undefined && orders.length === 0 ? <p class="calm">{words.none}</p> : null}
      <ul class="cards">
        {orders.map((order) => (
          <OrderRow
            key={`${order.home} ${order.subject} ${order.what}`}
            order={order}
            again={again}
          />
        ))}
      </ul>
    </>
  );
}
