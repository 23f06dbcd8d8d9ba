/** What travels to the tablet: little, and nothing that it does not need. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildPages } from "../../sim/demo/pages.ts";
import { root, sourceOf, trackedPaths } from "../house/source.ts";

/** Compressed script of the whole page, in bytes. */
const scriptMax = 100_000;

test("no page takes more of the protocol than types and plain words", () => {
  const pages = trackedPaths().filter((path) => /^web\/.*\.tsx?$/.test(path));
  const taken = pages.flatMap((path) => {
    const { literal } = sourceOf(path, readFileSync(join(root, path), "utf8"));
    const imports = literal.matchAll(/import (?!type )[^;]*?from "[./]*(protocol\/[\w-]+\.ts)"/g);
    return [...imports].map((hit) => [path, hit[1] ?? ""] as const);
  });
  expect(taken.length).toBeGreaterThan(0);
  const withSchemas = taken.filter(([, file]) =>
    /from "zod"/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(withSchemas).toEqual([]);
});

test("the tablet's script is at most 100 kB compressed", () => {
  buildPages();
  const folder = join(root, "dist/web/tablet/assets");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js.gz"));
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = scripts.map((name) => readFileSync(join(folder, name)).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(scriptMax);
});
