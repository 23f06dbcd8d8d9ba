/** One alarm: who and where, what to do, whom the chain has told, what the sensors say. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { AlarmDetail } from "../../protocol/care-views.ts";
import { dative } from "../../protocol/names.ts";
import { ask } from "../common/api.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { Newest } from "../common/newest.ts";
import { roomName, whatHappened } from "../common/sentences.ts";
import { span } from "../common/span.ts";
import { AlarmActions } from "./alarm-actions.tsx";
import { Marks, NextStep, WhoComes } from "./alarms.tsx";
import { useDesk } from "./desk-context.ts";
import { SpanMarks } from "./home-spans.tsx";
import { useSeconds } from "./live-state.ts";
import { hrefOf } from "./route.ts";
import { Tellings } from "./tellings.tsx";
import { Timeline } from "./timeline.tsx";

/** Receipts come without a change of the alarm. */
const againMs = 3_000;

interface Asked {
  readonly detail: AlarmDetail | undefined;
  readonly unknown: boolean;
  readonly refresh: () => Promise<void>;
}

function useAlarmDetail(home: string, alarm: string): Asked {
  const { news } = useDesk();
  const [detail, setDetail] = useState<AlarmDetail>();
  const [unknown, setUnknown] = useState(false);
  const newest = useRef(new Newest());
  const refresh = useCallback(async (): Promise<void> => {
    const path = `/api/homes/${encodeURIComponent(home)}/alarms/${encodeURIComponent(alarm)}`;
    const isNews = newest.current.ask();
    const answer = await ask<AlarmDetail>("GET", path);
    if (!isNews()) return;
    if (answer.ok) setDetail(answer.value);
    const isGone = !answer.ok && [403, 404].includes(answer.status);
    if (answer.ok || isGone) setUnknown(isGone);
  }, [home, alarm]);
  useEffect(() => {
    // What the line has told may concern this alarm.
    if (news >= 0) void refresh();
  }, [refresh, news]);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), againMs);
    return () => clearInterval(timer);
  }, [refresh]);
  return { detail, unknown, refresh };
}

function Headline({ detail }: { readonly detail: AlarmDetail }) {
  const { speech, now } = useDesk();
  const { own, common, language } = speech;
  const { record, open } = detail;
  return (
    <header class={`headline ${record.level} ${open === null ? "ended" : ""}`}>
      <h1>{whatHappened(common, { ...record, resident: detail.resident.resident })}</h1>
      <p>
        {record.room === null ? null : <span>{roomName(common, record.room)} · </span>}
        {open === null ? (
          <span>{timeOfDay(record.raised_wall, now(), language)}</span>
        ) : (
          <span>{fill(own.alarms.age, { span: span(now() - record.raised_wall) })}</span>
        )}
      </p>
      {open === null ? (
        <p>
          <strong>{own.alarm.closed}</strong>
        </p>
      ) : (
        <p>
          <WhoComes alarm={open} /> · <NextStep alarm={open} /> <Marks alarm={open} />{" "}
          <SpanMarks home={{ absent_until_wall: detail.absent_until_wall }} />
        </p>
      )}
      {detail.next === null || detail.next.tell.length === 0 ? null : (
        <p>
          {fill(own.alarm.nextTells, {
            names: detail.next.tell.map(({ name }) => name).join(", "),
          })}
        </p>
      )}
    </header>
  );
}

function Resident({ detail }: { readonly detail: AlarmDetail }) {
  const words = useDesk().speech.own.alarm;
  const { resident } = detail;
  const lines: readonly (readonly [string, string | null])[] = [
    [words.address, resident.address],
    [words.phone, resident.phone],
    [words.keySafe, resident.key_safe],
    [words.notes, resident.notes],
  ];
  return (
    <section aria-label={words.resident} class="panel">
      <h2>{resident.resident}</h2>
      <dl>
        {lines
          .filter(([, text]) => text !== null && text !== "")
          .map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function Course({ detail }: { readonly detail: AlarmDetail }) {
  const { speech, now } = useDesk();
  const { own, common, language } = speech;
  const { record } = detail;
  const by = (name: string | null): string =>
    name === null || name === "" ? "" : ` ${fill(own.alarm.by, { name, whom: dative(name) })}`;
  const steps: readonly (readonly [string, number | null, string])[] = [
    [own.alarm.raisedAt, record.raised_wall, ""],
    [own.alarm.custodyAt, record.custody_wall, ""],
    [own.alarm.acceptedAt, record.accepted_wall, by(record.accepted_by)],
    [own.alarm.closedAt, record.closed_wall, by(record.closed_by)],
  ];
  return (
    <section aria-label={own.alarm.happened} class="panel">
      <h2>{own.alarm.happened}</h2>
      <dl>
        {steps.map(([name, wall, who]) =>
          wall === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {timeOfDay(wall, now(), language)}
                {who}
              </dd>
            </div>
          ),
        )}
      </dl>
      {record.outcome === null ? null : (
        <p>
          {common.outcomes[record.outcome]}
          {record.note === null || record.note === "" ? "" : `: ${record.note}`}
        </p>
      )}
    </section>
  );
}

export interface AlarmPageParts {
  readonly home: string;
  readonly alarm: string;
}

export function AlarmPage({ home, alarm }: AlarmPageParts) {
  const { speech } = useDesk();
  const { own } = speech;
  const { detail, unknown, refresh } = useAlarmDetail(home, alarm);
  useSeconds();
  return (
    <>
      <p>
        <a href={hrefOf("alarms")}>{own.alarm.back}</a>
      </p>
      {unknown ? <p>{own.alarm.unknown}</p> : null}
      {detail === undefined || unknown ? null : (
        <>
          <Headline detail={detail} />
          {detail.open === null ? null : <AlarmActions detail={detail} refresh={refresh} />}
          <div class="sides">
            <div class="stack">
              <Resident detail={detail} />
              <Course detail={detail} />
            </div>
            <div class="stack">
              <Tellings tellings={detail.tellings} />
              <Timeline
                points={detail.context}
                raised={detail.record.raised_wall}
                ended={detail.record.closed_wall}
              />
            </div>
          </div>
        </>
      )}
    </>
  );
}
