/** Files that are read whole, and written whole or not at all, also over a power cut. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Undefined where there is no such file. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Content and length are on the disk when this resolves; its name may not be. */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file that only its owner may read. When this resolves it is on disk, name and all;
 * before, or when this rejects, what was there before still is. One writer at a time.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  await writeSynced(draft, text);
  await rename(draft, file);
  // The name itself is on disk only once its folder is.
  const names = await open(folder, "r");
  try {
    await names.sync();
  } finally {
    await names.close();
  }
}
