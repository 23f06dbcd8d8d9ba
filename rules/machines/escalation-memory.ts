/**
 * A memory that an older version of the program wrote, in the shape of this one. What that version
 * did not keep is at its beginning; nobody is taken for coming who may no longer be.
 */
import type {
  Answer,
  ChainPosition,
  ClosedAlarm,
  EscalationState,
  OpenAlarm,
} from "./escalation-state.ts";

type Older<Whole, Missing extends keyof Whole> = Omit<Whole, Missing> &
  Partial<Pick<Whole, Missing>>;

const answerOf = (answer: Older<Answer, "until" | "lapsed">): Answer => ({
  until: null,
  lapsed: false,
  ...answer,
});

const chainOf = (chain: Older<ChainPosition, "reached">): ChainPosition => ({
  reached: [],
  ...chain,
});

function openOf(open: Older<OpenAlarm, "words" | "deliverBy">): OpenAlarm {
  const { answers, chain } = open;
  return {
    words: [],
    deliverBy: null,
    ...open,
    answers: answers.map(answerOf),
    chain: chain === null ? null : chainOf(chain),
  };
}

const closedOf = (
  closed: Older<ClosedAlarm, "heard" | "alarm" | "heir" | "rest">,
): ClosedAlarm => ({ heard: [], alarm: null, heir: null, rest: [], ...closed });

/** The same memory with everything that this version keeps. */
export function adopted(state: EscalationState): EscalationState {
  return { ...state, open: state.open.map(openOf), closed: state.closed.map(closedOf) };
}
