/** Nobody comes in without a password and a second factor of their own. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Me } from "../../protocol/care-views.ts";
import { ask } from "../common/api.ts";
import { chosenLanguage, speak } from "../common/language.ts";
import { LanguageChoice } from "../common/languages.tsx";
import { Desk } from "./desk.tsx";
import { Enrolment } from "./enrolment.tsx";
import { Invite } from "./invite.tsx";
import { Login } from "./login.tsx";
import { type Speech, speechIn } from "./speech.ts";

/** `/invite/TOKEN` is a one-time link for a new person, or for one who forgot a password. */
const linkToken = /^\/invite\/([^/]+)$/.exec(location.pathname)?.[1];

/** A server that is starting is asked again: it may know this browser still. */
const againMs = 3_000;

interface Entered {
  /** Of a link that was not used yet. */
  readonly token: string | undefined;
  readonly speech: Speech;
  readonly me: Me | undefined;
  readonly enter: (me: Me | undefined) => void;
}

function Inside({ speech, token, me, enter }: Entered) {
  if (me === undefined) {
    return token === undefined ? (
      <Login speech={speech} entered={enter} />
    ) : (
      <Invite speech={speech} token={token} entered={enter} />
    );
  }
  if (!me.second_factor && !me.enrolled) return <Enrolment speech={speech} done={enter} />;
  if (!me.second_factor) return <Login speech={speech} entered={enter} name={me.name} />;
  return <Desk speech={speech} me={me} leave={() => enter(undefined)} />;
}

export function Door() {
  const [language, setLanguage] = useState(chosenLanguage);
  const [asked, setAsked] = useState<"not-yet" | "in-vain" | "answered">("not-yet");
  const [token, setToken] = useState(linkToken);
  const [me, setMe] = useState<Me>();
  const speech = speechIn(language);
  const enter = useCallback((who: Me | undefined) => {
    setMe(who);
    if (linkToken === undefined || who === undefined) return;
    // A link that was used must not stand in the address any more, nor ask whoever comes next.
    history.replaceState(null, "", "/care/");
    setToken(undefined);
  }, []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const answer = await ask<Me>("GET", "/api/me");
      if (answer.ok) setMe(answer.value);
      const isAnswer = answer.ok || (answer.status > 0 && answer.status < 500);
      setAsked(isAnswer ? "answered" : "in-vain");
      if (!isAnswer) timer = setTimeout(() => void look(), againMs);
    };
    void look();
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    speak(language);
    document.title = speech.own.title;
  }, [language, speech]);
  return (
    <>
      {asked === "in-vain" ? (
        <p role="alert" class="lost">
          {speech.own.lost}
        </p>
      ) : null}
      {asked === "answered" ? (
        <Inside speech={speech} token={token} me={me} enter={enter} />
      ) : (
        <main class="door">
          <p>{speech.own.loading}</p>
        </main>
      )}
      <LanguageChoice language={language} chosen={setLanguage} />
    </>
  );
}
