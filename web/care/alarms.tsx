/** The open alarms, most urgent first, as the server sorted them. */
import type { OpenAlarmView } from "../../protocol/care-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { roomName, whatHappened } from "../common/sentences.ts";
import { span } from "../common/span.ts";
import { useDesk } from "./desk-context.ts";
import { useSeconds } from "./live-state.ts";
import { hrefOf } from "./route.ts";

/** When the chain goes on, as a countdown. */
export function NextStep({ alarm }: { readonly alarm: OpenAlarmView }) {
  const { speech, now } = useDesk();
  const words = speech.own.alarms;
  if (alarm.due_wall === null) return <span>{words.rests}</span>;
  const left = alarm.due_wall - now();
  if (left <= 0) return <span>{words.nextNow}</span>;
  const sentence = alarm.coming.length === 0 ? words.next : words.nextUnlessEnded;
  return <span>{fill(sentence, { span: span(left) })}</span>;
}

/** Who comes: a name only for somebody who has accepted. */
export function WhoComes({ alarm }: { readonly alarm: OpenAlarmView }) {
  const words = useDesk().speech.own.alarms;
  if (alarm.coming.length === 0) return <strong class="nobody">{words.nobody}</strong>;
  const names = alarm.coming.map(({ name }) => name).join(", ");
  return <strong class="coming">{fill(words.coming, { names })}</strong>;
}

/** What else must be known at a glance. */
export function Marks({ alarm }: { readonly alarm: OpenAlarmView }) {
  const { speech, now } = useDesk();
  const { own, language } = speech;
  const { note, lapsed } = alarm;
  const names = lapsed.map(({ name }) => name).join(", ");
  const marks = [
    alarm.drill ? own.alarms.drill : "",
    alarm.late ? own.alarms.late : "",
    note === null || note.what === "false-alarm-said"
      ? ""
      : fill(own.notes[note.what], { time: timeOfDay(note.wall, now(), language) }),
    names === "" ? "" : fill(own.alarms.lapsed, { names }),
    alarm.false_alarm_said ? own.alarms.falseSaid : "",
    alarm.round > 0 ? fill(own.alarms.round, { count: alarm.round + 1 }) : "",
    alarm.link === "reachable" ? "" : own.links[alarm.link],
  ].filter((mark) => mark !== "");
  if (marks.length === 0) return null;
  return (
    <span class="marks">
      {marks.map((mark) => (
        <span key={mark} class="mark">
          {mark}
        </span>
      ))}
    </span>
  );
}

function AlarmCard({ alarm }: { readonly alarm: OpenAlarmView }) {
  const { speech, now } = useDesk();
  const { own, common } = speech;
  const waits = alarm.coming.length === 0 && !alarm.drill;
  return (
    <li class={`card ${alarm.level} ${waits ? "waits" : ""} ${alarm.drill ? "drill" : ""}`}>
      <a href={hrefOf("alarm", alarm.home, alarm.alarm)}>
        <span class="level">{own.levels[alarm.level]}</span>
        <span class="sentence">{whatHappened(common, alarm)}</span>
        {alarm.room === null ? null : <span class="room">{roomName(common, alarm.room)}</span>}
        {/* The seconds are seen, not read aloud. */}
        <span class="age" aria-live="off">
          {fill(own.alarms.age, { span: span(now() - alarm.raised_wall) })}
        </span>
        <span class="who">
          <WhoComes alarm={alarm} />
        </span>
        <span class="step" aria-live="off">
          <NextStep alarm={alarm} />
        </span>
        <span class="custody">
          {alarm.custody_wall === null ? own.alarms.custodyNot : own.alarms.custody}
        </span>
        <Marks alarm={alarm} />
      </a>
    </li>
  );
}

/** Nothing is green that is not known to be: a lost line may hide an alarm. */
function Calm() {
  const { speech, alive } = useDesk();
  const { none, noneHint, noneHeard } = speech.own.alarms;
  if (!alive) return <p>{noneHeard}</p>;
  return (
    <p class="calm">
      {none} {noneHint}
    </p>
  );
}

export function AlarmList() {
  const { speech, alarms } = useDesk();
  const { own } = speech;
  useSeconds();
  if (alarms === undefined) return <p>{own.loading}</p>;
  return (
    <>
      <h1>{own.alarms.title}</h1>
      <div aria-live="assertive">
        {alarms.length === 0 ? (
          <Calm />
        ) : (
          <ul class="cards">
            {alarms.map((alarm) => (
              <AlarmCard key={`${alarm.home}/${alarm.alarm}`} alarm={alarm} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
