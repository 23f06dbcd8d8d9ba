/**
 * The one place that reaches below zigbee-herdsman's public surface, and why: a silent coordinator
 * can only be left by closing its port; noise on the line must not swallow alarms; a wiped stick
 * must not form a network. Each reach is checked at run time; the version is pinned and tested.
 */
import type { EventEmitter } from "node:events";
import { chmodSync } from "node:fs";
import { type Duplex, Transform } from "node:stream";
import type { Controller } from "zigbee-herdsman";
import { Adapter } from "zigbee-herdsman/dist/adapter/adapter.js";
import { ZnpAdapterManager } from "zigbee-herdsman/dist/adapter/z-stack/adapter/manager.js";
import { BackupUtils } from "zigbee-herdsman/dist/utils/index.js";
import { wordsOf } from "../../platform/words.ts";
import { Framer } from "./framer.ts";
import { ownerOnly } from "./whole-files.ts";

function part(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}

/** The driver of the stick; undefined before the controller has made it. */
export function adapterOf(controller: Controller): Adapter | undefined {
  const adapter = part(controller, "adapter");
  return adapter instanceof Adapter ? adapter : undefined;
}

/**
 * Calls back in the moment the controller makes its driver, before that opens the port: what the
 * stick says and does from then on is heard.
 */
export function onAdapter(controller: Controller, made: (adapter: Adapter) => void): void {
  let adapter: unknown = part(controller, "adapter");
  Object.defineProperty(controller, "adapter", {
    configurable: true,
    enumerable: true,
    get: () => adapter,
    set: (value: unknown) => {
      adapter = value;
      if (value instanceof Adapter) made(value);
    },
  });
}

/** What stands between the adapter and its socket or serial port, per kind of stick. */
const waysToPort = [["znp"], ["ezsp", "ash"], ["driver"]];

function isPort(value: unknown): value is Duplex {
  return typeof part(value, "destroy") === "function" && typeof part(value, "write") === "function";
}

function portsOf(adapter: Adapter): readonly Duplex[] {
  return waysToPort.flatMap((way) => {
    const holder = way.reduce<unknown>(part, adapter);
    return [part(holder, "socketPort"), part(holder, "serialPort")].filter(isPort);
  });
}

/**
 * Closes the port at once, without asking the stick. Its descriptor is released also when it is
 * mute.
 */
export function destroyPort(adapter: Adapter): void {
  for (const port of portsOf(adapter)) {
    // A serial port releases its descriptor in `close`; a socket has only `destroy`.
    const close = part(port, "close");
    if (typeof close !== "function") {
      port.destroy();
      continue;
    }
    const release = (): void => {
      Reflect.apply(close, port, [() => {}]);
    };
    // One that is being opened cannot be closed yet, and would stay open.
    if (part(port, "opening") === true) port.once("open", release);
    else release();
  }
}

/** Writes bytes to the port past every queue. False where this kind of stick has no such port. */
export function writeToPort(adapter: Adapter, bytes: Uint8Array): boolean {
  const port = portsOf(adapter)[0];
  if (port === undefined || port.destroyed) return false;
  port.write(bytes);
  return true;
}

/** Whether frames wait for a reply that the stick owes on its serial line; a Z-Stack only. */
export function isLineWaiting(adapter: Adapter): boolean {
  return Number(part(part(part(adapter, "znp"), "queue"), "count")) > 0;
}

/** Calls back for every frame the stick sends; a Z-Stack only. */
export function onStickFrame(
  adapter: Adapter,
  heard: (subsystem: number, name: string) => void,
): boolean {
  const znp = part(adapter, "znp");
  if (typeof part(znp, "on") !== "function") return false;
  (znp as EventEmitter).on("received", (frame: unknown) => {
    heard(Number(part(frame, "subsystem")), String(part(part(frame, "command"), "name")));
  });
  return true;
}

/** A frame of the stick comes in one piece; at 115,200 baud the longest takes 22 ms. */
const wholeFrame_ms = 100;

