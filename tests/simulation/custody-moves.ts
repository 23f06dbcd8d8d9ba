/** Every move that is possible in a world. */

import type { Fact } from "../../rules/events.ts";
import { careEscalation } from "../../rules/machines/escalation.ts";
import { anna, bert, closingBy } from "../support/call-home.ts";
import {
  type Budget,
  carries,
  commit,
  crash,
  deliver,
  escalationIn,
  hear,
  holdsOf,
  linkIn,
  openIn,
  type Parcel,
  type Side,
  type SideName,
  type World,
  wakeUp,
  wipe,
  withNew,
} from "./custody-model.ts";

/** A move with the name it has in a trace. */
export interface Move {
  readonly name: string;
  readonly make: () => World;
}

function spend(world: World, what: keyof Budget): World {
  return { ...world, budget: { ...world.budget, [what]: world.budget[what] - 1 } };
}

/** Copies that nobody may deliver any more do not make a world a different one. */
function swept(world: World): World {
  if (world.budget.copies > 0) return world;
  const parcels = world.parcels.filter((parcel) => parcel.kept !== "stray" || !parcel.heard);
  return parcels.length === world.parcels.length ? world : { ...world, parcels };
}

function deliveries(world: World): readonly Move[] {
  return world.parcels.flatMap((parcel): readonly Move[] => {
    const name = `${parcel.heard ? "copy" : "deliver"} ${parcel.fact.kind} to ${parcel.to}`;
    if (!parcel.heard) return [{ name, make: () => deliver(world, parcel) }];
    if (world.budget.copies === 0) return [];
    return [{ name, make: () => spend(deliver(world, parcel), "copies") }];
  });
}

function diskMoves(world: World, name: SideName): readonly Move[] {
  const side = world[name];
  const moves: Move[] = [];
  const behind = side.engine !== side.disk.engine || side.pledges.length > 0;
  const waits = (parcel: Parcel): boolean => parcel.to === name && parcel.heard;
  if (behind || world.parcels.some((parcel) => waits(parcel) && parcel.kept === "saved")) {
    moves.push({ name: `commit ${name}`, make: () => commit(world, name) });
  }
  if (world.budget.crashes > 0) {
    for (const gapMs of [0, null]) {
      const crashed = (): World => spend(crash(world, name, gapMs), "crashes");
      moves.push({ name: `crash ${name} gap ${gapMs}`, make: crashed });
    }
  }
  return moves;
}

function deadlines(world: World): readonly Move[] {
  const chain = (side: Side) => careEscalation.wakeAt(escalationIn(side.engine));
  const due = [
    ["home", "chain", chain(world.home)],
    ["home", "silence", linkIn(world.home.engine).silentAt ?? undefined],
    ["care", "chain", chain(world.care)],
  ] as const;
  return due.flatMap(([name, what, at]) =>
    at === undefined
      ? []
      : [{ name: `deadline ${name} ${what}`, make: () => wakeUp(world, name, at) }],
  );
}

function beats(world: World): readonly Move[] {
  const { beat } = world;
  const holds = holdsOf(world.care);
  const moves: Move[] = [];
  if (JSON.stringify(beat) !== JSON.stringify(holds)) {
    moves.push({ name: "beat leaves care", make: () => ({ ...world, beat: holds }) });
  }
  if (beat !== null) {
    const arrived: World = { ...world, beat: null };
    const make = (): World => hear(arrived, "home", { kind: "peer-heard", holds: beat });
    moves.push({ name: "beat arrives at home", make });
  }
  const ended = holdsOf(world.home).filter((held) =>
    escalationIn(world.care.engine).closed.some((closed) => closed.alarmId === held.alarmId),
  );
  if (ended.length > 0) {
    const make = (): World => hear(world, "care", { kind: "peer-heard", holds: ended });
    moves.push({ name: "beat arrives at care", make });
  }
  return moves;
}

function answers(world: World, name: SideName, alarmId: string): readonly Move[] {
  if (world.budget.answers === 0) return [];
  const by = name === "care" ? anna : bert;
  return [
    {
      name: `${by.name} accepts at ${name}`,
      make: () =>
        spend(hear(world, name, { kind: "alarm-accepted", alarmId, by, from: "here" }), "answers"),
    },
    {
      name: `${by.name} declines at ${name}`,
      make: () =>
        spend(hear(world, name, { kind: "alarm-declined", alarmId, by, from: "here" }), "answers"),
    },
  ];
}

function closings(world: World, name: SideName, alarmId: string): readonly Move[] {
  if (world.budget.closings === 0) return [];
  const { ledger } = world;
  const closed = withNew(ledger.closed, alarmId);
  const open = openIn(world[name].engine, alarmId);
  const looked = ledger.made
    .filter((press) => open !== undefined && carries(open, press))
    .reduce(withNew, ledger.looked);
  const closing = closingBy(name === "care" ? anna : bert);
  const make = (): World =>
    spend(
      hear({ ...world, ledger: { ...ledger, closed, looked } }, name, {
        kind: "alarm-closed",
        alarmId,
        closing,
        from: "here",
      }),
      "closings",
    );
  return [{ name: `close ${alarmId} at ${name}`, make }];
}

function people(world: World): readonly Move[] {
  const moves: Move[] = [];
  if (world.budget.presses > 0) {
    const id = `press${world.budget.presses}`;
    const ledger = { ...world.ledger, made: withNew(world.ledger.made, id) };
    const pressed: World = { ...world, ledger };
    const press = (): World =>
      spend(hear(pressed, "home", { kind: "button-pressed", device: "sos" }, id), "presses");
    moves.push({ name: id, make: press });
  }
  if (world.budget.words > 0) {
    for (const { alarm } of escalationIn(world.home.engine).open) {
      const said: Fact = { kind: "false-alarm-said", alarmId: alarm.id, client: "tablet" };
      const id = `word${world.budget.words}`;
      const make = (): World => spend(hear(world, "home", said, id), "words");
      moves.push({ name: `"false alarm" ${alarm.id}`, make });
    }
  }
  for (const name of ["home", "care"] as const) {
    for (const { alarm } of escalationIn(world[name].engine).open) {
      moves.push(...answers(world, name, alarm.id), ...closings(world, name, alarm.id));
    }
  }
  return moves;
}

/** Every possible move. */
export function movesOf(world: World): readonly Move[] {
  const moves = [
    ...people(world),
    ...deliveries(world),
    ...diskMoves(world, "home"),
    ...diskMoves(world, "care"),
    ...deadlines(world),
    ...beats(world),
  ];
  if (world.budget.wipes > 0) {
    moves.push({ name: "care loses its disk", make: () => spend(wipe(world), "wipes") });
  }
  return moves.map((move) => ({ name: move.name, make: () => swept(move.make()) }));
}
