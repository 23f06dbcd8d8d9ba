/** What must hold in every reachable world, and what must come about once faults stop. */

import { earliest } from "../../protocol/time.ts";
import type { EngineState } from "../../rules/engine.ts";
import { coming } from "../../rules/machines/escalation-state.ts";
import { falseAlarmSaid } from "../../rules/machines/escalation-words.ts";
import {
  byText,
  carries,
  commit,
  deliver,
  escalationIn,
  hear,
  holdsOf,
  linkIn,
  openIn,
  type Side,
  type World,
  wakeUp,
} from "./custody-model.ts";

const isClosedIn = (engine: EngineState, alarmId: string): boolean =>
  escalationIn(engine).closed.some((closed) => closed.alarmId === alarmId);

/**
 * A crash may put either side back to its disk at any moment: with each memory of the home and each
 * of the care service, one of the two has custody.
 */
export function withoutCustody(
  homes: readonly EngineState[],
  cares: readonly EngineState[],
  alarmId: string,
): readonly string[] {
  const atHome = homes.every((home) => openIn(home, alarmId)?.holder === "self");
  const atCare = cares.every((care) => openIn(care, alarmId) !== undefined);
  return atHome || atCare ? [] : [`I4: nobody has custody of ${alarmId}`];
}

function custodians({ home, care }: World, alarmId: string): readonly string[] {
  return withoutCustody([home.engine, home.disk.engine], [care.engine, care.disk.engine], alarmId);
}

function twice(engine: EngineState): boolean {
  const { open } = escalationIn(engine);
  return new Set(open.map((one) => one.alarm.id)).size !== open.length;
}

/** Alarms that were on the home's disk and that no person closed. */
const mustLive = ({ ledger }: World): readonly string[] =>
  ledger.onDisk.filter((alarmId) => !ledger.closed.includes(alarmId));

function lost(world: World): readonly string[] {
  const { home, care, ledger } = world;
  const found: string[] = [];
  for (const alarmId of mustLive(world)) {
    if (!ledger.wiped) found.push(...custodians(world, alarmId));
    if (openIn(home.disk.engine, alarmId) === undefined) {
      found.push(`I3: the home forgot ${alarmId}, and no person closed it`);
    }
  }
  for (const alarmId of ledger.stored) {
    const known = openIn(home.disk.engine, alarmId) ?? openIn(care.disk.engine, alarmId);
    if (known === undefined && !ledger.closed.includes(alarmId)) {
      found.push(`I2: ${alarmId} was said to be stored, and is not`);
    }
  }
  return found;
}

function ended(world: World, engine: EngineState): readonly string[] {
  const found: string[] = twice(engine) ? ["I5: one alarm is open twice"] : [];
  for (const { alarmId } of escalationIn(engine).closed) {
    if (!world.ledger.closed.includes(alarmId)) found.push(`I3: ${alarmId} ended without a person`);
    if (openIn(engine, alarmId) !== undefined) found.push(`I3: ${alarmId} is open and closed`);
  }
  return found;
}

/** A press is over when a person who knew of it closed what it belongs to, and not before. */
function unlooked({ home, ledger }: World): readonly string[] {
  return ledger.pressed.flatMap((press) => {
    if (ledger.looked.includes(press)) return [];
    const kept = [home.engine, home.disk.engine].every((memory) =>
      escalationIn(memory).open.some((open) => carries(open, press)),
    );
    return kept ? [] : [`I3: ${press} is over, and whoever ended it did not know of it`];
  });
}

/** Every truth that this world breaks, by the number of its invariant. */
export function broken(world: World): readonly string[] {
  return [
    ...world.ledger.lies.map((lie) => `I2: said and not true: ${lie}`),
    ...lost(world),
    ...unlooked(world),
    ...ended(world, world.home.engine),
    ...ended(world, world.care.engine),
  ];
}

const wake = (side: Side) =>
  earliest(...escalationIn(side.engine).open.map((open) => open.dueAt ?? undefined));

