/** The frame of the tablet: which screen stands there, and what outranks it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { speak } from "../common/language.ts";
import { wakeSound } from "../common/sound.ts";
import { useAnnouncer } from "./announcer.ts";
import { Endings } from "./endings.tsx";
import type { HomeNow } from "./home/now.ts";
import { homeLanguageOf } from "./home/sentences.ts";
import { openStore, type Store } from "./home/store.ts";
import { drillsOf, emergencyOf, wayOf } from "./home/truth.ts";
import { useNewerPage } from "./newer-page.ts";
import { isNight, Resting, useRest } from "./night.tsx";
import { EmergencyPage } from "./pages/emergency.tsx";
import { pageOf } from "./pages/pages.tsx";
import { RefusedPage } from "./pages/pairing.tsx";
import { Question } from "./pages/question.tsx";
import { StoveWarning } from "./pages/stove.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { BigButton } from "./parts/button.tsx";
import { HelpAtTheEdge } from "./parts/help.tsx";
import { Page } from "./parts/page.tsx";
import { hush, settlesMs } from "./parts/press.ts";
import { Context, type Place, type TabletContext, useTablet } from "./tablet-context.ts";
import { useWakefulness } from "./wakefulness.ts";
import type { Credential } from "./wire/credential.ts";
import { wordsOf } from "./words/languages.ts";

/** Untouched for so long, every page goes back to the home screen, and that to an open alarm. */
const homeAfterMs = 60_000;

function useHome(store: Store): HomeNow {
  const [home, setHome] = useState(() => store.now());
  useEffect(() => {
    setHome(store.now());
    return store.listen(() => setHome(store.now()));
  }, [store]);
  return home;
}

/** Calls `idle` when nobody has touched anything for so long. */
function useIdle(afterMs: number, idle: () => void): void {
  const act = useRef(idle);
  act.current = idle;
  useEffect(() => {
    let timer = setTimeout(() => act.current(), afterMs);
    const touched = (): void => {
      void wakeSound();
      clearTimeout(timer);
      timer = setTimeout(() => act.current(), afterMs);
    };
    // A screen reader only clicks.
    const kinds = ["pointerdown", "keydown", "click"] as const;
    for (const kind of kinds) window.addEventListener(kind, touched, { capture: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) window.removeEventListener(kind, touched, { capture: true });
    };
  }, [afterMs]);
}

/** A test of the way to people runs: told on every screen, and that nobody is in need. */
function Drill() {
  const { home, words } = useTablet();
  if (drillsOf(home.parts.alarms ?? []).length === 0) return null;
  return (
    <p class="drill" role="status">
      {words.emergency.drill}
    </p>
  );
}

/** A page that failed, with everything that counts beside it. */
function Broken() {
  const { words } = useTablet();
  return <Page title={words.frame.broken}>{words.frame.brokenHint}</Page>;
}

/** What stands there: an open alarm before all else, unless somebody comes and she left it. */
function Screen({ isHelpInSight }: { readonly isHelpInSight: boolean }) {
  const { home, words, place } = useTablet();
  const [hasLeft, setLeft] = useState(false);
  useIdle(homeAfterMs, () => setLeft(false));
  const emergency = emergencyOf(home);
  const mayLeave =
    emergency !== undefined &&
    emergency.stale.length === 0 &&
    emergency.unsent === undefined &&
    emergency.alarms.every(({ stage }) => stage === "coming");
  useEffect(() => {
    if (!mayLeave) setLeft(false);
  }, [mayLeave]);
  const { stove } = home.parts;
  const warning = stove?.phase === "warned" ? <StoveWarning stove={stove} /> : null;
  if (emergency !== undefined && !(hasLeft && mayLeave)) {
    return (
      <>
        {warning}
        <EmergencyPage emergency={emergency} leave={mayLeave ? () => setLeft(true) : undefined} />
      </>
    );
  }
  return (
    <>
      {emergency === undefined ? null : (
        <div class="running">
          <BigButton look="alarm" press={() => setLeft(false)}>
            {words.emergency.goBack}
          </BigButton>
        </div>
      )}
      {warning}
      <Drill />
      <Question />
      <Endings />
      <Boundary key={place} instead={<Broken />}>
        {pageOf(place)}
      </Boundary>
      <HelpAtTheEdge isInSight={isHelpInSight} />
    </>
  );
}

/** A screen that rests hides no alarm, no question, and not that no call goes out. */
function mayRest(home: HomeNow): boolean {
  const { question, stove } = home.parts;
  if (emergencyOf(home) !== undefined || wayOf(home) === "none") return false;
  return stove?.phase !== "warned" && question == null;
}

export interface TabletParts {
  readonly credential: Credential;
  readonly language: string;
  readonly chooseLanguage: (language: string) => void;
}

export function Tablet({ credential, language, chooseLanguage }: TabletParts) {
  const [store] = useState(() => openStore(credential));
  const home = useHome(store);
  const words = wordsOf(language);
  const [place, setPlace] = useState<Place>("home");
  const [isHelpInSight, sightOfHelp] = useState(true);
  const said = useAnnouncer({ store, home, words });
  const go = (to: Place): void => {
    hush(settlesMs);
    setPlace(to);
    window.scrollTo(0, 0);
  };
  useIdle(homeAfterMs, () => setPlace("home"));
  useWakefulness();
  const night = isNight(home.wallNow());
  const [isResting, wake] = useRest(said === "" && mayRest(home), night);
  // By night the new page would light the bedroom.
  useNewerPage(home.line === "open", isResting && !night);
  useEffect(() => {
    document.documentElement.dataset["night"] = String(night);
  }, [night]);
  useEffect(() => {
    speak(language);
    document.title = words.title;
  }, [language, words]);
  if (home.line === "refused") return <RefusedPage words={words} phone={home.kept.phone} />;
  const ask: TabletContext["ask"] = (wish) => store.ask(wish);
  const homeLanguage = homeLanguageOf(words);
  const page = { home, words, language, homeLanguage, place, store };
  const context: TabletContext = { ...page, go, ask, chooseLanguage, sightOfHelp };
  return (
    <Context.Provider value={context}>
      <p class={said === "" ? "said empty" : "said"} aria-live="polite">
        {said}
      </p>
      {isResting ? <Resting night={night} wake={wake} /> : <Screen isHelpInSight={isHelpInSight} />}
    </Context.Provider>
  );
}
