/** Remembers that a home was erased, without its name. */
import { createHash } from "node:crypto";

/** The key in `settings` by which the importer of the configuration file knows the home. */
export const erasedKey = (home: string): string =>
  `erased/${createHash("sha256").update(home).digest("hex")}`;
