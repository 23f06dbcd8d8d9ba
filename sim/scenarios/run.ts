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

/** Resolves when the last step is done. */
export function runScenario(stage: Stage, story: Scenario): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (at: number): void => {
      const step = story.steps[at];
      if (step === undefined) {
        resolve();
        return;
      }
      stage.clock.after(step.after_s * 1000, () => {
        play(stage, step).catch(reject);
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
