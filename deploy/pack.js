// Writes the smaller forms of a page's files (.br, .gz) beside them, so that the gateway never
// spends a Pi's time and memory on it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = process.argv[2] ?? "dist/web/tablet";
const texts = new Set([".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".txt"]);

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !texts.has(extname(entry.name))) continue;
  const file = join(entry.parentPath, entry.name);
  const body = readFileSync(file);
  for (const [ending, packed] of [
    [".br", brotliCompressSync(body)],
    [".gz", gzipSync(body, { level: 9 })],
  ]) {
    if (packed.length < body.length) writeFileSync(file + ending, packed);
  }
}
