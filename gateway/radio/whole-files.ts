/** Files that are read whole, and written whole or not at all, also over a power cut. */
import { open, readFile, rename, rm } from "node:fs/promises";

export const ownerOnly = 0o600;

/** Undefined where there is no such file. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** As `textOf`; what is there and cannot be read is moved out of the way, as if it were not. */
export async function textOrAside(file: string): Promise<string | undefined> {
  try {
    return await textOf(file);
  } catch {
    const aside = `${file}.unreadable`;
    await rm(aside, { recursive: true, force: true });
    await rename(file, aside);
    return undefined;
  }
}

/** Content and length are on the disk when this resolves; its name may not be. */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "w", ownerOnly);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function writeWhole(file: string, text: string): Promise<void> {
  const fresh = `${file}.fresh`;
  await writeSynced(fresh, text);
  await rename(fresh, file);
}
