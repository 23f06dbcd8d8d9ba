/**
 * Every interleaving of press, message, loss, copy, crash, deadline, beat, answer and closing, up to a
 * depth counted from the start and from three worlds in the middle of a call. A message that is never
 * delivered is a lost one. `OBHUT_DEPTH=8 npm test -- tests/simulation/custody-exploration.test.ts`
 * looks one move deeper everywhere, in about six times the time.
 */
import { describe, expect, test } from "vitest";
import { keyOf } from "./custody-key.ts";
import { type Budget, newWorld, realMachines, type World } from "./custody-model.ts";
import { movesOf } from "./custody-moves.ts";
import { broken, unhealed, unheardAlone } from "./custody-truths.ts";
import { custodyMutants } from "./emergency-mutants.ts";
import { explore } from "./explore.ts";

const depth = Number(process.env["OBHUT_DEPTH"] ?? 7);
/** Nothing is timed: this only keeps a deeper search from being ended from outside. */
const patience_ms = 3_600_000;

interface Root {
  readonly name: string;
  readonly world: World;
}

function walk(from: World, ...names: readonly string[]): World {
  let world = from;
  for (const name of names) {
    const move = movesOf(world).find((one) => one.name === name);
    if (move === undefined) throw new Error(`${name} is not possible here`);
    world = move.make();
  }
  return world;
}

function found(roots: readonly Root[], moves: number): readonly string[] {
  const model = {
    roots,
    moves: movesOf,
    key: keyOf,
    broken: (world: World, asked: boolean) =>
      asked ? [...broken(world), ...unhealed(world), ...unheardAlone(world)] : broken(world),
  };
  return explore(model, moves).found;
}

const start = (budget: Budget, machines = realMachines): Root => ({
  name: "start",
  world: newWorld(budget, machines),
});

/** A call that the care service has, one that the home carries alone, one that Anna comes to. */
function middles(budget: Budget, machines = realMachines): readonly Root[] {
  const calm = newWorld(budget, machines);
  const stored = walk(calm, `press${budget.presses}`, "commit home");
  const withCare = walk(
    stored,
    "deliver custody-offered to care",
    "commit care",
    "deliver custody-taken to home",
    "commit home",
  );
  const alone = walk(stored, "deadline home silence", "commit home");
  const coming = walk(
    withCare,
    "Anna accepts at care",
    "commit care",
    "deliver alarm-accepted to home",
    "commit home",
  );
  return [
    { name: "with care", world: withCare },
    { name: "alone", world: alone },
    { name: "coming", world: coming },
  ];
}

describe("custody, every interleaving up to a depth", () => {
  const all = { presses: 2, crashes: 2, copies: 1, answers: 2, closings: 1, wipes: 0, words: 0 };
  const wiped = { presses: 2, crashes: 1, copies: 0, answers: 1, closings: 1, wipes: 1, words: 0 };
  const spoken = { ...wiped, copies: 1, wipes: 0, words: 1 };
  const plain = { presses: 1, crashes: 2, copies: 1, answers: 0, closings: 0, wipes: 0, words: 0 };

  test(
    "I2 I3 I4 I5: always a custodian, no alarm lost, no promise untrue, from the start",
    () => expect(found([start(all)], depth)).toEqual([]),
    patience_ms,
  );

  test(
    "I2 I3 I4 I5: the same from the middle of a call",
    () => expect(found(middles(all), depth - 2)).toEqual([]),
    patience_ms,
  );

  test(
    "I4 I5: custody alone, without people, deeper",
    () => expect(found([start(plain)], depth + 3)).toEqual([]),
    patience_ms,
  );

  test(
    'I2 I3: no cry and no "false alarm" is lost, taken for the other, or said to be told too soon',
    () => {
      expect(found([start(spoken)], depth - 1)).toEqual([]);
      expect(found(middles(spoken), depth - 2)).toEqual([]);
    },
    patience_ms,
  );

  test(
    "I3 I4: a care service that loses its disk gets every open alarm back",
    () => {
      expect(found([start(wiped)], depth - 1)).toEqual([]);
      expect(found(middles(wiped), depth - 2)).toEqual([]);
    },
    patience_ms,
  );
});

describe("the exploration itself", () => {
  const whole = { presses: 2, crashes: 1, copies: 1, answers: 2, closings: 1, wipes: 0, words: 1 };
  const wiped = { ...whole, copies: 0, wipes: 1, words: 0 };
  const search = (machines = realMachines): readonly string[] => {
    const roots = [...middles(whole, machines), ...middles(wiped, machines)];
    const first = found([start(whole, machines)], 5);
    return first.length > 0 ? first : found(roots, 4);
  };

  test(
    "condemns nothing of the rules as they are",
    () => expect(search()).toEqual([]),
    patience_ms,
  );

  test.each(custodyMutants)(
    "condemns it when it is not so that $breaks",
    ({ machines }) => expect(search(machines)).not.toEqual([]),
    patience_ms,
  );

  test("finds a broken truth by a shortest way, and counts each world once", () => {
    const model = {
      roots: [{ name: "zero", world: 0 }],
      moves: (world: number) => [
        { name: "+1", make: () => world + 1 },
        { name: "+3", make: () => world + 3 },
      ],
      key: String,
      broken: (world: number) => (world === 7 ? ["seven"] : []),
    };
    expect(explore(model, 9).found).toEqual(["seven", "zero → +1 → +3 → +3"]);
    expect(explore(model, 2)).toMatchObject({ found: [], worlds: 5, perDepth: [2, 5] });
  });
});
