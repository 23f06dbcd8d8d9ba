/**
 * The daily question: it stands until the resident has answered, also on a page that was reloaded.
 */
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { useTablet } from "../tablet-context.ts";

export function Question() {
  const { home, words } = useTablet();
  const [state, begin] = useAct();
  if (home.parts.question == null) return null;
  return (
    <section class="question" role="alertdialog" aria-label={words.question}>
      <p class="headline">{words.question}</p>
      <BigButton look="calm" press={() => begin({ kind: "wellbeing" })}>
        {words.tiles.wellbeing}
      </BigButton>
      <Outcome state={state} />
    </section>
  );
}
