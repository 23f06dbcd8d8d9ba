import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LineWriter } from "../../platform/line-writer.ts";
import { openLog } from "../../platform/log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("lines of the log", () => {
  test("are all there, in order, each once", async () => {
    const path = join(folder, "log");
    const writer = new LineWriter(openSync(path, "a"));
    const log = openLog({ name: "test", level: "info", to: writer });
    for (let n = 0; n < 2_000; n += 1) log.info({ n }, "line");
    const lines = () => readFileSync(path, "utf8").split("\n").slice(0, -1);
    await expect.poll(() => lines().length).toBe(2_000);
    expect(lines().map((line) => JSON.parse(line).n)).toEqual([...Array(2_000).keys()]);
  });

  test("are written at once where the process ends", () => {
    const path = join(folder, "log");
    const writer = new LineWriter(openSync(path, "a"));
    writer.write("first\n");
    writer.write("last\n");
    writer.flushSync();
    expect(readFileSync(path, "utf8")).toContain("last\n");
  });

  test("that the disk does not take at the end are given up, and nothing is waited for", () => {
    const writer = new LineWriter(openSync("/dev/full", "w"));
    writer.write("on its way\n");
    writer.write("waiting\n");
    expect(() => writer.flushSync()).not.toThrow();
  });

  test("I9: that nobody reads find no room after a while: first what is less than a warning", async () => {
    const path = join(folder, "pipe");
    spawnSync("mkfifo", [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const writer = new LineWriter(pipe);
    const say = (level: number): void => {
      writer.write(`${JSON.stringify({ level, msg: "x".repeat(1_000) })}\n`);
    };
    for (let n = 0; n < 2_000; n += 1) say(30);
    for (let n = 0; n < 2_000; n += 1) say(50);
    let read = "";
    const chunk = Buffer.alloc(65_536);
    const readOn = (): void => {
      try {
        read += chunk.toString("utf8", 0, readSync(pipe, chunk));
      } catch {
        // Nothing there now; the writer tries again by itself.
      }
    };
    const count = (level: number): number => read.split(`{"level":${level}`).length - 1;
    await expect
      .poll(
        () => {
          for (let n = 0; n < 20; n += 1) readOn();
          return count(50);
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(400);
    expect(count(30)).toBeGreaterThan(400);
    expect(count(30)).toBeLessThan(700);
    // The pipe stays open: lines that still wait would go into whatever file gets its number next.
  });

  test("I1: a full disk behind the log, a closed one, and one that nobody reads end no process", () => {
    const script = `
      import { openLog } from "./platform/log.ts";
      const log = openLog({ name: "test", level: "info" });
      for (let n = 0; n < 100; n += 1) log.info("x".repeat(1000));
      log.fatal("last words");
      setTimeout(() => process.exit(7), 50);`;
    const args = ["--input-type=module-typescript", "-e", script];
    for (const [path, flags] of [
      ["/dev/full", "w"],
      ["/dev/null", "r"],
    ] as const) {
      const stderr = openSync(path, flags);
      const ended = spawnSync(process.execPath, args, {
        stdio: ["ignore", "pipe", stderr],
        timeout: 20_000,
      });
      closeSync(stderr);
      expect(ended.status, path).toBe(7);
    }
  });
});
