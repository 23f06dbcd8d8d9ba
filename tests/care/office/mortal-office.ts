/** The real office in a thread that dies or hangs when a file of that name appears beside its pages. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import "../../../care/office/worker.ts";

const { pagesDir } = workerData as { readonly pagesDir: string };

function asked(word: string): boolean {
  const file = join(pagesDir, word);
  if (!existsSync(file)) return false;
  rmSync(file);
  return true;
}

setInterval(() => {
  if (asked("die")) process.exit(9);
  if (asked("throw")) throw new Error("a fault of the program");
  if (asked("hang")) for (;;);
}, 20).unref();
