/** What the office answered to a page, asked at its opening and whenever the page wants it anew. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { ask } from "../common/api.ts";

export interface Answered<Value> {
  readonly value: Value | undefined;
  /** Why there is no answer; empty while there is one. */
  readonly why: string;
  readonly again: () => Promise<void>;
}

/** The answer to a GET. `undefined` asks nothing. */
export function useAnswer<Value>(path: string | undefined): Answered<Value> {
  const [value, setValue] = useState<Value>();
  const [why, setWhy] = useState("");
  const again = useCallback(async (): Promise<void> => {
    if (path === undefined) return;
    const answer = await ask<Value>("GET", path);
    if (answer.ok) setValue(answer.value);
    setWhy(answer.ok ? "" : answer.why);
  }, [path]);
  useEffect(() => {
    void again();
  }, [again]);
  return { value, why, again };
}
