/** Starts threads of this project, from its sources or as built. */
import { setFlagsFromString } from "node:v8";
import { Worker, type WorkerOptions } from "node:worker_threads";

const fromSource = import.meta.url.endsWith(".ts");

/**
 * Node takes the types out of sources by a WebAssembly program, one for each thread. Of calls from
 * there to JavaScript the engine makes faster ones after a thousand, and where several threads have
 * such a program it may free one of them twice and end the process (nodejs/node, issue 64500): seen
 * here in 2 of some 11,000 starts. So none are made; counted with a debugger, it was one for each
 * start before. What is built has no such program.
 */
const noFasterCalls = "--wasm-wrapper-tiering-budget=2147483647";

/** The file of that name beside the given one, as source or as built. */
export const threadFile = (beside: string, name: string): URL =>
  new URL(`./${name}.${beside.endsWith(".ts") ? "ts" : "js"}`, beside);

/** Throws where the machine has no thread to spare. */
export function startThread(entry: URL, options: WorkerOptions): Worker {
  if (fromSource) setFlagsFromString(noFasterCalls);
  return new Worker(entry, options);
}