/** Faults stop: what is kept arrives, beats come, disks write. What was only in the air is lost. */
function calm(world: World): World {
  let next = commit(commit(world, "home"), "care");
  next = { ...next, beat: null, parcels: next.parcels.filter((parcel) => parcel.kept === "saved") };
  for (let turn = 0; turn < 12; turn += 1) {
    for (const parcel of [...next.parcels]) {
      if (!parcel.heard && next.parcels.includes(parcel)) next = deliver(next, parcel);
    }
    next = commit(commit(next, "home"), "care");
    next = { ...next, parcels: next.parcels.filter((parcel) => !parcel.heard) };
    next = hear(next, "home", { kind: "peer-heard", holds: holdsOf(next.care) });
    next = hear(next, "care", { kind: "peer-heard", holds: holdsOf(next.home) });
    next = commit(commit(next, "home"), "care");
  }
  return next;
}

/** Without crashes both sides know the same people to come, in whatever order they heard. */
function comingApart({ home, care, ledger }: World): readonly string[] {
  if (ledger.crashed || ledger.wiped) return [];
  return escalationIn(home.engine).open.flatMap((open) => {
    const there = openIn(care.engine, open.alarm.id);
    if (there === undefined) return [];
    // Each side ends a promise by its own clock: that one is ahead is no difference of opinion.
    const over = [open, there].flatMap(({ answers }) =>
      answers.filter(({ lapsed }) => lapsed).map(({ by }) => by.name),
    );
    const [here, other] = [open, there].map((side) =>
      coming(side)
        .map((by) => by.name)
        .filter((name) => !over.includes(name))
        .sort(byText)
        .join(" "),
    );
    return here === other ? [] : [`I2: "${here}" come at home, "${other}" at care`];
  });
}

/** Whoever decides at the care service knows the last word of the home. */
function wordsApart({ home, care, ledger }: World): readonly string[] {
  if (ledger.crashed || ledger.wiped) return [];
  return escalationIn(home.engine).open.flatMap((open) => {
    const there = openIn(care.engine, open.alarm.id);
    return there === undefined || falseAlarmSaid(there) === falseAlarmSaid(open)
      ? []
      : [`I2: the last word on ${open.alarm.id} is not known at care`];
  });
}

/** Presses that nobody at the care service can know of, although everything arrived. */
function unheard({ care, ledger }: World): readonly string[] {
  return ledger.pressed
    .filter((press) => !ledger.looked.includes(press))
    .filter((press) => !escalationIn(care.engine).open.some((open) => carries(open, press)))
    .map((press) => `I4: nobody at care is told of ${press}`);
}

/** What does not come about when faults stop now and the link is whole. */
export function unhealed(world: World): readonly string[] {
  const healed = calm(world);
  const { home, care, parcels } = healed;
  const found: string[] = [
    ...comingApart(healed),
    ...wordsApart(healed),
    ...unheard(healed),
    ...parcels.map((parcel) => `a ${parcel.fact.kind} is sent without end`),
  ];
  for (const { alarm, holder } of escalationIn(home.engine).open) {
    if (holder !== "peer") found.push(`I4: custody of ${alarm.id} is never taken`);
    if (isClosedIn(care.engine, alarm.id)) found.push(`I3: ${alarm.id} is closed only at care`);
  }
  for (const { alarm, dueAt, chain } of escalationIn(care.engine).open) {
    if (dueAt === null || chain === null) found.push(`I4: nothing goes on for ${alarm.id}`);
    if (isClosedIn(home.engine, alarm.id)) found.push(`I3: ${alarm.id} is closed only at home`);
  }
  for (const alarmId of mustLive(healed)) {
    if (openIn(care.engine, alarmId) === undefined) found.push(`I4: ${alarmId} is not with care`);
  }
  return found;
}

/** What does not come about when the link stays cut from now on, however long it lasts. */
export function unheardAlone(world: World): readonly string[] {
  let next: World = { ...world, parcels: [], beat: null };
  for (let turn = 0; turn < 8; turn += 1) {
    const at = earliest(wake(next.home), linkIn(next.home.engine).silentAt ?? undefined);
    if (at !== undefined) next = wakeUp(next, "home", at);
  }
  return escalationIn(next.home.engine).open.flatMap((open) =>
    open.holder === "self" && open.chain !== null && open.dueAt !== null
      ? []
      : [`I4: cut off, the home tells nobody of ${open.alarm.id}`],
  );
}
