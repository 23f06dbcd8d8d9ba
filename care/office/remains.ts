/** Looks into the bytes of files for words that must not be there any more. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";

async function holds(file: string, wanted: readonly Buffer[]): Promise<boolean> {
  const overlap = Math.max(...wanted.map((word) => word.length)) - 1;
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
      const bytes = Buffer.concat([tail, chunk as Buffer]);
      if (wanted.some((word) => bytes.includes(word))) return true;
      tail = bytes.subarray(Math.max(0, bytes.length - overlap));
    }
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, "code") === "ENOENT") return false;
    throw thrown;
  }
  return false;
}

/**
 * Names of the files in which one of the words stands. JSON writes quotes and accents its own way.
 */
export async function remainsIn(
  files: readonly string[],
  words: readonly string[],
): Promise<readonly string[]> {
  const wanted = words.flatMap((word) => {
    const escaped = JSON.stringify(word).slice(1, -1);
    return [...new Set([word, escaped])].map((text) => Buffer.from(text));
  });
  if (wanted.length === 0) return [];
  const found: string[] = [];
  for (const file of files) if (await holds(file, wanted)) found.push(basename(file));
  return found;
}
