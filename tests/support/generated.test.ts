import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generatedFiles } from "./generate.ts";

test.each(generatedFiles)("$path is what npm run docs would write", ({ path, content }) => {
  const committed = readFileSync(join(import.meta.dirname, "../..", path), "utf8");
  expect(committed === content(), "run npm run docs, and commit what it writes").toBe(true);
});
