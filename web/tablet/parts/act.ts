/** What became of the last press of a button: sent, taken by the home, refused, or unanswered. */
import { useState } from "preact/hooks";
import { useTablet } from "../tablet-context.ts";
import type { Asked, Wish } from "../wire/outbox.ts";

export type ActState = { readonly kind: "idle" | "sending" } | Asked;

/** The state of one act, and how to begin it. */
export function useAct(): readonly [ActState, (wish: Wish) => void] {
  const { ask } = useTablet();
  const [state, setState] = useState<ActState>({ kind: "idle" });
  const begin = (wish: Wish): void => {
    setState({ kind: "sending" });
    void ask(wish).then(setState);
  };
  return [state, begin];
}
