/** Which seeds a simulation runs: a fixed row of them, or the one that failed. */

/** The seeds to run: `OBHUT_SEED=n` for one, `OBHUT_SEEDS=n` for another number of them. */
export function seedsToRun(count = 700): readonly number[] {
  const one = process.env["OBHUT_SEED"];
  if (one !== undefined && one !== "") return [Number(one)];
  const wanted = Number(process.env["OBHUT_SEEDS"] ?? "");
  const length = Number.isInteger(wanted) && wanted > 0 ? wanted : count;
  return Array.from({ length }, (_, at) => at + 1);
}

/** The line that plays a failed seed again. */
export function replayCommand(seed: number, file: string): string {
  return `OBHUT_SEED=${seed} npm test -- ${file}`;
}
