/**
 * What persons answer: coming, or not coming. Answers rest the chain or push it on; they end
 * nothing.
 */
import type { Person } from "../../protocol/alarm.ts";
import { after, type Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { AnswerOrigin } from "../events.ts";
import { goOn, type Moved, stepOf, tellGuest } from "./escalation-chain.ts";
import {
  type Answer,
  answersMax,
  coming,
  escalates,
  type OpenAlarm,
  rests,
  type Scene,
} from "./escalation-state.ts";

/** Who answers, and on which side the answer was given. */
export type Said = { readonly by: Person } & AnswerOrigin;

function answerOf(open: OpenAlarm, by: Person): Answer {
  const known = open.answers.find((answer) => answer.by.id === by.id);
  return known ?? { by, until: null, lapsed: false, heard: 0, given: 0, gave: false };
}

/**
 * Whether an answer that the peer told is older than what is known. Of two answers in the same
 * place (the peer forgot one in a crash) "not coming" holds: help must not be promised by mistake.
 */
function isStale(known: Answer, says: boolean, said: Said): boolean {
  if (said.from === "here" || said.nth > known.heard) return false;
  return said.nth < known.heard || says || known.until === null;
}

/** The alarm with this answer, which is now the newest of the list. `until` is null for "no". */
function answered(open: OpenAlarm, said: Said, until: Instant | null): OpenAlarm {
  const { by } = said;
  const others = open.answers.filter((answer) => answer.by.id !== by.id);
  const known = answerOf(open, by);
  const here = said.from === "here";
  const nth = open.given + 1;
  const answer: Answer = here
    ? { ...known, until, lapsed: false, given: nth, gave: until !== null }
    : { ...known, until, lapsed: false, heard: said.nth };
  return {
    ...open,
    answers: [...others, answer].slice(-answersMax),
    given: here ? nth : open.given,
  };
}

/** What was said here is told to the other side; what the other side told is not. */
function tellPeer(
  kind: "tell-peer-accepted" | "tell-peer-declined",
  open: OpenAlarm,
  said: Said,
): readonly Effect[] {
  if (said.from === "peer") return [];
  return [{ kind, alarmId: open.alarm.id, by: said.by, nth: open.given }];
}

/**
 * The answers that were given on this side, told again with custody: the first telling may have
 * come before the alarm itself, or to a disk that is gone. Their places make the repeat harmless.
 */
export function answersToldAgain(open: OpenAlarm): readonly Effect[] {
  return open.answers
    .filter((answer) => answer.given > 0)
    .map(({ by, given, gave }) => ({
      kind: gave ? "tell-peer-accepted" : "tell-peer-declined",
      alarmId: open.alarm.id,
      by,
      nth: given,
    }));
}

/**
 * A person accepts: the chain rests for `closeWithin`, then goes on if nobody closed. The same
 * person again while it rests changes nothing; once it went on, it is a new acceptance.
 */
export function accepted(before: OpenAlarm, said: Said, scene: Scene): Moved | undefined {
  const { now, plan } = scene.around;
  const known = answerOf(before, said.by);
  if (isStale(known, true, said)) return undefined;
  // What the peer tells is in its order: it may be about to tell a withdrawal in between.
  if (said.from === "here" && known.until !== null && rests(before, now)) return undefined;
  const restUntil = after(now, plan.link.closeWithin);
  const open = answered(before, said, restUntil);
  const waits = open.holder === "self" && escalates(open);
  const dueAt = waits ? restUntil : open.dueAt;
  return {
    open: { ...open, restUntil, dueAt, deliverBy: null, movedAt: now },
    effects: tellPeer("tell-peer-accepted", open, said),
  };
}

function withDeclined(open: OpenAlarm, party: string): OpenAlarm {
  const { chain } = open;
  if (chain === null || !stepOf(chain).tell.includes(party)) return open;
  const others = chain.declined.filter((other) => other !== party);
  return { ...open, chain: { ...chain, declined: [...others, party] } };
}

function allDeclined(open: OpenAlarm): boolean {
  const { chain } = open;
  if (chain === null || chain.declined.length === 0) return false;
  return stepOf(chain).tell.every((party) => chain.declined.includes(party));
}

/**
 * A person does not come. Whoever had accepted withdraws that: with nobody else coming, the chain
 * goes on at once, as it does when every party of a step declined.
 */
export function declined(before: OpenAlarm, said: Said, scene: Scene): Moved | undefined {
  const known = answerOf(before, said.by);
  if (isStale(known, false, said)) return undefined;
  const noted = withDeclined(answered(before, said, null), said.by.id);
  const effects = tellPeer("tell-peer-declined", noted, said);
  const withdrawn = known.until !== null && coming(noted).length === 0;
  const open = withdrawn ? { ...noted, restUntil: null } : noted;
  const idle = withdrawn || (allDeclined(open) && !rests(open, scene.around.now));
  if (!idle || open.holder === "peer" || !escalates(open)) return { open, effects };
  const moved = goOn(open, scene, false);
  return { open: moved.open, effects: [...effects, ...moved.effects] };
}

/**
 * Somebody does not come, and names who is told at once instead, in a step of their own; after it
 * the chain goes on as before. While somebody else is coming it rests as before.
 */
export function handedOver(
  before: OpenAlarm,
  { by, to }: { readonly by: Person; readonly to: Person },
  scene: Scene,
): Moved {
  const said: Said = { by, from: "here" };
  const open = answered(before, said, null);
  const told = tellGuest(open, to, scene);
  const goesOn = coming(open).length === 0 || !rests(open, scene.around.now);
  const { restUntil, dueAt } = open;
  return {
    open: goesOn ? told.open : { ...told.open, restUntil, dueAt, deliverBy: null },
    effects: [...tellPeer("tell-peer-declined", open, said), ...told.effects],
  };
}

/**
 * Who said to come and was not heard of again in time, or before a gap that nobody can measure, is
 * not said to come any longer. Where the answer was given, the other side is told as of a person
 * who does not come: its copy of the answer may be younger than the answer.
 */
export function lapsed(before: OpenAlarm, isOver: (until: Instant) => boolean): Moved | undefined {
  let { given } = before;
  const effects: Effect[] = [];
  const answers = before.answers.map((answer): Answer => {
    if (answer.until === null || !isOver(answer.until)) return answer;
    const over = { ...answer, until: null, lapsed: true };
    if (!answer.gave) return over;
    given += 1;
    const { by } = answer;
    effects.push({ kind: "tell-peer-declined", alarmId: before.alarm.id, by, nth: given });
    return { ...over, given, gave: false };
  });
  const some = answers.some((answer, at) => answer !== before.answers[at]);
  return some ? { open: { ...before, answers, given }, effects } : undefined;
}
