/** Plays a story on the home's own clock. */
import type { Clock } from "../clock.ts";
import type { Scenario, Step } from "./scenario.ts";

export interface Stage {
  readonly clock: Clock;
  /** Does a command of the prompt. */
  readonly does: (line: string) => Promise<unknown>;
  /** Told each step as it happens. */
  readonly tells: (line: string) => void;
}

/**
 * Resolves when every step is done, the last one too; rejects at the first that cannot be done, and
 * plays none after it.
 */
export function runScenario(stage: Stage, story: Scenario): Promise<void> {
  return new Promise((resolve, reject) => {
    const played: Promise<void>[] = [];
    let isBroken = false;
    const breakOff = (thrown: unknown): void => {
      isBroken = true;
      reject(thrown);
    };
    const next = (at: number): void => {
      const step = story.steps[at];
      if (step === undefined) {
        Promise.all(played).then(() => resolve(), breakOff);
        return;
      }
      stage.clock.after(step.after_s * 1000, () => {
        if (isBroken) return;
        const playing = play(stage, step);
        playing.catch(breakOff);
        played.push(playing);
        next(at + 1);
      });
    };
    next(0);
  });
}

async function play(stage: Stage, step: Step): Promise<void> {
  const command = step.does === undefined ? [] : [`[${step.does}]`];
  stage.tells([...(step.tells === undefined ? [] : [step.tells]), ...command].join(" "));
  if (step.does !== undefined) await stage.does(step.does);
}
