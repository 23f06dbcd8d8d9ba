/** The home screen: what time it is, whether a call would arrive, and six targets. */
import { faultsOf, wayOf } from "../home/truth.ts";
import { BigButton } from "../parts/button.tsx";
import { HelpButton } from "../parts/help.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { type Place, useTablet } from "../tablet-context.ts";
import { Clock } from "./clock.tsx";
import { NoWay } from "./no-way.tsx";
import { Wellbeing } from "./wellbeing.tsx";

/** One line that is true: ready is said only while home and care service are both heard. */
function Readiness() {
  const { home, words } = useTablet();
  const { frame } = words;
  const way = wayOf(home);
  if (way === "none") return <NoWay />;
  const checking = home.life === "waiting" ? frame.waiting : frame.careUnknown;
  return (
    <p class={`readiness ${way}`} role="status">
      {way === "ready" ? frame.ready : checking}
    </p>
  );
}

function Faults() {
  const { home, words } = useTablet();
  const faults = faultsOf(home.parts.alarms ?? []);
  if (faults.length === 0) return null;
  const { advice, categories, reasons } = words.emergency;
  const sentences = faults.map(({ reason, category }) =>
    `${reasons[reason] ?? categories[category]} ${advice[reason] ?? ""}`.trim(),
  );
  // Said once of several devices: a list of them would push Hilfe off the screen.
  return (
    <div class="faults" role="status">
      {[...new Set(sentences)].map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

interface TileParts {
  readonly place: Place & IconName;
  readonly word: string;
  readonly hint?: string;
}

function Tile({ place, word, hint = "" }: TileParts) {
  const { go } = useTablet();
  return (
    <BigButton press={() => go(place)}>
      <span class="tile-word">
        <Icon name={place} />
        {word}
      </span>
      {hint === "" ? null : <span class="tile-hint">{hint}</span>}
    </BigButton>
  );
}

export function HomePage() {
  const { home, words } = useTablet();
  const { tiles, stove } = words;
  const { phases } = stove;
  const phase = home.parts.stove === null ? undefined : (home.parts.stove?.phase ?? "unknown");
  return (
    <section class="home">
      <h1 class="unseen">{words.title}</h1>
      <div class="home-head">
        <Clock />
        <Readiness />
        <Faults />
      </div>
      <HelpButton size="great" />
      <nav class="tiles">
        <Tile place="stove" word={tiles.stove} hint={phase === undefined ? "" : phases[phase]} />
        <Tile place="rooms" word={tiles.rooms} />
        <Tile place="services" word={tiles.services} />
        <Tile place="more" word={tiles.more} />
        <Wellbeing />
      </nav>
    </section>
  );
}
