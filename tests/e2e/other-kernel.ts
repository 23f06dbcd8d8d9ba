/**
 * Preloaded into a gateway: the machine was started anew. The kernel has another id, its monotonic
 * clock begins at nought, and the wall clock is off by `E2E_WALL_SHIFT_MS`.
 */
import fs, { type PathOrFileDescriptor } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const bootFile = "/proc/sys/kernel/random/boot_id";
const shiftMs = Number(process.env["E2E_WALL_SHIFT_MS"] ?? "0");
const readFile = fs.readFileSync;
const wall = Date.now;
const mono = process.hrtime.bigint;
const began = mono() - BigInt(Math.round(performance.now())) * 1_000_000n;

Date.now = () => wall() + shiftMs;
process.hrtime.bigint = () => mono() - began;
const read = (path: PathOrFileDescriptor, options: BufferEncoding): string =>
  path === bootFile ? "another-kernel\n" : readFile(path, options);
Object.assign(fs, { readFileSync: read });
syncBuiltinESMExports();
