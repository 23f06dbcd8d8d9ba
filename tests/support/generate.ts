/**
 * Writes the files that are made from the program: `npm run docs`. A test holds each of them
 * current.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema } from "../../gateway/config-json.ts";
import { topicsPage } from "./topics-page.ts";

export interface GeneratedFile {
  /** Within the repository. */
  readonly path: string;
  content(): string;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { path: "docs/topics.md", content: topicsPage },
  { path: "gateway/home.schema.json", content: configJsonSchema },
];

if (import.meta.main) {
  for (const { path, content } of generatedFiles) {
    writeFileSync(join(import.meta.dirname, "../..", path), content());
    process.stdout.write(`${path} written\n`);
  }
}
