/** Services of the provider: who comes in this week, and what can be ordered. */
import { useState } from "preact/hooks";
import type { Offer, OrderWord } from "../../../protocol/living.ts";
import { dayAfter, dayName } from "../home/days.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";
import { OrderCard, type ShownOrder } from "./order-card.tsx";
import { OrderFlow } from "./order-flow.tsx";

/** What is being ordered or changed; undefined while the week is looked at. */
interface Ordering {
  readonly act: "ask" | "change";
  readonly orderId: string;
  readonly service: string;
  readonly title: string;
}

interface WeekParts {
  readonly orders: readonly ShownOrder[];
  readonly change: (order: ShownOrder) => void;
}

/** Today is always there, also when nobody comes; of the other days only those with something. */
function Week({ orders, change }: WeekParts) {
  const { home, words } = useTablet();
  const now = home.wallNow();
  const days = [...new Set(orders.map(({ day }) => day))].toSorted((a, b) => (a < b ? -1 : 1));
  const today = now === undefined ? undefined : dayAfter(now, 0);
  const shown = days.filter((day) => today === undefined || day > today);
  const coming = (day: string) => orders.filter((order) => order.day === day);
  const head = (day: string): string => (now === undefined ? day : dayName(day, now, words));
  return (
    <>
      {[...(today === undefined ? [] : [today]), ...shown].map((day) => (
        <section key={day} class="day">
          <h2>{head(day)}</h2>
          {coming(day).length === 0 ? <p>{words.services.nobody}</p> : null}
          <ul class="choices wide">
            {coming(day).map((order) => (
              <OrderCard key={order.id} order={order} change={() => change(order)} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function OfferCard({ offer, order }: { readonly offer: Offer; readonly order: () => void }) {
  const { words, homeLanguage } = useTablet();
  const { services } = words;
  const { title, about, price, told } = offer;
  return (
    <li class="card">
      <h3>{title[homeLanguage]}</h3>
      <p>{about[homeLanguage]}</p>
      {price[homeLanguage] === "" ? null : (
        <p>
          {services.price}: {price[homeLanguage]}
        </p>
      )}
      {told[homeLanguage] === "" ? null : (
        <p>
          {services.told} {told[homeLanguage]}
        </p>
      )}
      <BigButton label={`${title[homeLanguage]}: ${services.order}`} press={order}>
        {services.order}
      </BigButton>
    </li>
  );
}

export function ServicesPage() {
  const { home, words, homeLanguage } = useTablet();
  const [ordering, setOrdering] = useState<Ordering | undefined>(undefined);
  const [state, begin] = useAct();
  const { services } = home.parts;
  const { title, week, offers, none } = words.services;
  if (services === undefined) return <Page title={title}>{words.frame.unknown}</Page>;
  if (ordering !== undefined) {
    const { act, orderId, service } = ordering;
    return (
      <OrderFlow
        act={act}
        title={ordering.title}
        close={() => setOrdering(undefined)}
        chosen={(day, part) => {
          const order: OrderWord = { orderId, act, service, day, part };
          begin({ kind: "order", order });
          setOrdering(undefined);
        }}
      />
    );
  }
  const nameOf = (of: ShownOrder | Offer): string => of.title[homeLanguage];
  return (
    <Page title={title}>
      <Outcome state={state} />
      <section>
        <h2 class="part-head">{week}</h2>
        <Week
          orders={services.orders}
          change={(order) =>
            setOrdering({
              act: "change",
              orderId: order.id,
              service: order.service,
              title: nameOf(order),
            })
          }
        />
      </section>
      <section>
        <h2 class="part-head">{services.offers.length === 0 ? none : offers}</h2>
        <ul class="choices wide">
          {services.offers.map((offer) => (
            <OfferCard
              key={offer.id}
              offer={offer}
              order={() =>
                setOrdering({
                  act: "ask",
                  orderId: crypto.randomUUID(),
                  service: offer.id,
                  title: nameOf(offer),
                })
              }
            />
          ))}
        </ul>
      </section>
    </Page>
  );
}
