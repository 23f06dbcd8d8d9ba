/** What became of the last press, in a sentence; nothing where the page shows it by itself. */
import { useTablet } from "../tablet-context.ts";
import type { ActState } from "./act.ts";

export function Outcome({ state }: { readonly state: ActState }) {
  const { words } = useTablet();
  const isLost = state.kind === "unanswered" || state.kind === "refused";
  return (
    <p class="outcome" role="status">
      {state.kind === "sending" ? words.fixtures.sending : null}
      {isLost ? words.failed : null}
    </p>
  );
}
