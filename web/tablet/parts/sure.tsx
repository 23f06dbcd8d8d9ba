/** A question before something is changed. The careful answer comes first and stands out. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { BigButton } from "./button.tsx";
import { hush, settlesMs } from "./press.ts";

/** Who has not answered by then has gone: a touch hours later must not be the answer. */
const unansweredMs = 60_000;

export interface SureParts {
  readonly question: string;
  readonly no: string;
  readonly yes: string;
  readonly answered: (isSure: boolean) => void;
}

export function Sure({ question, no, yes, answered }: SureParts) {
  const box = useRef<HTMLFieldSetElement>(null);
  useLayoutEffect(() => {
    hush(settlesMs);
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const answer = useRef(answered);
  answer.current = answered;
  useEffect(() => {
    const timer = setTimeout(() => answer.current(false), unansweredMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <fieldset class="sure" ref={box}>
      <legend>{question}</legend>
      <BigButton look="first" press={() => answered(false)}>
        {no}
      </BigButton>
      <BigButton press={() => answered(true)}>{yes}</BigButton>
    </fieldset>
  );
}
