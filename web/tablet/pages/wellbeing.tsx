/** "I am well": said by a press, shown as said when the home has it on its disk. */
import { fill } from "../../common/language.ts";
import { momentOf } from "../home/times.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTablet } from "../tablet-context.ts";

function useHint(kind: string): string {
  const { home, words } = useTablet();
  const { wellbeing } = words;
  if (kind === "sending") return wellbeing.sending;
  if (kind === "unanswered" || kind === "refused") return wellbeing.failed;
  const said = home.parts.privacy?.wellbeing ?? undefined;
  const at = said === undefined ? undefined : home.wallOf(said.at);
  const now = home.wallNow();
  if (at !== undefined && now !== undefined) {
    return fill(wellbeing.saidAt, { time: momentOf(at, now, words) });
  }
  return kind === "taken" ? wellbeing.taken : "";
}

export function Wellbeing() {
  const { words } = useTablet();
  const [state, begin] = useAct();
  const hint = useHint(state.kind);
  return (
    <BigButton look="calm" press={() => begin({ kind: "wellbeing" })}>
      <span class="tile-word">
        <Icon name="wellbeing" />
        {words.tiles.wellbeing}
      </span>
      <span class="tile-hint" role="status">
        {hint}
      </span>
    </BigButton>
  );
}
