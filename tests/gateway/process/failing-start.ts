/** Preloaded into a gateway: what its start needs after the journal is open is not to be had. */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const randomBytes = crypto.randomBytes;
const failing = (size: number): Buffer => {
  // The id of a run; nothing before the journal asks for so few.
  if (size === 6) throw new Error("no chance left in this machine");
  return randomBytes(size);
};
if (isMainThread) {
  Object.assign(crypto, { randomBytes: failing });
  syncBuiltinESMExports();
}
