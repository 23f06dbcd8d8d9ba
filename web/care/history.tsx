/** Alarms of the past, found by time, home, reason and outcome; as a table and as a file. */
import { useState } from "preact/hooks";
import { categories, outcomes } from "../../protocol/alarm.ts";
import type { AlarmRecord } from "../../protocol/care-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { whatHappened } from "../common/sentences.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { Heads } from "./heads.tsx";
import { PeriodFields } from "./period.tsx";
import { lastMonth, queryOf } from "./period-query.ts";
import { hrefOf } from "./route.ts";
import { Select } from "./select.tsx";
import { Tick } from "./ticks.tsx";

interface Wanted {
  readonly home: string;
  readonly category: string;
  readonly outcome: string;
  readonly drills: boolean;
}

function addressOf(query: URLSearchParams, { home, category, outcome, drills }: Wanted): string {
  if (home !== "") query.set("home", home);
  if (category !== "") query.set("category", category);
  if (outcome !== "") query.set("outcome", outcome);
  if (drills) query.set("drills", "yes");
  return `/api/history?${query}`;
}

function Table({ alarms }: { readonly alarms: readonly AlarmRecord[] }) {
  const { speech, now } = useDesk();
  const { office, common, language } = speech;
  const words = office.history;
  const time = (wall: number | null): string =>
    wall === null ? "" : timeOfDay(wall, now(), language);
  return (
    <div class="scroll panel">
      <table class="broad">
        <thead>
          <tr>
            <Heads
              names={[
                words.raised,
                words.what,
                words.accepted,
                words.closed,
                words.outcome,
                words.note,
              ]}
            />
          </tr>
        </thead>
        <tbody>
          {alarms.map((record) => (
            <tr key={`${record.home} ${record.alarm}`}>
              <td>
                <span class="when">{time(record.raised_wall)}</span>
              </td>
              <td>
                <a href={hrefOf("alarm", record.home, record.alarm)}>
                  {whatHappened(common, record)}
                </a>
              </td>
              <td>
                <span class="when">{time(record.accepted_wall)}</span> {record.accepted_by ?? ""}
              </td>
              <td>
                <span class="when">{time(record.closed_wall)}</span> {record.closed_by ?? ""}
              </td>
              <td>{record.outcome === null ? "" : common.outcomes[record.outcome]}</td>
              <td>{record.note ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function History() {
  const { speech, now } = useDesk();
  const { office, own, common } = speech;
  const words = office.history;
  const [period, setPeriod] = useState(() => lastMonth(now()));
  const [wanted, setWanted] = useState<Wanted>({
    home: "",
    category: "",
    outcome: "",
    drills: false,
  });
  const address = addressOf(queryOf(period), wanted);
  const { value, why } = useAnswer<{ alarms: readonly AlarmRecord[]; more: boolean }>(address);
  const set = (part: Partial<Wanted>): void => setWanted((before) => ({ ...before, ...part }));
  return (
    <>
      <h1>{words.title}</h1>
      <div class="filters panel">
        <PeriodFields period={period} changed={setPeriod} />
        <Field label={words.home} value={wanted.home} changed={(home) => set({ home })} />
        <Select<string>
          label={words.category}
          value={wanted.category}
          options={[
            ["", words.all],
            ...categories.map((one) => [one, own.categories[one]] as const),
          ]}
          changed={(category) => set({ category })}
        />
        <Select<string>
          label={words.outcome}
          value={wanted.outcome}
          options={[
            ["", words.all],
            ...outcomes.map((one) => [one, common.outcomes[one]] as const),
          ]}
          changed={(outcome) => set({ outcome })}
        />
        <Tick label={words.drills} checked={wanted.drills} changed={(drills) => set({ drills })} />
        <a class="button" href={`${address}&format=csv`} download="obhut.csv">
          {words.csv}
        </a>
      </div>
      <Wrong>{why}</Wrong>
      {value === undefined || value.alarms.length > 0 ? null : <p>{words.none}</p>}
      {value?.more === true ? <p role="status">{words.more}</p> : null}
      {value === undefined || value.alarms.length === 0 ? null : <Table alarms={value.alarms} />}
    </>
  );
}
