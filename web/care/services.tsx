/** Services: what residents order and wish, and waits for an answer; what was promised them. */
import type { OrderView, ServicesAnswer } from "../../protocol/care-living-views.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { OrderCard } from "./order-card.tsx";
import { byDay, dayName } from "./order-days.ts";
import { WishCard } from "./wish-card.tsx";

/** Nobody is in danger: an order may be seen a little later. */
const againMs = 20_000;

interface DaysParts {
  readonly orders: readonly OrderView[];
  readonly again: () => Promise<void>;
}

function Days({ orders, again }: DaysParts) {
  const { language } = useDesk().speech;
  return (
    <>
      {byDay(orders).map(([day, of]) => (
        <section key={day} aria-label={dayName(day, language)}>
          <h3>{dayName(day, language)}</h3>
          <ul class="cards">
            {of.map((order) => (
              <OrderCard
                key={`${order.home} ${order.id} ${order.nth}`}
                order={order}
                again={again}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Lists({ value, again }: { value: ServicesAnswer; again: () => Promise<void> }) {
  const { services: words, wishes } = useDesk().speech.living;
  const waits = value.orders.filter(({ state }) => state === "asked");
  const others = value.orders.filter(({ state }) => state !== "asked");
  return (
    <>
      {value.wishes.length === 0 ? null : (
        <section aria-label={wishes.title}>
          <h2>{wishes.title}</h2>
          <ul class="cards">
            {value.wishes.map((wish) => (
              <WishCard key={`${wish.home} ${wish.ask}`} wish={wish} again={again} />
            ))}
          </ul>
        </section>
      )}
      <section aria-label={words.waits}>
        <h2>{words.waits}</h2>
        {waits.length === 0 ? <p class="calm">{words.waitsNone}</p> : null}
        {value.more ? <p>{words.more}</p> : null}
        <Days orders={waits} again={again} />
      </section>
      <section aria-label={words.promised}>
        <h2>{words.promised}</h2>
        {others.length === 0 ? <p>{words.promisedNone}</p> : null}
        <Days orders={others} again={again} />
      </section>
    </>
  );
}

export function Services() {
  const words = useDesk().speech.living.services;
  const { value, why, again } = useAnswer<ServicesAnswer>("/api/services", againMs);
  return (
    <>
      <h1>{words.title}</h1>
      <Wrong>{why}</Wrong>
      {value === undefined ? null : <Lists value={value} again={again} />}
    </>
  );
}
