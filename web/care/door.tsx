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
const inviteToken = /^\/invite\/([^/]+)$/.exec(location.pathname)?.[1];

interface Entered {
  readonly speech: Speech;
  readonly me: Me | undefined;
  readonly enter: (me: Me | undefined) => void;
}

function Inside({ speech, me, enter }: Entered) {
  if (me === undefined) {
    return inviteToken === undefined ? (
      <Login speech={speech} entered={enter} />
    ) : (
      <Invite speech={speech} token={inviteToken} entered={enter} />
    );
  }
  if (!me.second_factor && !me.enrolled) return <Enrolment speech={speech} done={enter} />;
  if (!me.second_factor) return <Login speech={speech} entered={enter} name={me.name} />;
  return <Desk speech={speech} me={me} leave={() => enter(undefined)} />;
}

export function Door() {
  const [language, setLanguage] = useState(chosenLanguage);
  const [asked, setAsked] = useState(false);
  const [me, setMe] = useState<Me>();
  const speech = speechIn(language);
  const enter = useCallback((who: Me | undefined) => {
    // A link that was used must not stand in the address any more.
    if (inviteToken !== undefined && who !== undefined) history.replaceState(null, "", "/care/");
    setMe(who);
  }, []);
  useEffect(() => {
    void ask<Me>("GET", "/api/me").then((answer) => {
      if (answer.ok) setMe(answer.value);
      setAsked(true);
    });
  }, []);
  useEffect(() => {
    speak(language);
    document.title = speech.own.title;
  }, [language, speech]);
  return (
    <>
      {asked ? (
        <Inside speech={speech} me={me} enter={enter} />
      ) : (
        <main class="door">
          <p>{speech.own.loading}</p>
        </main>
      )}
      <LanguageChoice language={language} chosen={setLanguage} />
    </>
  );
}
