/** The whole page: what happened, the question, where to go, and how it ended. */
import { useEffect, useState } from "preact/hooks";
import type { HelperView } from "../../protocol/care-views.ts";
import { ask } from "../common/api.ts";
import { chosenLanguage, fill, speak } from "../common/language.ts";
import { LanguageChoice } from "../common/languages.tsx";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { howLongAgo, roomName, whatHappened } from "../common/sentences.ts";
import { settle } from "../common/settle.ts";
import { type AlarmState, useAlarm } from "./alarm-state.ts";
import { Finish } from "./finish.tsx";
import { Place } from "./place.tsx";
import { PushOffer } from "./push-offer.tsx";
import { type Speech, speechIn } from "./speech.ts";

/** The ages on the page move on while nothing is heard. */
const tickMs = 1_000;

function useTick(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), tickMs);
    return () => clearInterval(timer);
  }, []);
}

interface Shown {
  readonly speech: Speech;
  readonly view: HelperView;
  readonly state: AlarmState;
  readonly token: string;
}

function Headline({ speech, view, state }: Shown) {
  const { common, own } = speech;
  const ago = howLongAgo(common, state.now() - view.raised_wall);
  const kind = view.state === "closed" ? "over" : view.drill ? "drill" : "";
  return (
    <header class={`what ${kind}`}>
      {view.drill ? <p class="banner">{own.drill}</p> : null}
      <h1>{whatHappened(common, view)}</h1>
      <p class="ago">{ago}</p>
      {view.room === null ? null : (
        <p class="room">{fill(own.inRoom, { room: roomName(common, view.room) })}</p>
      )}
    </header>
  );
}

function WhoComes({ speech, view }: Shown) {
  const { own } = speech;
  const others = view.coming.filter((name) => name !== view.you.name);
  if (others.length > 0) {
    return <p class="coming">{fill(own.othersComing, { names: others.join(", ") })}</p>;
  }
  return view.answer === "coming" ? null : <p class="nobody">{own.nobodyYet}</p>;
}

/** The answer is shown as given only once the server has said that it is on its disk. */
function Answers({ speech, view, state, token }: Shown) {
  const { own } = speech;
  /** The answer that the server has not confirmed. */
  const [failed, setFailed] = useState<HelperView["answer"]>("none");
  const { marks, press } = useOneAtATime();
  const answer = async (coming: boolean): Promise<void> => {
    const settled = settle();
    const asked = await ask("POST", `/api/helper/${encodeURIComponent(token)}/answer`, { coming });
    const said = coming ? "coming" : "declined";
    setFailed(asked.ok ? "none" : said);
    await state.refresh();
    await settled;
  };
  const going = { none: own.going, coming: "", declined: own.goingAfterAll }[view.answer];
  const cannot = { none: own.cannot, coming: own.notGoingAfterAll, declined: "" }[view.answer];
  const said = { none: own.question, coming: own.youAreGoing, declined: own.youDeclined };
  return (
    <section class="answers">
      <h2 class={view.answer === "coming" ? "coming" : ""} aria-live="polite">
        {said[view.answer]}
      </h2>
      {failed !== "none" && failed !== view.answer ? (
        <p role="alert" class="wrong">
          {own.notTaken}
        </p>
      ) : null}
      {going === "" ? null : (
        <button
          type="button"
          class="first huge"
          {...marks}
          onClick={() => press(() => answer(true))}
        >
          {going}
        </button>
      )}
      {cannot === "" ? null : (
        <button
          type="button"
          class={view.answer === "none" ? "huge" : ""}
          {...marks}
          onClick={() => press(() => answer(false))}
        >
          {cannot}
        </button>
      )}
    </section>
  );
}

function Ended({ speech, view }: Shown) {
  const { own, common } = speech;
  return (
    <section class="ended">
      {view.end === null ? null : (
        <>
          <h2>{fill(own.closedBy, { name: view.end.by })}</h2>
          <p>{common.outcomes[view.end.outcome]}</p>
        </>
      )}
      <p>{own.thanks}</p>
    </section>
  );
}

function Emergency({ speech }: Pick<Shown, "speech">) {
  return (
    <p class="emergency">
      <a class="button" href="tel:112">
        {speech.own.emergency}
      </a>
    </p>
  );
}

function OpenAlarm(shown: Shown) {
  const { view, speech } = shown;
  return (
    <>
      <Answers {...shown} />
      <WhoComes {...shown} />
      {view.place === null ? null : <Place speech={speech} place={view.place} />}
      {view.answer === "coming" ? (
        <Finish speech={speech} token={shown.token} ended={shown.state.refresh} />
      ) : null}
      <PushOffer speech={speech} token={shown.token} publicKey={view.push_key} />
      <Emergency speech={speech} />
    </>
  );
}

function Body({ speech, token }: { readonly speech: Speech; readonly token: string }) {
  const state = useAlarm(token);
  const { own } = speech;
  useTick();
  if (state.gone) {
    return (
      <>
        <section class="what">
          <h1>{own.gone}</h1>
          <p>{own.goneHint}</p>
        </section>
        <Emergency speech={speech} />
      </>
    );
  }
  const { view } = state;
  const shown = view === undefined ? undefined : { speech, view, state, token };
  return (
    <>
      {state.offline ? (
        <p role="alert" class="lost">
          {own.offline}
        </p>
      ) : null}
      {shown === undefined ? <h1 class="what">{own.loading}</h1> : <Headline {...shown} />}
      {shown === undefined ? null : shown.view.state === "open" ? (
        <OpenAlarm {...shown} />
      ) : (
        <Ended {...shown} />
      )}
    </>
  );
}

export function HelperPage({ token }: { readonly token: string }) {
  const [language, setLanguage] = useState(chosenLanguage);
  const speech = speechIn(language);
  useEffect(() => {
    speak(language);
    document.title = speech.own.title;
  }, [language, speech]);
  return (
    <>
      <Body speech={speech} token={token} />
      <LanguageChoice language={language} chosen={setLanguage} />
    </>
  );
}
