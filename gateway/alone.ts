/**
 * One home, one gateway: two would both be right, and both act. The journal's lock decides; the
 * status socket knows sooner, and also where the disk takes no lock.
 */
import { mkdirSync } from "node:fs";
import { wordsOf } from "../platform/words.ts";
import { exitBusy, OperatorError } from "./errors.ts";
import { askStatus, NobodyThere } from "./health.ts";
import { JournalHeld } from "./journal/lock.ts";

const refusal = (who: string): OperatorError =>
  new OperatorError(`a gateway of this home is running (${who}); stop it first`, exitBusy);

/** Rejects where a gateway runs. One that is there and does not answer may act all the same. */
export async function refuseSecond(socketPath: string): Promise<void> {
  const who = await askStatus(socketPath).then(
    ({ pid }) => `process ${pid}`,
    (thrown: unknown) => (thrown instanceof NobodyThere ? undefined : wordsOf(thrown)),
  );
  if (who !== undefined) throw refusal(who);
}

/** For what `openJournal` rejects with. */
export function refuseHeld(thrown: unknown): never {
  throw thrown instanceof JournalHeld ? refusal("it holds the journal") : thrown;
}

/** The folder of the home. On a disk that takes nothing the gateway runs without. */
export function makeFolder(dataDir: string, say: (words: string) => void): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    say(`${dataDir} cannot be made: ${wordsOf(thrown)}`);
  }
}
