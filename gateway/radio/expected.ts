/** The devices the home must have, against those the radio knows. Pure. */
import type { RadioFact } from "../../rules/part-facts.ts";
import type { RadioDevice } from "./settings.ts";

/** A device the radio does not know is said aloud: its frames would vanish without a trace. */
export function compare(
  expected: readonly RadioDevice[],
  known: ReadonlySet<string>,
): readonly RadioFact[] {
  return expected.map(({ id, ieee }) => ({
    kind: known.has(ieee) ? "device-found" : "device-missing",
    device: id,
  }));
}
