/** Who was told what and when, who looked, and what each module passes on. */
import type { Look, LookWord } from "../../../protocol/living.ts";
import type { ToldView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { momentOf } from "../home/times.ts";
import { Page } from "../parts/page.tsx";
import { type TabletContext, useTablet } from "../tablet-context.ts";

/** On one screen nobody reads more; the care service has the rest. */
const shownMax = 30;

function whenOf({ home, words }: TabletContext, wall: number | undefined): string {
  const now = home.wallNow();
  return wall === undefined || now === undefined ? words.clock.unknown : momentOf(wall, now, words);
}

function Told({ told }: { readonly told: readonly ToldView[] }) {
  const tablet = useTablet();
  const { words, home } = tablet;
  const { privacy, emergency } = words;
  if (told.length === 0) return <p>{privacy.noneTold}</p>;
  return (
    <ul class="rows">
      {told.slice(0, shownMax).map(({ alarmId, who, at, reason, category }) => (
        <li key={`${alarmId} ${who} ${at}`}>
          <strong>
            {fill(privacy.toldWhom, { name: who, when: whenOf(tablet, home.wallOf(at)) })}
          </strong>
          <span>{emergency.reasons[reason] ?? emergency.categories[category]}</span>
        </li>
      ))}
    </ul>
  );
}

const isLookWord = (what: string, known: Readonly<Record<string, string>>): what is LookWord =>
  what in known;

function Looks({ looks }: { readonly looks: readonly Look[] }) {
  const tablet = useTablet();
  const { privacy } = tablet.words;
  if (looks.length === 0) return <p>{privacy.noLooks}</p>;
  return (
    <ul class="rows">
      {looks.slice(0, shownMax).map(({ id, who, role, what, wall_ms }) => (
        <li key={id}>
          <strong>
            {fill(privacy.lookedWho, {
              name: who,
              role: privacy.roles[role] ?? role,
              when: whenOf(tablet, wall_ms),
            })}
          </strong>
          <span>{privacy.what[isLookWord(what, privacy.what) ? what : "other"]}</span>
        </li>
      ))}
    </ul>
  );
}

function PassedOn() {
  const { home, words, homeLanguage } = useTablet();
  const on = (home.parts.modules ?? []).filter((module) => module.on && !module.basis);
  return (
    <ul class="rows">
      {on.map(({ name, title, told }) => (
        <li key={name}>
          <strong>{title[homeLanguage]}</strong>
          <span>{told[homeLanguage]}</span>
        </li>
      ))}
      {on.length === 0 ? <li>{words.frame.unknown}</li> : null}
    </ul>
  );
}

export function PrivacyPage() {
  const { home, words } = useTablet();
  const { privacy } = home.parts;
  const { title, told, toldHint, looks, looksHint, modules } = words.privacy;
  return (
    <Page title={title} backTo="more">
      <h2>{looks}</h2>
      <p>{looksHint}</p>
      {privacy === undefined ? words.frame.unknown : <Looks looks={privacy.looks} />}
      <h2>{told}</h2>
      <p>{toldHint}</p>
      {privacy === undefined ? words.frame.unknown : <Told told={privacy.told} />}
      <h2>{modules}</h2>
      <PassedOn />
    </Page>
  );
}
