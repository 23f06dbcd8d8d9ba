/** Ordering in three steps, without typing: which day, when in the day, and is that right? */
import { useState } from "preact/hooks";
import type { DayPart, OrderAct } from "../../../protocol/living.ts";
import { fill } from "../../common/language.ts";
import { dayAfter, dayName } from "../home/days.ts";
import { BigButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { Sure } from "../parts/sure.tsx";
import { useTablet } from "../tablet-context.ts";

/** A provider plans from one day to the next; nobody of 85 plans a month. */
const daysAhead = [1, 2, 3, 4, 5, 6, 7];

/** Written out: the protocol's own list would bring its schemas along, 34 kB. */
const dayParts: readonly DayPart[] = ["morning", "noon", "afternoon", "evening"];

export interface OrderFlowParts {
  readonly act: Exclude<OrderAct, "cancel">;
  readonly title: string;
  readonly chosen: (day: string, part: DayPart) => void;
  readonly close: () => void;
}

function Days({ now, choose }: { readonly now: number; readonly choose: (day: string) => void }) {
  const { words } = useTablet();
  return (
    <>
      <h2>{words.services.whichDay}</h2>
      <ul class="choices">
        {daysAhead
          .map((days) => dayAfter(now, days))
          .map((day) => (
            <li key={day}>
              <BigButton press={() => choose(day)}>{dayName(day, now, words)}</BigButton>
            </li>
          ))}
      </ul>
    </>
  );
}

function Parts({ choose }: { readonly choose: (part: DayPart) => void }) {
  const { services } = useTablet().words;
  return (
    <>
      <h2>{services.whichPart}</h2>
      <ul class="choices row">
        {dayParts.map((part) => (
          <li key={part}>
            <BigButton press={() => choose(part)}>{services.parts[part]}</BigButton>
          </li>
        ))}
      </ul>
    </>
  );
}

export function OrderFlow({ act, title, chosen, close }: OrderFlowParts) {
  const { home, words } = useTablet();
  const [day, setDay] = useState<string | undefined>(undefined);
  const [part, setPart] = useState<DayPart | undefined>(undefined);
  const { services } = words;
  const now = home.wallNow();
  const back = (): void => {
    if (part !== undefined) setPart(undefined);
    else if (day !== undefined) setDay(undefined);
    else close();
  };
  if (now === undefined) {
    return (
      <Page title={title} back={close}>
        {services.clockUnknown}
      </Page>
    );
  }
  const question = (on: string, at: DayPart): string =>
    fill(services.sure, {
      title,
      day: dayName(on, now, words),
      part: services.parts[at].toLocaleLowerCase(words.locale),
    });
  return (
    <Page title={title} back={back}>
      {day === undefined ? <Days now={now} choose={setDay} /> : null}
      {day !== undefined && part === undefined ? <Parts choose={setPart} /> : null}
      {day === undefined || part === undefined ? null : (
        <Sure
          question={question(day, part)}
          no={services.sureNo}
          yes={act === "ask" ? services.sureYes : services.changeYes}
          answered={(isSure) => (isSure ? chosen(day, part) : setPart(undefined))}
        />
      )}
    </Page>
  );
}
