/** The frame of the desk: where one can go, whether the server lives, and the sound. */
import { useEffect, useState } from "preact/hooks";
import type { Me } from "../../protocol/care-views.ts";
import { ask } from "../common/api.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { Accounts } from "./accounts.tsx";
import { AgreementPage } from "./agreement-page.tsx";
import { AlarmPage } from "./alarm-page.tsx";
import { AlarmList } from "./alarms.tsx";
import { DeskContext, type DeskState, useDesk } from "./desk-context.ts";
import { Faults } from "./faults.tsx";
import { History } from "./history.tsx";
import { HomePage } from "./home-page.tsx";
import { Homes } from "./homes.tsx";
import { useLive } from "./live-state.ts";
import { hrefOf, type Place, usePlace } from "./route.ts";
import { Services } from "./services.tsx";
import { isSoundOn, soundAlarm, switchSoundOn } from "./sound.ts";
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

function Section({ place }: { readonly place: Place }) {
  const [section, home, alarm] = place;
  switch (section) {
    case "alarm":
      return <AlarmPage home={home ?? ""} alarm={alarm ?? ""} />;
    case "homes":
      return <Homes />;
    case "home":
      return <HomePage home={home ?? ""} />;
    case "agreement":
      return <AgreementPage home={home ?? ""} />;
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

function Frame({ leave }: { readonly leave: () => void }) {
  const desk = useDesk();
  const { speech, me, alarms } = desk;
  const { own } = speech;
  const place = usePlace();
  const [hasSound, setSound] = useState(isSoundOn);
  useAlarmSound(desk);
  const here = within[place[0] ?? "alarm"] ?? place[0];
  const count = alarms?.length ?? 0;
  const logout = async (): Promise<void> => {
    await ask("POST", "/api/logout", {});
    leave();
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
          <button
            type="button"
            class={hasSound ? "" : "silent"}
            onClick={() => void switchSoundOn().then(setSound)}
          >
            {hasSound ? own.soundOn : own.soundOff}
          </button>
        ) : null}
        <button type="button" onClick={() => void logout()}>
          {own.logout} ({me.name})
        </button>
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
  const { own, language } = speech;
  return (
    <DeskContext.Provider value={{ speech, me, ...live }}>
      {live.alive ? null : (
        <p role="alert" class="lost">
          {own.lost} {fill(own.lostSince, { time: timeOfDay(heardAt, Date.now(), language) })}
        </p>
      )}
      <Frame leave={leave} />
    </DeskContext.Provider>
  );
}
