/** What the radio's files have of their own, beside `platform/whole-file.ts`. */
import { rename, rm } from "node:fs/promises";
import { textOf } from "../../platform/whole-file.ts";

export const ownerOnly = 0o600;

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