/** Puts our framer before the stack's parser, which then sees whole frames only; a Z-Stack only. */
export function filterNoise(adapter: Adapter): void {
  const parser = part(part(adapter, "znp"), "unpiParser");
  if (!(parser instanceof Transform)) return;
  const parse = parser._transform.bind(parser);
  const framer = new Framer();
  let timer: NodeJS.Timeout | undefined;
  const feed = (frames: readonly Uint8Array[]): void => {
    for (const frame of frames) parse(frame, "binary", () => {});
  };
  parser._transform = (chunk: Uint8Array, _encoding, done) => {
    clearTimeout(timer);
    feed(framer.push(chunk));
    if (framer.isWaiting) timer = setTimeout(() => feed(framer.expire()), wholeFrame_ms);
    done();
  };
}

/**
 * Stops the stack's own timers: one rewrites its database every 5 min, one backs up every 24 h;
 * both with an fsync on the loop's thread. What changes in the database is written at once anyway.
 */
export function stopRoutineSaves(controller: Controller): void {
  for (const name of ["databaseSaveTimer", "backupTimer"]) {
    const timer = part(controller, name);
    if (timer !== undefined) clearInterval(timer as NodeJS.Timeout);
  }
}

/**
 * The stack saves its database in the midst of messages and joins, and lets what fails there pass
 * for a failure of the message: on a full card a press would be lost. Here a save that fails costs
 * the save. Its files are readable by the owner only.
 */
export function guardSaves(controller: Controller, failed: (why: string) => void): void {
  const database = part(controller, "database");
  const write = part(database, "write");
  if (typeof database !== "object" || database === null || typeof write !== "function") return;
  Reflect.set(database, "write", () => {
    try {
      Reflect.apply(write, database, []);
      chmodSync(String(part(database, "path")), ownerOnly);
    } catch (thrown) {
      failed(wordsOf(thrown));
    }
  });
}

/**
 * The stack asks an address it does not know once who it is, and ignores it for the rest of the run
 * when no answer came. A button that changed its address asleep must be asked at each press.
 */
export function forgetStrangers(controller: Controller): void {
  const strangers = part(controller, "unknownDevices");
  if (strangers instanceof Set) strangers.clear();
}

/** The stick's network, keys and counters, as the text of a backup file. */
export async function readStick(controller: Controller): Promise<string> {
  const adapter = adapterOf(controller);
  if (adapter === undefined || !(await adapter.supportsBackup())) {
    throw new Error("this kind of stick gives no backup");
  }
  const backup = await adapter.backup(controller.getDeviceIeeeAddresses());
  return JSON.stringify(BackupUtils.toUnifiedBackup(backup), undefined, 2);
}

export class FormationRefused extends Error {
  constructor() {
    super(
      "the Zigbee stick holds no network, or another one, and no backup matches: it would form " +
        "a new network and every device would be lost. Put the right stick in or restore its " +
        "backup; to start afresh run provisioning.",
    );
    this.name = "FormationRefused";
  }
}

let formationAllowed = false;
let guarded = false;

/**
 * Z-Stack decides inside `start()` whether it resumes, restores, or forms a new network, and
 * forming also clears the device database. From here on the last of the three is refused unless it
 * was allowed.
 */
export function guardFormation(allowed: boolean): void {
  formationAllowed = allowed;
  if (guarded) return;
  const decide = part(ZnpAdapterManager.prototype, "determineStrategy");
  if (typeof decide !== "function") throw new Error("this zigbee-herdsman decides elsewhere");
  Reflect.set(
    ZnpAdapterManager.prototype,
    "determineStrategy",
    async function guardedStrategy(this: ZnpAdapterManager): Promise<unknown> {
      const strategy: unknown = await Reflect.apply(decide, this, []);
      if (strategy === "startCommissioning" && !formationAllowed) throw new FormationRefused();
      return strategy;
    },
  );
  guarded = true;
}
