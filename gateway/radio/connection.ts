/**
 * One life of the stack: a controller from its start to the loss of its stick. One per process at a
 * time.
 */
import { join } from "node:path";
import { Controller } from "zigbee-herdsman";
import type { Adapter } from "zigbee-herdsman/dist/adapter/adapter.js";
import { attempt, DeadlinePassed, pause, type Settled, within } from "./deadline.ts";
import type { EarlyFrames } from "./early-frames.ts";
import {
  adapterOf,
  destroyPort,
  filterNoise,
  forgetStrangers,
  guardSaves,
  onAdapter,
  onStickFrame,
  readStick,
  stopRoutineSaves,
} from "./inside.ts";
import type { RadioSettings } from "./settings.ts";
import { Strangers } from "./strangers.ts";

export const databaseFile = "database.db";
export const backupFile = "coordinator_backup.json";

/**
 * Restoring a stick takes 5 s, a channel change 13 s (both measured); nothing honest takes longer.
 */
const start_ms = 25_000;
/** A stick on TCP says its first word 1.05 s after the connection, a serial one after 0.3 s. */
const firstWord_ms = 3_000;
const beatEvery_ms = 4_000;
/**
 * The stack waits 6 s for a reply on the serial line: one lost reply, or a question behind it, is
 * no silence. A second question decides; silence is noticed within 14 s (15 s are allowed).
 */
const beatAnswer_ms = 7_000;
const lastAnswer_ms = 3_000;
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

export interface ConnectionParts {
  readonly settings: RadioSettings;
  readonly accepts: (ieee: string) => boolean;
  /** Whether the backup in the folder brings a wiped stick back. */
  readonly hasBackup: boolean;
  readonly early: EarlyFrames;
  /** The stack could not save its database; why. */
  readonly notSaved: (why: string) => void;
}

function makeController({ settings, accepts, hasBackup }: ConnectionParts): Controller {
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
    // Where there is none, the stack would write one, at the risk of its start; we do it after.
    backupPath: hasBackup ? join(settings.dir, backupFile) : "",
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
  readonly #parts: ConnectionParts;
  readonly #given = new AbortController();
  #lose: (cause: string) => void = () => {};
  #silence: NodeJS.Timeout | undefined;
  #closed = false;
  #opened = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.controller = makeController(parts);
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    onAdapter(this.controller, (adapter) => this.#meet(adapter));
  }

  get isOpen(): boolean {
    return this.#opened && !this.#closed;
  }

  /** The stack itself listens to its driver only at the end of its start. */
  #meet(adapter: Adapter): void {
    if (this.#closed) return;
    adapter.once("disconnected", () => this.#lose("the stick closed the connection"));
    this.#parts.early.keep(adapter);
    filterNoise(adapter);
    const speaks = onStickFrame(adapter, (subsystem, name) => {
      clearTimeout(this.#silence);
      if (this.#opened && subsystem === systemSubsystem && name === "resetInd") {
        this.#lose("the stick restarted by itself");
      }
    });
    if (!speaks) return;
    const { message } = new DeadlinePassed("the stick", firstWord_ms);
    this.#silence = setTimeout(() => this.#lose(message), firstWord_ms);
  }

  /** Starts the stack, or rejects within its deadline; then `close` it and make a new one. */
  async open(): Promise<void> {
    const start = this.controller.start(this.#given.signal);
    guardSaves(this.controller, this.#parts.notSaved);
    try {
      await within(
        start_ms,
        "the start of the stick",
        Promise.race([start, this.lost.then((cause) => Promise.reject(new Error(cause)))]),
      );
    } finally {
      // What comes of an abandoned start is of no interest any more.
      start.catch(() => {});
    }
    this.#opened = true;
    stopRoutineSaves(this.controller);
  }

  /** What the stick said during the start is heard now, and what strangers say once known. */
  hearAll(): void {
    const adapter = adapterOf(this.controller);
    if (adapter === undefined) return;
    const { controller } = this;
    const isKnown = (nwk: number): boolean =>
      controller.getDeviceByNetworkAddress(nwk) !== undefined;
    const strangers = new Strangers(isKnown);
    strangers.listen(adapter);
    controller.on("deviceNetworkAddressChanged", ({ device }) =>
      strangers.known(device.networkAddress),
    );
    this.#parts.early.replay(adapter);
  }

  /** Resolves with the cause of the loss at once, also in the midst of a question. */
  async watch(): Promise<string> {
    const stop = new AbortController();
    void this.#beat(stop.signal);
    try {
      return await this.lost;
    } finally {
      stop.abort();
    }
  }

  /** A real round trip every few seconds: a stick may fall silent while its port stays open. */
  async #beat(stop: AbortSignal): Promise<void> {
    for (;;) {
      await pause(beatEvery_ms, stop);
      if (stop.aborted) return;
      forgetStrangers(this.controller);
      const first = await this.#ask(beatAnswer_ms);
      const last = first.ok || stop.aborted ? first : await this.#ask(lastAnswer_ms);
      if (!last.ok) this.#lose(last.why);
    }
  }

  #ask(limit_ms: number): Promise<Settled<void>> {
    const [stick] = this.controller.getDevicesByType("Coordinator");
    return attempt(limit_ms, "the stick", () =>
      stick === undefined
        ? Promise.reject(new Error("the database has no stick"))
        : stick.updateActiveEndpoints(),
    );
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
    clearTimeout(this.#silence);
    // A start that has not made its driver yet ends there, and opens no port.
    this.#given.abort();
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
