/**
 * The worker that owns the journal's files. The only thread of the gateway that touches the disk.
 */
import { parentPort, workerData } from "node:worker_threads";
import { watchMemory } from "../../platform/thread-memory.ts";
import { Keeper } from "./keeper.ts";
import type { Request, WorkerData } from "./line.ts";

const keeper = new Keeper(workerData as WorkerData);

watchMemory();

parentPort?.on("message", (request: Request) => {
  parentPort?.postMessage(keeper.answer(request));
  if (request.kind === "close") parentPort?.close();
});
