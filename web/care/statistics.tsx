/** How fast help came, and how often it was not needed. Test alarms are left out. */
import { useState } from "preact/hooks";
import { categories, outcomes } from "../../protocol/alarm.ts";
import type { Statistics as Figures } from "../../protocol/care-office-views.ts";
import { fill } from "../common/language.ts";
import { within } from "../common/span.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { PeriodFields } from "./period.tsx";
import { lastMonth, queryOf } from "./period-query.ts";
import { Plot } from "./plot.tsx";

type Spread = Figures["custody"];

function SpreadPlot({ title, spread }: { readonly title: string; readonly spread: Spread }) {
  const words = useDesk().speech.office.statistics;
  const seconds = (value: number | null): string => (value === null ? "–" : within(value * 1_000));
  const hint = [
    fill(words.median, { span: seconds(spread.p50_s) }),
    fill(words.ninety, { span: seconds(spread.p90_s) }),
    fill(words.worst, { span: seconds(spread.max_s) }),
  ].join(", ");
  const bars = spread.buckets.map(({ upto_s, count }) => ({
    name: upto_s === null ? words.longer : fill(words.atMost, { span: seconds(upto_s) }),
    count,
  }));
  return <Plot title={title} hint={hint} bars={bars} lying />;
}

function Numbers({ figures }: { readonly figures: Figures }) {
  const { office } = useDesk().speech;
  const words = office.statistics;
  const share = figures.false_alarm_share;
  const numbers: readonly (readonly [string, string | number])[] = [
    [words.count, figures.count],
    [words.open, figures.open],
    [words.drills, figures.drills],
    [words.falseShare, share === null ? "–" : `${Math.round(share * 100)} %`],
  ];
  return (
    <dl class="numbers">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Plots({ figures }: { readonly figures: Figures }) {
  const { speech } = useDesk();
  const { own, common, office, language } = speech;
  const words = office.statistics;
  const day = (wall: number): string =>
    new Date(wall).toLocaleDateString(language === "de" ? "de-DE" : "en-GB");
  return (
    <div class="panels">
      <SpreadPlot title={words.custody} spread={figures.custody} />
      <SpreadPlot title={words.acceptance} spread={figures.acceptance} />
      <SpreadPlot title={words.outcome} spread={figures.outcome} />
      <Plot
        title={words.perDay}
        hint={words.perDayHint}
        bars={figures.by_day.map(({ wall, count, false_alarms }) => ({
          name: day(wall),
          count,
          dark: false_alarms,
        }))}
      />
      <Plot
        title={words.byCategory}
        lying
        bars={categories.map((one) => ({
          name: own.categories[one],
          count: figures.by_category[one] ?? 0,
        }))}
      />
      <Plot
        title={words.byOutcome}
        lying
        bars={outcomes.map((one) => ({
          name: common.outcomes[one],
          count: figures.by_outcome[one] ?? 0,
        }))}
      />
    </div>
  );
}

export function Statistics() {
  const { speech, now } = useDesk();
  const words = speech.office.statistics;
  const [period, setPeriod] = useState(() => lastMonth(now()));
  const { value, why } = useAnswer<Figures>(`/api/statistics?${queryOf(period)}`);
  return (
    <>
      <h1>{words.title}</h1>
      <div class="filters panel">
        <PeriodFields period={period} changed={setPeriod} />
      </div>
      <Wrong>{why}</Wrong>
      {value === undefined ? null : <Numbers figures={value} />}
      {value === undefined ? null : value.count === 0 ? (
        <p>{words.none}</p>
      ) : (
        <Plots figures={value} />
      )}
    </>
  );
}
