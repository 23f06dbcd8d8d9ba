/** What the office answered to a page, asked at its opening and whenever the page wants it anew. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Asked, ask } from "../common/api.ts";
import { Newest } from "../common/newest.ts";
import { useDesk } from "./desk-context.ts";
import { mayPass, whyUnseen } from "./refusal.ts";

/** While there is nothing to show, what could not be answered is asked again at this pace. */
const lostAgainMs = 3_000;

export interface Answered<Value> {
  readonly value: Value | undefined;
  /** Why there is no answer; empty while there is one. */
  readonly why: string;
  readonly again: () => Promise<void>;
}

interface Heard<Value> {
  readonly path: string;
  readonly value: Value | undefined;
  readonly answer: Asked<Value>;
}

/**
 * The answer to a GET. `undefined` asks nothing; `again_ms` asks anew at this pace. Where the
 * office did not answer, or could not, a page with nothing to show asks again by itself.
 */
export function useAnswer<Value>(path: string | undefined, again_ms?: number): Answered<Value> {
  const { speech } = useDesk();
  const [heard, setHeard] = useState<Heard<Value>>();
  const wanted = useRef(path);
  wanted.current = path;
  const newest = useRef(new Newest());
  const again = useCallback(async (): Promise<void> => {
    if (path === undefined) return;
    const isNews = newest.current.ask();
    const answer = await ask<Value>("GET", path);
    // By now the page may want something else, or know more.
    if (wanted.current !== path || !isNews()) return;
    setHeard((before) => {
      // What was heard of something else is no answer to this.
      const former = before?.path === path ? before.value : undefined;
      return { path, answer, value: answer.ok ? answer.value : former };
    });
  }, [path]);
  useEffect(() => {
    void again();
    if (again_ms === undefined) return undefined;
    const timer = setInterval(() => void again(), again_ms);
    return () => clearInterval(timer);
  }, [again, again_ms]);
  useEffect(() => {
    if (heard === undefined || heard.value !== undefined) return undefined;
    if (!mayPass(heard.answer)) return undefined;
    const timer = setTimeout(() => void again(), lostAgainMs);
    return () => clearTimeout(timer);
  }, [heard, again]);
  const why = heard === undefined ? "" : whyUnseen(speech, heard.answer);
  return { value: heard?.value, why, again };
}
