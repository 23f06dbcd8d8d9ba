/** Pause for visitors: what it does, until when, and that it never covers a call for help. */
import type { Instant } from "../../../protocol/time.ts";
import { fill } from "../../common/language.ts";
import { momentOf, spanOf } from "../home/times.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Page } from "../parts/page.tsx";
import { useTick } from "../parts/tick.ts";
import { useTablet } from "../tablet-context.ts";

/** Until when, in words; by how long it still lasts while no clock is trusted. */
export function usePauseWords(until: Instant): string {
  const { home, words } = useTablet();
  const wall = home.wallOf(until);
  const now = home.wallNow();
  if (wall !== undefined && now !== undefined) {
    return fill(words.pause.until, { when: momentOf(wall, now, words) });
  }
  const instant = home.instantNow();
  const left = instant === undefined ? 0 : Math.max(0, until - instant);
  return fill(words.pause.left, { span: spanOf(left, words) });
}

function Running({ until }: { readonly until: Instant }) {
  useTick(60_000);
  const { words } = useTablet();
  const [state, begin] = useAct();
  const said = usePauseWords(until);
  return (
    <>
      <p class="headline" role="status">
        {said}
      </p>
      <BigButton press={() => begin({ kind: "pause", minutes: 0 })}>{words.pause.end}</BigButton>
      <Outcome state={state} />
    </>
  );
}

function Choose() {
  const { words } = useTablet();
  const [state, begin] = useAct();
  const { pause } = words;
  return (
    <>
      <p role="status">{pause.none}</p>
      <h2>{pause.choose}</h2>
      <ul class="choices row">
        {pause.choices.map(({ minutes, words: label }) => (
          <li key={minutes}>
            <BigButton press={() => begin({ kind: "pause", minutes })}>{label}</BigButton>
          </li>
        ))}
      </ul>
      <Outcome state={state} />
    </>
  );
}

export function PausePage() {
  const { home, words } = useTablet();
  const { pause } = home.parts;
  return (
    <Page title={words.pause.title} backTo="more">
      <p>{words.pause.what}</p>
      <p class="stays">{words.pause.stays}</p>
      {pause === undefined ? <p class="headline">{words.frame.unknown}</p> : null}
      {pause?.until == null ? null : <Running until={pause.until} />}
      {pause !== undefined && pause.until === null ? <Choose /> : null}
    </Page>
  );
}
