/** What makes two worlds the same for exploration: the same number for each part of them. */
import { pressAgainAfter } from "../../rules/machines/escalation-state.ts";
import {
  callIn,
  escalationIn,
  linkIn,
  type Parcel,
  type Side,
  type World,
} from "./custody-model.ts";

const numbers = new Map<string, number>();

/** The same text, the same number. */
function numberOf(content: unknown): number {
  const text = JSON.stringify(content);
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

/** The number of a part that never changes once it is made, worked out once. */
function remembered<Part extends object>(content: (part: Part) => unknown) {
  const known = new WeakMap<Part, number>();
  return (part: Part): number => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const found = numberOf(content(part));
    known.set(part, found);
    return found;
  };
}

const fromNow =
  (now: number) =>
  (at: number | null): number | null =>
    at === null ? null : Math.max(at - now, 0);

/** Times count from now. Rounds and the instant of raising change no move. */
function escalationContent(engine: Side["engine"], now: number): unknown {
  const { open, closed, peerLost } = escalationIn(engine);
  const from = fromNow(now);
  const alarms = open.map((one) => [
    one.alarm.id,
    one.holder,
    one.epoch,
    one.unlisted,
    one.answers.map(({ until, ...answer }) => [from(until), ...Object.values(answer)]),
    one.given,
    one.words.map(({ id, nth, taken }) => [id, nth, taken]),
    one.chain === null ? null : [one.chain.step, one.chain.declined],
    from(one.restUntil),
    from(one.dueAt),
    Math.min(now - one.movedAt, pressAgainAfter),
  ]);
  return [
    alarms,
    closed.map((one) => [one.alarmId, one.heard, one.heir, one.rest.map(({ id }) => id)]),
    peerLost,
  ];
}

/** When a sentence is repeated is left out: each one is held against the truth whenever it is said. */
function homeContent(engine: Side["engine"], now: number): unknown {
  const { call, careLost } = callIn(engine);
  const { peer, silentAt } = linkIn(engine);
  return [
    escalationContent(engine, now),
    call === null ? null : [call.alarmId, call.holder, call.withdrawn, call.said],
    call?.coming.map(({ id, until }) => [id, fromNow(now)(until)]),
    call === null ? null : Math.max(call.storedUntil - now, 0),
    careLost,
    peer,
    silentAt === null ? null : Math.max(silentAt - now, 0),
  ];
}

function sideContent(side: Side, content: typeof escalationContent): unknown {
  const same = side.engine === side.disk.engine && side.now === side.disk.now;
  return [
    content(side.engine, side.now),
    same ? "same" : content(side.disk.engine, side.disk.now),
    side.pledges.map(({ id: _id, cause: _cause, ...pledge }) => pledge),
  ];
}

const homeNumber = remembered((side: Side) => sideContent(side, homeContent));
const careNumber = remembered((side: Side) => sideContent(side, escalationContent));

/** Instants inside an offered alarm are left out: they differ only by when the button was pressed. */
const parcelNumber = remembered(({ fact, to, kept, heard }: Parcel) => [
  to,
  kept,
  heard,
  fact.kind === "custody-offered" ? [fact.kind, fact.alarm.id, fact.epoch] : Object.values(fact),
]);

const budgetNumber = remembered((budget: World["budget"]) => Object.values(budget));
const ledgerNumber = remembered((ledger: World["ledger"]) => Object.values(ledger));

/** Two worlds with the same key have the same moves before them. */
export function keyOf(world: World): string {
  const parcels = world.parcels.map(parcelNumber).sort((a, b) => a - b);
  return [
    homeNumber(world.home),
    careNumber(world.care),
    numberOf(world.beat),
    budgetNumber(world.budget),
    ledgerNumber(world.ledger),
    ...parcels,
  ].join(" ");
}
