/** A question to the network layer of the stick itself or of a device. */
import { ByteWriter } from "../bytes.ts";
import type { Node } from "../radio.ts";
import { subsystems } from "./frame.ts";
import type { Outcome, Stick } from "./stick.ts";

const ok = Buffer.from([0]);
/** The stick's own short address. */
export const coordinator = 0;

export interface Question {
  readonly nwk: number;
  /** The command of the indication that brings the answer. */
  readonly answer: number;
  readonly own: () => Buffer;
  readonly device: (node: Node) => Buffer | undefined;
}

/** The stick answers for itself at once; a device answers over the air, or never. */
export function askNetwork(stick: Stick, question: Question): Outcome {
  const bring = (rest: Buffer): void => {
    const data = new ByteWriter().u16(question.nwk).bytes(rest).done();
    stick.indicate(subsystems.zdo, question.answer, data);
  };
  const effect = (): void => {
    if (question.nwk === coordinator) bring(question.own());
    else stick.radio.ask(question.nwk, question.device, bring);
  };
  return { reply: ok, effect };
}
