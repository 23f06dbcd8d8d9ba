/** The real office in a thread that dies or hangs when a file of that name appears beside its pages. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import "../../../care/office/worker.ts";
import type { OfficeSettings, ToOffice } from "../../../care/office/mail.ts";
import type { ToThread } from "../../../platform/thread-words.ts";

function asked(pagesDir: string, word: string): boolean {
  const file = join(pagesDir, word);
  if (!existsSync(file)) return false;
  rmSync(file);
  return true;
}

// A spare thread is not struck: it has not begun.
parentPort?.on("message", (message: ToThread<OfficeSettings, ToOffice>) => {
  if (message.kind !== "begin") return;
  const { pagesDir } = message.data;
  setInterval(() => {
    if (asked(pagesDir, "die")) process.exit(9);
    if (asked(pagesDir, "throw")) throw new Error("a fault of the program");
    if (asked(pagesDir, "hang")) for (;;);
  }, 20).unref();
});
