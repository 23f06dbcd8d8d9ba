/** The office's thread: pages, accounts and messages to people, apart from custody and chains. */
import { parentPort, workerData } from "node:worker_threads";
import type { OfficeSettings, ToCore, ToOffice } from "./mail.ts";
import { type Office, openOffice } from "./office.ts";

const port = parentPort;
if (port === null) throw new Error("care/office/worker runs as a worker thread only");

const tell = (message: ToCore): void => port.postMessage(message);

let office: Office | undefined;
/** What came while the office was opening, in order. */
let early: ToOffice[] = [];

function take(message: ToOffice): void {
  if (office === undefined) early.push(message);
  else if (message.kind === "close") end(office);
  else office.hear(message);
  tell({ kind: "handled", count: 1 });
}

function end(open: Office): void {
  open.close().then(
    () => port?.close(),
    () => process.exit(1),
  );
}

port.on("message", take);
try {
  office = await openOffice(workerData as OfficeSettings, tell);
  const waiting = early;
  early = [];
  for (const message of waiting) {
    if (message.kind === "close") end(office);
    else office.hear(message);
  }
  tell({ kind: "open", port: office.port });
} catch (thrown) {
  tell({ kind: "closed-port", why: thrown instanceof Error ? thrown.message : String(thrown) });
  port.close();
}
