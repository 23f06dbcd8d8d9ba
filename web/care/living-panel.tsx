/** What one resident chose and ordered: on the page of the home. */
import type { LivingView } from "../../protocol/care-living-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { pathOf } from "./home-acts.tsx";
import { OrderLine } from "./order-card.tsx";
import { byDay, dayName } from "./order-days.ts";
import { WishLine } from "./wish-card.tsx";

function Choices({ living }: { readonly living: LivingView }) {
  const { speech, now } = useDesk();
  const words = speech.living.choices;
  const time = (wall: number): string => timeOfDay(wall, now(), speech.language);
  const { wellbeing_wall: well, paused_until_wall: paused, off } = living;
  const modules = off.map(({ title }) => title[speech.language]).join(", ");
  return (
    <>
      <p>{well === null ? words.wellbeingNone : fill(words.wellbeing, { time: time(well) })}</p>
      <p>{off.length === 0 ? words.offNone : fill(words.off, { modules })}</p>
      {paused === null ? null : <p>{fill(words.pausedUntil, { time: time(paused) })}</p>}
      <ul class="plain">
        {living.wishes.map((wish) => (
          <li key={wish.ask}>
            <WishLine wish={wish} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Week({ living }: { readonly living: LivingView }) {
  const { speech } = useDesk();
  const words = speech.living.choices;
  return (
    <>
      <h3>{words.week}</h3>
      {living.orders.length === 0 ? <p>{words.weekNone}</p> : null}
      {byDay(living.orders).map(([day, orders]) => (
        <section key={day} aria-label={dayName(day, speech.language)}>
          <h4>{dayName(day, speech.language)}</h4>
          <ul class="plain">
            {orders.map((order) => (
              <li key={order.id}>
                <OrderLine order={order} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

export function Living({ home }: { readonly home: string }) {
  const words = useDesk().speech.living.choices;
  const { value, why } = useAnswer<LivingView>(pathOf(home, "living"));
  return (
    <section class="panel" aria-label={words.title}>
      <h2>{words.title}</h2>
      <Wrong>{why}</Wrong>
      {value === undefined ? null : (
        <>
          <Choices living={value} />
          <Week living={value} />
        </>
      )}
    </section>
  );
}
