/**
 * One life of the stack: a controller from its start to the loss of its stick. One per process at a
 * time.
 */
import { join } from "node:path";
import { Controller } from "zigbee-herdsman";
import { attempt, DeadlinePassed, pause, within } from "./deadline.ts";
import {
  adapterOf,
  destroyPort,
  filterNoise,
  forgetStrangers,
  onStickFrame,
  readStick,
  stopRoutineSaves,
} from "./inside.ts";
import type { RadioSettings } from "./settings.ts";

export const databaseFile = "database.db";
export const backupFile = "coordinator_backup.json";

/**
 * Restoring a stick takes 5 s, a channel change 13 s (both measured); nothing honest takes longer.
 */
const start_ms = 25_000;
/** A stick on TCP says its first word 1.05 s after the connection, a serial one after 0.3 s. */
const firstWord_ms = 3_000;
const beatEvery_ms = 4_000;
const beatAnswer_ms = 5_000;
const closing_ms = 1_000;
const backup_ms = 10_000;

/**
 * Requests in flight. A mute device holds one for its whole timeout; a home has at most 200
 * devices.
 */
const concurrent = 256;

/**
 * Subsystem SYS of the Z-Stack; its reset indication means that the stick forgot it is a
 * coordinator.
 */
const systemSubsystem = 1;

function bytesOf(hex: string): number[] {
  return [...Buffer.from(hex, "hex")];
}

function makeController(settings: RadioSettings, accepts: (ieee: string) => boolean): Controller {
  const { network } = settings;
  const controller = new Controller({
    network: {
      panID: network.panId,
      extendedPanID: bytesOf(network.extendedPanId),
      channelList: [network.channel],
      networkKey: bytesOf(network.networkKey),
      networkKeyDistribute: false,
    },
    serialPort: { path: settings.port, adapter: settings.adapter },
    databasePath: join(settings.dir, databaseFile),
    databaseBackupPath: join(settings.dir, `${databaseFile}.before-reset`),
    backupPath: join(settings.dir, backupFile),
    adapter: { concurrent, disableLED: false },
    acceptJoiningDeviceHandler: (ieee) => Promise.resolve(accepts(ieee)),
  });
  controller.setMaxListeners(50);
  return controller;
}

export class Connection {
  readonly controller: Controller;
  /** Resolves with the cause when the stick is lost; stays open as long as the link lives. */
  readonly lost: Promise<string>;
  #lose: (cause: string) => void = () => {};
  #closed = false;
  #opened = false;

  constructor(settings: RadioSettings, accepts: (ieee: string) => boolean) {
    this.controller = makeController(settings, accepts);
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.controller.once("adapterDisconnected", () =>
      this.#lose("the stick closed the connection"),
    );
  }

  /** Starts the stack, or rejects within its deadline; then `close` it and make a new one. */
  async open(): Promise<void> {
    const silent = new AbortController();
    const start = this.controller.start();
    try {
      await within(
        start_ms,
        "the start of the stick",
        Promise.race([
          start,
          this.#firstWord(silent.signal),
          this.lost.then((cause) => Promise.reject(new Error(cause))),
        ]),
      );
    } finally {
      silent.abort();
      // What comes of an abandoned start is of no interest any more.
      start.catch(() => {});
    }
    this.#opened = true;
    stopRoutineSaves(this.controller);
  }

  /** Rejects when the port is open and the stick says nothing; otherwise stays open. */
  async #firstWord(done: AbortSignal): Promise<never> {
    let words = 0;
    let hooked = false;
    const until = performance.now() + firstWord_ms;
    while (!done.aborted && performance.now() < until) {
      const adapter = hooked ? undefined : adapterOf(this.controller);
      if (adapter !== undefined) {
        filterNoise(adapter);
        hooked = onStickFrame(adapter, (subsystem, name) => {
          words += 1;
          if (done.aborted && subsystem === systemSubsystem && name === "resetInd") {
            this.#lose("the stick restarted by itself");
          }
        });
        if (!hooked) return await new Promise<never>(() => {});
      }
      await pause(25, done);
    }
    if (!done.aborted && words === 0) throw new DeadlinePassed("the stick", firstWord_ms);
    return await new Promise<never>(() => {});
  }

  /** A real round trip every few seconds: a stick may fall silent while its port stays open. */
  async watch(): Promise<string> {
    const stop = new AbortController();
    const cause = this.lost.finally(() => stop.abort());
    while (!stop.signal.aborted) {
      await pause(beatEvery_ms, stop.signal);
      if (stop.signal.aborted) break;
      forgetStrangers(this.controller);
      const [stick] = this.controller.getDevicesByType("Coordinator");
      const beat = await attempt(beatAnswer_ms, "the stick", () =>
        stick === undefined
          ? Promise.reject(new Error("the database has no stick"))
          : stick.updateActiveEndpoints(),
      );
      if (!beat.ok) this.#lose(beat.why);
    }
    return await cause;
  }

  /** Ends the watch. */
  leave(): void {
    this.#lose("the gateway closes");
  }

  /**
   * Releases the port and the stack's static tables, also when the stick is mute: `stop()` would
   * first ask it for a backup, reject after 12 s and leave the port open, so the port goes first.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const adapter = adapterOf(this.controller);
    // A start that failed has loaded nothing; `stop()` would only rewrite the database, at each
    // attempt.
    const loaded = this.#opened || !this.controller.isAdapterDisconnected();
    if (adapter !== undefined) {
      const gone = new Promise<void>((resolve) => {
        this.controller.once("adapterDisconnected", () => resolve());
        if (this.controller.isAdapterDisconnected()) resolve();
      });
      destroyPort(adapter);
      await attempt(closing_ms, "the port", () => gone);
    }
    if (loaded) await attempt(closing_ms, "the stack", () => this.controller.stop());
    adapter?.removeAllListeners();
    this.controller.removeAllListeners();
  }

  /** The stick's backup, read over the wire. */
  async readBackup(): Promise<string> {
    return await within(backup_ms, "the backup of the stick", readStick(this.controller));
  }
}
