/** What holds for a home until an hour that somebody names: maintenance, and absence. */
import { useState } from "preact/hooks";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { ActButton } from "./act-button.tsx";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import { type DetailParts, pathOf } from "./home-acts.tsx";

interface SpanParts {
  readonly path: string;
  /** While it runs, and as long as nobody has ended it. */
  readonly runs: boolean;
  readonly again: () => Promise<void>;
  readonly words: Readonly<Record<"until" | "start" | "end", string>>;
}

function Span({ path, runs, again, words }: SpanParts) {
  const [until, setUntil] = useState("");
  const done = (): void => void again();
  // A year of five digits is no time, and no time would end what runs.
  const until_wall = new Date(until).getTime();
  return (
    <>
      <Field label={words.until} type="datetime-local" value={until} changed={setUntil} />
      <ActButton
        label={words.start}
        path={path}
        disabled={Number.isNaN(until_wall)}
        body={{ until_wall }}
        done={done}
      />
      {runs ? (
        <ActButton label={words.end} path={path} body={{ until_wall: null }} done={done} />
      ) : null}
    </>
  );
}

export function Maintenance({ detail, home, again }: DetailParts) {
  const { speech, now } = useDesk();
  const words = speech.office.homes;
  const until = detail.maintenance_until_wall;
  const runs = until !== null && now() < until;
  return (
    <section class="panel" aria-label={words.maintenance}>
      <h2>{words.maintenance}</h2>
      <p class="hint">{words.maintenanceHint}</p>
      {runs ? (
        <p>{fill(words.maintainedUntil, { time: timeOfDay(until, now(), speech.language) })}</p>
      ) : null}
      <Span
        path={pathOf(home, "maintenance")}
        runs={runs}
        again={again}
        words={{
          until: words.maintenanceUntil,
          start: words.maintenanceStart,
          end: words.maintenanceEnd,
        }}
      />
    </section>
  );
}

export function Absence({ detail, home, again }: DetailParts) {
  const { speech, now } = useDesk();
  const words = speech.office.homes;
  const until = detail.absent_until_wall;
  const runs = until !== null && now() < until;
  return (
    <section class="panel" aria-label={words.absence}>
      <h2>{words.absence}</h2>
      <p class="hint">{words.absenceHint}</p>
      {runs ? (
        <p>{fill(words.absentUntil, { time: timeOfDay(until, now(), speech.language) })}</p>
      ) : null}
      <Span
        path={pathOf(home, "absence")}
        runs={runs}
        again={again}
        words={{ until: words.absenceUntil, start: words.absenceStart, end: words.absenceEnd }}
      />
    </section>
  );
}

type Spans = Pick<HomeSummaryView, "absent_until_wall" | "maintenance_until_wall">;

/** Says at a glance what holds; nothing once it is over. */
export function SpanMarks({ home }: { readonly home: Partial<Spans> }) {
  const { speech, now } = useDesk();
  const { absent, maintained } = speech.office.homes;
  const { absent_until_wall: away = null, maintenance_until_wall: work = null } = home;
  return (
    <>
      {away !== null && now() < away ? <span class="mark">{absent}</span> : null}{" "}
      {work !== null && now() < work ? <span class="mark">{maintained}</span> : null}
    </>
  );
}
