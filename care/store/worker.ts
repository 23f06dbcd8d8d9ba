/**
 * The thread that owns the disk: one commit for everything that waits, tried again until it is
 * done.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Stamp } from "../../platform/clock.ts";
import { faultOf } from "../../platform/sqlite.ts";
import { commitMax, type FromDisk, type Row, type ToDisk } from "./rows.ts";
import { openTables, type Tables } from "./tables.ts";

const file = String(workerData);
const port = parentPort;
if (port === null) throw new Error("the store's worker runs as a thread only");

/** How long after a failed commit the next attempt follows. */
const againMs = 1_000;

const say = (message: FromDisk): void => port.postMessage(message);

let waiting: Row[] = [];
let stamp: Stamp | undefined;
let seq = 0;
let trouble = "";
let again: NodeJS.Timeout | undefined;
let closing = false;

function take(message: ToDisk): void {
  if (message.kind === "close") {
    closing = true;
    return;
  }
  waiting.push(message.row);
  seq = message.seq;
  stamp = message.stamp;
}

/** Everything that has come meanwhile joins this commit. */
function drain(): void {
  while (waiting.length < commitMax) {
    const next = receiveMessageOnPort(port as NonNullable<typeof port>);
    if (next === undefined) return;
    take(next.message as ToDisk);
  }
}

function commit(tables: Tables): void {
  drain();
  if (waiting.length > 0 && stamp !== undefined) {
    try {
      tables.commit(waiting, stamp);
    } catch (thrown) {
      const why = faultOf(thrown, file).message;
      if (why !== trouble) say({ kind: "trouble", why });
      trouble = why;
      again ??= setTimeout(() => {
        again = undefined;
        commit(tables);
      }, againMs);
      if (closing) end(tables);
      return;
    }
    if (trouble !== "") say({ kind: "well" });
    trouble = "";
    waiting = [];
    say({ kind: "durable", upTo: seq });
  }
  if (closing) end(tables);
}

function end(tables: Tables): void {
  clearTimeout(again);
  tables.close();
  say({ kind: "closed" });
  port?.close();
}

try {
  const tables = openTables(file);
  say({ kind: "kept", kept: tables.kept() });
  port.on("message", (message: ToDisk) => {
    take(message);
    // While a commit fails, the next attempt takes what has come until then.
    if (again === undefined || closing) commit(tables);
  });
} catch (thrown) {
  say({ kind: "refused", why: faultOf(thrown, file).message });
  port.close();
}
