/** The last word about an alarm that is over, for a minute or until it was read. */
import { fill } from "../common/language.ts";
import { outcomeWords } from "./home/memory.ts";
import { BigButton } from "./parts/button.tsx";
import { useTablet } from "./tablet-context.ts";

export function Endings() {
  const { home, words, store } = useTablet();
  const { endings } = home.memory;
  if (endings.length === 0) return null;
  const { emergency } = words;
  return (
    <ul class="endings" role="status">
      {endings.map(({ id, how, outcome, name }) => {
        const plain = how === "forgotten" ? emergency.forgotten : emergency.endedPlain;
        const ended = outcomeWords(emergency.outcomes, outcome);
        const isTold = ended !== undefined && name !== undefined;
        return (
          <li key={id}>
            <span>{isTold ? fill(emergency.ended, { outcome: ended, name }) : plain}</span>
            <BigButton press={() => store.read(id)}>{emergency.understood}</BigButton>
          </li>
        );
      })}
    </ul>
  );
}
