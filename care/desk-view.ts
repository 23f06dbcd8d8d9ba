/** A home as the desks see it, from the state of its rules. Pure. */
import { personOf } from "../protocol/agreement.ts";
import type { DeskAlarm, DeskState } from "../protocol/desk.ts";
import type { HomePlan } from "../protocol/home.ts";
import { earliest, type Instant, type WallTime } from "../protocol/time.ts";
import type { EngineState } from "../rules/engine.ts";
import { careStates } from "../rules/index.ts";
import { stepOf } from "../rules/machines/escalation-chain.ts";
import type { OpenAlarm } from "../rules/machines/escalation-state.ts";
import { falseAlarmSaid, newestWord } from "../rules/machines/escalation-words.ts";
import { shownLink } from "../rules/machines/home-link.ts";

function alarmView(open: OpenAlarm, plan: HomePlan): DeskAlarm {
  const { alarm, epoch, answers, chain, dueAt, deliverBy } = open;
  const { tell, guest } = chain === null ? { tell: [], guest: undefined } : stepOf(chain);
  const word = newestWord(open);
  return {
    alarm,
    epoch,
    coming: answers.filter(({ until }) => until !== null).map(({ by }) => by),
    lapsed: answers.filter(({ lapsed }) => lapsed).map(({ by }) => by),
    declined: answers.filter(({ until, lapsed }) => until === null && !lapsed).map(({ by }) => by),
    falseAlarmSaid: falseAlarmSaid(open),
    note: word === undefined ? null : { what: word.note, at_ms: word.at },
    told: tell.map((party) => personOf(plan.agreement, party, guest?.name)),
    step: chain?.step ?? 0,
    round: chain?.round ?? 0,
    reached: [...(chain?.reached ?? [])],
    due_ms: earliest(dueAt ?? undefined, deliverBy ?? undefined) ?? null,
  };
}

/** The view as of `now`. */
export function deskView(
  plan: HomePlan,
  state: EngineState,
  at: { readonly now: Instant; readonly wall: WallTime },
): DeskState {
  const { escalation, homeLink } = careStates(state);
  return {
    home: plan.home,
    at_ms: at.now,
    wall_ms: at.wall.wall_ms,
    wall_trusted: at.wall.trusted,
    link: shownLink(homeLink),
    alarms: escalation.open.map((open) => alarmView(open, plan)),
  };
}
