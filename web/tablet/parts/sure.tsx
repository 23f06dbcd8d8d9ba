/** A question before something is changed. The careful answer comes first and stands out. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { BigButton } from "./button.tsx";
import { hush, settlesMs } from "./press.ts";

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
