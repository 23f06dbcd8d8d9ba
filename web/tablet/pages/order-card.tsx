/** One order: how it stands as far as the care service has said so, and changing it. */
import { useState } from "preact/hooks";
import type { ServicesView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { timeOf } from "../home/times.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Sure } from "../parts/sure.tsx";
import { useTablet } from "../tablet-context.ts";
import type { TabletWords } from "../words/words.ts";

export type ShownOrder = ServicesView["orders"][number];

/** Nothing is promised that the care service has not said (invariant 2). */
function standing(order: ShownOrder, { services }: TabletWords): string {
  switch (order.state) {
    case "asked":
      return order.sent ? services.asked[order.act] : services.notSent;
    case "confirmed":
      return services.confirmed;
    case "declined":
      return services.declined;
    case "cancelled":
      return services.cancelled;
    case "done":
      return services.done;
  }
}

export interface OrderCardParts {
  readonly order: ShownOrder;
  readonly change: () => void;
}

/** From when and who, as the care service last said; a wish that is open has neither. */
function Coming({ order }: { readonly order: ShownOrder }) {
  const { words } = useTablet();
  const { services } = words;
  const { from_ms, who, note } = order;
  const isOn = order.state === "confirmed" || order.act === "cancel";
  return (
    <>
      {isOn && from_ms !== null ? (
        <p>{fill(services.at, { time: timeOf(from_ms, words) })}</p>
      ) : null}
      {isOn && who !== "" ? <p>{fill(services.who, { name: who })}</p> : null}
      {note === "" ? null : <p>{fill(services.note, { note })}</p>}
    </>
  );
}

export function OrderCard({ order, change }: OrderCardParts) {
  const { words, homeLanguage } = useTablet();
  const [isAsking, setAsking] = useState(false);
  const [state, begin] = useAct();
  const { services } = words;
  const { id: orderId, service, day, part, title } = order;
  const isOpen = order.state === "asked" || order.state === "confirmed";
  const isGoing = order.state === "asked" && order.act === "cancel";
  return (
    <li class="card">
      <h3>
        {title[homeLanguage]}, {services.parts[part].toLocaleLowerCase(words.locale)}
      </h3>
      <p class={`order-state ${order.state}`}>{standing(order, words)}</p>
      <Coming order={order} />
      {isOpen && !isGoing && !isAsking ? (
        <div class="choices row">
          <BigButton press={change}>{services.change}</BigButton>
          <BigButton press={() => setAsking(true)}>{services.cancel}</BigButton>
        </div>
      ) : null}
      {isAsking ? (
        <Sure
          question={services.cancelSure}
          no={services.cancelNo}
          yes={services.cancelYes}
          answered={(isSure) => {
            setAsking(false);
            const word = { orderId, act: "cancel", service, day, part } as const;
            if (isSure) begin({ kind: "order", order: word });
          }}
        />
      ) : null}
      <Outcome state={state} />
    </li>
  );
}
