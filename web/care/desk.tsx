/** The frame of the desk: where one can go, whether the server lives, and the sound. */
import { useEffect, useState } from "preact/hooks";
import type { Me } from "../../protocol/care-views.ts";
import { type Asked, ask } from "../common/api.ts";
import { wordOf } from "../common/language.ts";
import { isSoundOn, wakeSound } from "../common/sound.ts";
import { Accounts } from "./accounts.tsx";
import { AgreementPage } from "./agreement-page.tsx";
import { AlarmPage } from "./alarm-page.tsx";
import { AlarmList } from "./alarms.tsx";
import { DeskContext, type DeskState, useDesk } from "./desk-context.ts";
import { Faults } from "./faults.tsx";
import { Wrong } from "./field.tsx";
import { History } from "./history.tsx";
import { HomePage } from "./home-page.tsx";
import { Homes } from "./homes.tsx";
import { useLive } from "./live-state.ts";
import { Lost } from "./lost.tsx";
import { whyNot } from "./refusal.ts";
import { hrefOf, type Place, usePlace } from "./route.ts";
import { Services } from "./services.tsx";
import { soundAlarm } from "./sound.ts";
import type { Speech } from "./speech.ts";
import { Statistics } from "./statistics.tsx";

/** Each part of the desk, with the action that opens it. */
const sections = [
  ["alarms", "alarms-see"],
  ["homes", "homes-see"],
  ["services", "services-see"],
  ["faults", "faults-see"],
  ["history", "history-see"],
  ["statistics", "statistics-see"],
  ["accounts", "accounts-see"],
] as const;

/** A place that stands within a section of another name. */
const within: Readonly<Record<string, string>> = {
  alarm: "alarms",
  home: "homes",
  agreement: "homes",
};

/** As long as nobody has taken an alarm, it is heard again. */
const soundAgainMs = 8_000;
const lookAtSoundMs = 1_000;

function Section({ place }: { readonly place: Place }) {
  const [section, home = "", alarm = ""] = place;
  // What was typed about one home or alarm must never stand beside another: hence the keys.
  switch (section) {
    case "alarm":
      return <AlarmPage key={`${home}/${alarm}`} home={home} alarm={alarm} />;
    case "homes":
      return <Homes />;
    case "home":
      return <HomePage key={home} home={home} />;
    case "agreement":
      return <AgreementPage key={home} home={home} />;
    case "services":
      return <Services />;
    case "faults":
      return <Faults />;
    case "history":
      return <History />;
    case "statistics":
      return <Statistics />;
    case "accounts":
      return <Accounts />;
    default:
      return <AlarmList />;
  }
}

/** Sounds while an open alarm has nobody coming. */
function useAlarmSound({ alarms, alive }: DeskState): void {
  const waits = (alarms ?? []).some(
    ({ coming, level, drill }) => coming.length === 0 && level === "alarm" && !drill,
  );
  useEffect(() => {
    if (!waits && alive) return;
    soundAlarm();
    const timer = setInterval(soundAlarm, soundAgainMs);
    return () => clearInterval(timer);
  }, [waits, alive]);
}

/** A browser may take the sound away by itself; what is shown of it must be true. */
function useSound(): readonly [boolean, () => Promise<void>] {
  const [hasSound, setSound] = useState(isSoundOn);
  useEffect(() => {
    const timer = setInterval(() => setSound(isSoundOn()), lookAtSoundMs);
    return () => clearInterval(timer);
  }, []);
  const tryOut = async (): Promise<void> => {
    setSound(await wakeSound());
    // Only an ear can tell whether the loudspeaker is on.
    soundAlarm();
  };
  return [hasSound, tryOut];
}

/** Where this person is: the first section of their own, where none or a closed one is wanted. */
function openPlace(place: Place, may: readonly string[]): Place {
  const isOpen = ([, action]: (typeof sections)[number]): boolean => may.includes(action);
  const wanted = sections.find(([name]) => name === place[0]);
  if (place.length > 0 && (wanted === undefined || isOpen(wanted))) return place;
  return [sections.find(isOpen)?.[0] ?? "alarms"];
}

function Frame({ leave }: { readonly leave: () => void }) {
  const desk = useDesk();
  const { speech, me, alarms } = desk;
  const { own } = speech;
  const place = openPlace(usePlace(), me.may);
  const [hasSound, tryOut] = useSound();
  useAlarmSound(desk);
  const [section = ""] = place;
  const here = wordOf(within, section) ?? section;
  const count = alarms?.length ?? 0;
  const [stays, setStays] = useState<Asked<unknown>>();
  const logout = async (): Promise<void> => {
    const answer = await ask("POST", "/api/logout", {});
    // Whoever comes next to this machine must not be let in by a session that goes on.
    if (answer.ok || answer.status === 401) leave();
    else setStays(answer);
  };
  return (
    <>
      <header class="frame">
        <nav aria-label={own.navName}>
          {sections
            .filter(([, action]) => me.may.includes(action))
            .map(([name]) => (
              <a
                key={name}
                href={hrefOf(name)}
                {...(here === name ? { "aria-current": "page" } : {})}
              >
                {own.nav[name]}
                {name === "alarms" && count > 0 ? <span class="count">{count}</span> : null}
              </a>
            ))}
        </nav>
        {me.may.includes("alarms-see") ? (
          <button type="button" class={hasSound ? "" : "silent"} onClick={() => void tryOut()}>
            {hasSound ? own.soundOn : own.soundOff}
          </button>
        ) : null}
        <button type="button" onClick={() => void logout()}>
          {own.logout} ({me.name})
        </button>
        <Wrong>{stays === undefined ? "" : whyNot(speech, stays)}</Wrong>
      </header>
      <main>
        <Section place={place} />
      </main>
    </>
  );
}

export interface DeskParts {
  readonly speech: Speech;
  readonly me: Me;
  readonly leave: () => void;
}

export function Desk({ speech, me, leave }: DeskParts) {
  const { heardAt, ...live } = useLive(me.may.includes("live"));
  return (
    <DeskContext.Provider value={{ speech, me, ...live }}>
      {live.alive ? null : <Lost heardAt={heardAt} leave={leave} />}
      <Frame leave={leave} />
    </DeskContext.Provider>
  );
}
