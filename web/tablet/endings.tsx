/** The last word about an alarm that is over, for a minute or until it was read. */
import { fill } from "../common/language.ts";
import { outcomeWords } from "./home/memory.ts";
import { BigButton } from "./parts/button.tsx";
import { useTablet } from "./tablet-context.ts";

/** One after the other, the newest first: a list of them would push Hilfe off the screen. */
export function Endings() {
  const { home, words, store } = useTablet();
  const ending = home.memory.endings.at(-1);
  if (ending === undefined) return null;
  const { id, how, outcome, name } = ending;
  const { emergency } = words;
  const plain = how === "forgotten" ? emergency.forgotten : emergency.endedPlain;
  const ended = outcomeWords(emergency.outcomes, outcome);
  const isTold = ended !== undefined && name !== undefined;
  return (
    <div class="endings" role="status">
      <p>{isTold ? fill(emergency.ended, { outcome: ended, name }) : plain}</p>
      <BigButton press={() => store.read(id)}>{emergency.understood}</BigButton>
    </div>
  );
}
