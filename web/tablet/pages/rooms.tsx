/** Lights, shutters and the front door: how they are as far as anybody knows. */
import type { FixtureView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";
import type { TabletWords } from "../words/words.ts";

function stateOf({ kind, level }: FixtureView, { fixtures }: TabletWords): string {
  if (level === null) return fixtures.unknown;
  const words = fixtures.states[kind];
  if (level <= 0) return words.zero;
  return level >= 100 ? words.full : fill(words.part, { percent: Math.round(level) });
}

/** The level of the button that says how it is now; of a dimmed light none may fit. */
const isNow = (fixture: FixtureView, level: number): boolean => fixture.level === level;

function Fixture({ fixture }: { readonly fixture: FixtureView }) {
  const { words } = useTablet();
  const [state, begin] = useAct();
  const { fixtures } = words;
  const { id, kind, room } = fixture;
  const name = `${fixtures.kinds[kind]}, ${words.rooms[room] ?? room}`;
  return (
    <li class="card">
      <h2>{name}</h2>
      <p class="fixture-state">{stateOf(fixture, words)}</p>
      {kind === "door" ? null : (
        <>
          <ul class="choices row">
            {fixtures.set[kind].map(({ level, words: label }) => (
              <li key={level}>
                <BigButton
                  label={`${name}: ${label}`}
                  pressed={isNow(fixture, level)}
                  press={() => begin({ kind: "level", device: id, level })}
                >
                  {label}
                </BigButton>
              </li>
            ))}
          </ul>
          <Outcome state={state} />
        </>
      )}
    </li>
  );
}

export function RoomsPage() {
  const { home, words } = useTablet();
  const { fixtures } = home.parts;
  if (fixtures === undefined)
    return <Page title={words.fixtures.title}>{words.frame.unknown}</Page>;
  if (fixtures.length === 0) return <Page title={words.fixtures.title}>{words.fixtures.none}</Page>;
  return (
    <Page title={words.fixtures.title}>
      <ul class="choices wide">
        {fixtures.map((fixture) => (
          <Fixture key={`${fixture.kind} ${fixture.id}`} fixture={fixture} />
        ))}
      </ul>
    </Page>
  );
}
