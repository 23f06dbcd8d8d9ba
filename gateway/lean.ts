/**
 * The gateway keeps its memory small: it starts itself again, in the same process, with the
 * settings of the engine and of the C library that a Pi needs. Figures: docs/decisions/memory.md.
 */

/** Young generations of 1 MB: garbage of a report dies there, and three threads each have one. */
const flags: readonly string[] = ["--max-semi-space-size=1", "--optimize-for-size"];
/**
 * The C library else keeps a heap for each thread that ever allocated, and what a start needed
 * once.
 */
const allocator = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_MMAP_THRESHOLD_: "65536",
};
const mark = "OBHUT_LEAN";

/**
 * Replaces this process by a lean one; returns only in the lean one, or where that cannot be had.
 */
export function becomeLean(): void {
  if (process.env[mark] !== undefined || typeof process.execve !== "function") return;
  const env = { ...process.env, ...allocator, [mark]: "1" };
  const [node = process.execPath, ...words] = process.argv;
  process.execve(process.execPath, [node, ...flags, ...process.execArgv, ...words], env);
}
