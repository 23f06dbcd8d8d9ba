/**
 * The screen of the worst minute: what is true of each alarm, step by step as it becomes true, and
 * nothing else. It shows the telephone as soon as no call goes out.
 */
import { useLayoutEffect } from "preact/hooks";
import type { AlarmView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { timeOf } from "../home/times.ts";
import { type Emergency, isCall, stepsOf, type Unsent, wayOf } from "../home/truth.ts";
import { BigButton } from "../parts/button.tsx";
import { HelpButton } from "../parts/help.tsx";
import { hush } from "../parts/press.ts";
import { useTick } from "../parts/tick.ts";
import { useTablet } from "../tablet-context.ts";
import { FalseAlarm } from "./false-alarm.tsx";
import { NoWay } from "./no-way.tsx";
import { Wellbeing } from "./wellbeing.tsx";

/** From then on a call that nobody confirmed is told as slow. */
const slowAfterMs = 8_000;
/** A second touch of the hand that pressed must not press what has just come under it. */
const settleMs = 1_500;

interface StepParts {
  readonly words: string;
  readonly done: boolean;
  /** When it became true, where that was heard. */
  readonly at_ms?: number | null | undefined;
}

function Step({ words: own, done, at_ms }: StepParts) {
  const { words } = useTablet();
  const time = at_ms == null ? "" : timeOf(at_ms, words);
  return (
    <li class={done ? "step done" : "step"}>
      <span class="mark" aria-hidden="true">
        {done ? "✓" : "…"}
      </span>
      <span>{own}</span>
      <span class="step-time">{done ? time : words.emergency.notYet}</span>
    </li>
  );
}

interface AlarmParts {
  readonly alarm: AlarmView;
}

export function Steps({ alarm }: AlarmParts) {
  const { home, words } = useTablet();
  const { emergency } = words;
  const known = home.memory.alarms.find(({ id }) => id === alarm.id);
  const { stored, withCare, coming } = stepsOf(alarm);
  const isOwnCall = isCall(alarm);
  const isWithCare = withCare || known?.withCare_ms !== undefined;
  const isStored = stored || known?.stored_ms !== undefined;
  return (
    <ol class="steps" aria-live="assertive">
      <Step
        words={isOwnCall ? emergency.stored : emergency.alarmStored}
        done={isStored}
        at_ms={known?.stored_ms}
      />
      {coming.length > 0 && !isWithCare ? null : (
        <Step
          words={isOwnCall ? emergency.withCare : emergency.alarmWithCare}
          done={isWithCare}
          at_ms={known?.withCare_ms}
        />
      )}
      {coming.length > 0 ? null : <Step words={emergency.somebody} done={false} />}
      {coming.map((name) => (
        <Step
          key={name}
          words={fill(emergency.coming, { name })}
          done={true}
          at_ms={known?.coming_ms?.[name]}
        />
      ))}
    </ol>
  );
}

/** Whom the chain has told, and whether any of them has said yes. */
function Told({ alarm }: AlarmParts) {
  const { home, words } = useTablet();
  const { emergency } = words;
  const known = home.memory.alarms.find(({ id }) => id === alarm.id);
  const names = alarm.told.join(", ");
  return (
    <>
      {names === "" ? null : <p>{fill(emergency.told, { names })}</p>}
      {known?.nobodyYet === true ? <p role="status">{emergency.nobodyYet}</p> : null}
    </>
  );
}

function Headline({ alarm }: AlarmParts) {
  const { words } = useTablet();
  const { advice, categories, inRoom, reasons } = words.emergency;
  const { category, reason, room } = alarm;
  return (
    <>
      <h2 class="headline">{reasons[reason] ?? categories[category]}</h2>
      {advice[reason] === undefined ? null : <p class="advice">{advice[reason]}</p>}
      {room === null ? null : <p>{fill(inRoom, { room: words.rooms[room] ?? room })}</p>}
    </>
  );
}

/** A question about her day is no call. */
const hasSteps = ({ category }: AlarmView): boolean => category !== "inactivity";

/** A stove that may be hot is no mistake of hers: only somebody who looks can say it is over. */
function Acts({ alarm }: AlarmParts) {
  if (alarm.category === "inactivity") return <Wellbeing />;
  return alarm.category === "stove" ? null : <FalseAlarm alarm={alarm} />;
}

function OneAlarm({ alarm }: AlarmParts) {
  const { words } = useTablet();
  return (
    <article class={`alarm ${alarm.category} ${alarm.level}`}>
      <div class="alarm-state">
        <Headline alarm={alarm} />
        {alarm.stage === "calling" && isCall(alarm) ? <p>{words.emergency.calling}</p> : null}
        {hasSteps(alarm) ? <Steps alarm={alarm} /> : null}
        {alarm.stage === "no-path" ? <p>{words.emergency.goesOn}</p> : null}
        <Told alarm={alarm} />
      </div>
      <div class="alarm-acts">
        <Acts alarm={alarm} />
      </div>
    </article>
  );
}

/** What the home said before it fell silent: shown as old, with its words, without any promise. */
function StaleAlarm({ alarm }: AlarmParts) {
  const { words } = useTablet();
  return (
    <article class="alarm stale">
      <Headline alarm={alarm} />
      <p>{words.emergency.stale}</p>
      <div class="old">
        <Steps alarm={alarm} />
      </div>
    </article>
  );
}

function UnsentCall({ pressedAt, taken }: Unsent) {
  const { home, words } = useTablet();
  const { calling, categories, kept, slow, stored } = words.emergency;
  const hasNoWay = wayOf(home) === "none";
  const isSlow = performance.now() - pressedAt > slowAfterMs;
  if (taken) {
    return (
      <article class="alarm emergency-call alarm">
        <h2 class="headline">{categories["emergency-call"]}</h2>
        <ol class="steps">
          <Step words={stored} done={true} />
        </ol>
      </article>
    );
  }
  return (
    <article class="alarm emergency-call alarm">
      <h2 class="headline">{hasNoWay ? kept : calling}</h2>
      {isSlow && !hasNoWay ? (
        <>
          <p role="alert">{slow}</p>
          <p class="number">{home.parts.gateway?.phone ?? home.kept.phone}</p>
        </>
      ) : null}
    </article>
  );
}

export interface EmergencyPageParts {
  readonly emergency: Emergency;
  /** Away from it, while somebody comes. */
  readonly leave: (() => void) | undefined;
}

export function EmergencyPage({ emergency, leave }: EmergencyPageParts) {
  useTick();
  const { home, words } = useTablet();
  const { alarms, stale, unsent } = emergency;
  // Also when one comes or goes while others stand there, and when the last one goes.
  const shown = [...alarms, ...stale].map(({ id }) => id).join(" ");
  useLayoutEffect(() => {
    hush(settleMs);
    return () => hush(settleMs);
  }, [shown]);
  const isCalled = unsent !== undefined || alarms.some(isCall);
  const isCutOff = wayOf(home) === "none" || alarms.some(({ stage }) => stage === "no-path");
  return (
    <section class="emergency">
      <h1 class="unseen">{words.frame.callRuns}</h1>
      {isCutOff ? <NoWay /> : null}
      {unsent === undefined ? null : <UnsentCall {...unsent} />}
      {alarms.map((alarm) => (
        <OneAlarm key={alarm.id} alarm={alarm} />
      ))}
      {stale.map((alarm) => (
        <StaleAlarm key={alarm.id} alarm={alarm} />
      ))}
      <footer class="emergency-foot">
        <HelpButton size="foot" {...(isCalled ? { words: words.emergency.again } : {})} />
        {leave === undefined ? null : <BigButton press={leave}>{words.emergency.goHome}</BigButton>}
      </footer>
    </section>
  );
}
