/** What pairing left on disk: the hash of each client's credential, and the order it came from. */
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../platform/whole-file.ts";

export interface PairedClient {
  /** SHA-256 of the credential in hexadecimal; empty where it was taken back. */
  readonly sha256: string;
  /** SHA-256 of the code that was used: it is not used again. */
  readonly code: string;
  /** The latest order to take it back that was carried out. */
  readonly unpair: string;
}

export interface Paired {
  /**
   * The file was damaged once: a credential that is not in it may be one that was taken back, and
   * does not count.
   */
  readonly strict: boolean;
  readonly clients: ReadonlyMap<string, PairedClient>;
}

export const pairedFile = (hubFolder: string): string => join(hubFolder, "paired.json");

/** What is there now, for the command that only looks. */
export const lookAtPaired = async (hubFolder: string): Promise<Paired | undefined> => {
  try {
    return pairedOf(await readFile(pairedFile(hubFolder), "utf8"));
  } catch {
    return undefined;
  }
};

/** Reads the file. One that cannot be read locks out who was not paired anew, and is said. */
export async function readPaired(hubFolder: string, say: (words: string) => void): Promise<Paired> {
  const file = pairedFile(hubFolder);
  try {
    return pairedOf(await readFile(file, "utf8"));
  } catch (thrown) {
    const isMissing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    if (isMissing) return { strict: false, clients: new Map() };
    say(
      `${file} cannot be read (${String(thrown)}). Nobody can tell whose credential was taken` +
        " back, so nobody is let in by one; the buttons work. Pair each tablet again, and give" +
        " other clients their credential by restoring the file from the backup.",
    );
    await copyFile(file, `${file}.damaged`).catch(() => undefined);
    return { strict: true, clients: new Map() };
  }
}

function pairedOf(text: string): Paired {
  const { strict, clients } = JSON.parse(text);
  if (typeof strict !== "boolean") throw new Error("it says nothing about its own state");
  const read = Object.entries(clients as Record<string, Partial<PairedClient>>).map(
    ([name, { sha256, code, unpair }]): [string, PairedClient] => {
      const isWhole = /^(?:[0-9a-f]{64})?$/.test(String(sha256)) && typeof code === "string";
      if (!isWhole || typeof unpair !== "string") throw new Error(`${name} is not whole`);
      return [name, { sha256: String(sha256), code, unpair }];
    },
  );
  return { strict, clients: new Map(read) };
}

/** On disk when it resolves. */
export async function writePaired(hubFolder: string, paired: Paired): Promise<void> {
  const clients = Object.fromEntries(paired.clients);
  await writeWhole(pairedFile(hubFolder), JSON.stringify({ strict: paired.strict, clients }));
}
