/**
 * The contactor of the stove. It is held by a retriggerable timer that falls at most 10 s after the
 * last change of the pulse line: either level, held, lets go. The optional enable line lets go at
 * once. The mirror contact is closed only while every main contact is open; a cut wire there reads
 * as "on".
 */
import { between, type Duration, type Instant, seconds } from "../../protocol/time.ts";
import type { ActOutcome, Clock } from "../ports.ts";
import type { OutputLine } from "./gpio.ts";

/**
 * Longest time until the timer lets go (hardware.md, "Stove contactor"), and one second for the
 * rest.
 */
const fallsByTimerWithin: Duration = seconds(11);
/** With the enable line only the contactor itself has to move; that takes tens of milliseconds. */
const fallsAtOnceWithin: Duration = seconds(1);

/** How long after a cut the mirror contact may still say that the stove is on. */
export const fallsWithin = (hasEnable: boolean): Duration =>
  hasEnable ? fallsAtOnceWithin : fallsByTimerWithin;

/** Ours: a contactor pulls in within tens of milliseconds. */
const pullsInWithin: Duration = seconds(3);
/**
 * Ours: a timer relay of at most 10 s holds through a pause of 5 s. After a longer one it may have
 * let go, and the next beat would close it again.
 */
const beatsWithin: Duration = seconds(5);

export interface StoveRelayParts {
  readonly clock: Clock;
  readonly pulse: OutputLine;
  readonly enable: OutputLine | undefined;
  /** From the mirror contact; undefined while it cannot be read. */
  readonly mainsClosed: () => boolean | undefined;
  /** It let go although nobody cut it; one sentence for the log. */
  readonly onFall: (sentence: string) => void;
}

interface Waiting {
  readonly wanted: boolean;
  readonly from: Instant;
  readonly within: Duration;
  readonly resolve: (outcome: ActOutcome) => void;
}

export interface StoveRelay {
  cut(): Promise<ActOutcome>;
  give(): Promise<ActOutcome>;
  beat(): void;
  /** Settles what waits for the mirror contact. */
  look(): void;
  stop(): void;
}

/** Starts dropped: nobody gets a hot stove from a restart. */
export function createStoveRelay({
  clock,
  pulse,
  enable,
  mainsClosed,
  onFall,
}: StoveRelayParts): StoveRelay {
  let given = false;
  /** Whether the contactor was seen closed since power was given. */
  let pulledIn = false;
  let beatAt = clock.now();
  let high = false;
  let waiting: readonly Waiting[] = [];

  const low = (): boolean => {
    const enabled = enable?.writeHigh(false) ?? true;
    high = false;
    return pulse.writeHigh(false) && enabled;
  };
  const wait = (wanted: boolean, within: Duration): Promise<ActOutcome> =>
    new Promise((resolve) => {
      waiting = [...waiting, { wanted, from: clock.now(), within, resolve }];
      look();
    });
  const end = (ended: readonly Waiting[], outcome: (one: Waiting) => ActOutcome): void => {
    waiting = waiting.filter((one) => !ended.includes(one));
    for (const one of ended) one.resolve(outcome(one));
  };
  const taken = (one: Waiting): number => between(one.from, clock.now());
  /** Nobody gets a hot stove back unasked: not after a hang, not when the mains return. */
  const stayOff = (why: string): void => {
    given = false;
    low();
    onFall(`${why}: the stove stays off until somebody gives power again`);
  };

  function look(): void {
    const closed = mainsClosed();
    if (given && closed === true) pulledIn = true;
    const late = waiting.some((one) => one.wanted && taken(one) >= one.within);
    if (given && pulledIn && closed === false) stayOff("the stove's contactor fell by itself");
    else if (given && late && !pulledIn) stayOff("the stove's contactor did not pull in");
    const seen = closed === undefined ? "cannot be read" : closed ? "open" : "closed";
    end(
      waiting.filter((one) => one.wanted === closed),
      (one) => ({ ok: true, detail: `mirror contact ${seen} after ${taken(one)} ms` }),
    );
    end(
      waiting.filter((one) => taken(one) >= one.within),
      (one) => ({ ok: false, detail: `mirror contact still ${seen} after ${taken(one)} ms` }),
    );
  }

  low();
  return {
    cut: () => {
      given = false;
      end(
        waiting.filter((one) => one.wanted),
        () => ({ ok: false, detail: "cut meanwhile" }),
      );
      if (!low()) return Promise.resolve({ ok: false, detail: "a pin refused to go low" });
      return wait(false, fallsWithin(enable !== undefined));
    },
    give: () => {
      given = true;
      pulledIn = false;
      beatAt = clock.now();
      enable?.writeHigh(true);
      high = true;
      pulse.writeHigh(true);
      return wait(true, pullsInWithin);
    },
    beat: () => {
      if (!given) return;
      const pause = between(beatAt, clock.now());
      if (pause > beatsWithin) {
        stayOff(`the stove's pulse paused for ${pause} ms`);
        return;
      }
      beatAt = clock.now();
      high = !high;
      pulse.writeHigh(high);
    },
    look,
    stop: () => {
      given = false;
      low();
      end(waiting, () => ({ ok: false, detail: "the GPIO driver stopped" }));
    },
  };
}
