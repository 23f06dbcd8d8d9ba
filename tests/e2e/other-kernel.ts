/**
 * Preloaded into a gateway: the machine was started anew. The kernel has another id, its monotonic
 * clock begins at nought, and the wall clock is off by `E2E_WALL_SHIFT_MS`. SIGUSR2 lets an hour and
 * a minute pass at once, as in a machine that was paused.
 */
import fs, { type PathOrFileDescriptor } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const bootFile = "/proc/sys/kernel/random/boot_id";
const pauseNs = 61n * 60_000_000_000n;
const shiftMs = Number(process.env["E2E_WALL_SHIFT_MS"] ?? "0");
const readFile = fs.readFileSync;
const wall = Date.now;
const mono = process.hrtime.bigint;
const began = mono() - BigInt(Math.round(performance.now())) * 1_000_000n;
let paused = 0n;

Date.now = () => wall() + shiftMs;
process.hrtime.bigint = () => mono() - began + paused;
const read = (path: PathOrFileDescriptor, options: BufferEncoding): string =>
  path === bootFile ? "another-kernel\n" : readFile(path, options);
Object.assign(fs, { readFileSync: read });
syncBuiltinESMExports();
if (isMainThread) {
  process.on("SIGUSR2", () => {
    paused += pauseNs;
  });
}
