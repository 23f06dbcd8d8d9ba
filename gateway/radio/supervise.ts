/**
 * Keeps the radio alive: connects, watches, reconnects; for ever, in this process, at a bounded
 * pace.
 */
import type { Logger } from "pino";
import { wordsOf } from "../../platform/words.ts";
import type { Hear } from "../ports.ts";
import { Connection } from "./connection.ts";
import { attempt, pause } from "./deadline.ts";
import { EarlyFrames } from "./early-frames.ts";
import type { Prepared } from "./files.ts";
import { FormationRefused } from "./inside.ts";
import type { RadioSettings } from "./settings.ts";

/**
 * Two seconds between attempts and one for the start itself: back within 5 s of the stick's return.
 */
const firstPause_ms = 200;
const longestPause_ms = 2_000;
/** Nothing but a person's hand mends this; asking more often would only wear the files. */
const refusedPause_ms = 20_000;
/** A link that lives this long was no flicker. */
const steady_ms = 10_000;
const lastBackup_ms = 1_500;

export interface SupervisionParts {
  readonly settings: RadioSettings;
  readonly hear: Hear;
  readonly log: Logger;
  /**
   * Puts the files in order before each start. A rejection refuses the start, with its sentence.
   */
  readonly prepare: () => Promise<Prepared>;
  readonly accepts: (ieee: string) => boolean;
  /** Listeners go on before the start, so that no frame is missed. */
  readonly opening: (connection: Connection) => void;
  readonly opened: (connection: Connection, prepared: Prepared) => void;
  readonly notSaved: (why: string) => void;
  readonly closed: () => void;
  /** Called once before an orderly end. */
  readonly backUp: (connection: Connection) => Promise<void>;
}

export class Supervision {
  readonly #parts: SupervisionParts;
  readonly #stop = new AbortController();
  readonly #early = new EarlyFrames();
  #running: Promise<void> | undefined;
  #connection: Connection | undefined;
  #failures = 0;
  /** The cause last told; the same cause is told once. */
  #told: string | undefined;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const connection = this.#connection;
    if (connection !== undefined) {
      const { isOpen } = connection;
      if (isOpen) await attempt(lastBackup_ms, "the backup", () => this.#parts.backUp(connection));
      connection.leave();
      await connection.close();
    }
    const running = this.#running;
    if (running !== undefined) await attempt(lastBackup_ms, "the radio", () => running);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const began_ms = performance.now();
      const { cause, refused } = await this.#live();
      if (this.#stop.signal.aborted) return;
      this.#say(cause);
      this.#failures = performance.now() - began_ms > steady_ms ? 0 : this.#failures + 1;
      const grown_ms = firstPause_ms * 2 ** Math.min(this.#failures, 10);
      const wait_ms = refused ? refusedPause_ms : Math.min(grown_ms, longestPause_ms);
      await pause(wait_ms, this.#stop.signal);
    }
  }

  /** One life of a connection; resolves when it is over, with the cause. Never rejects. */
  async #live(): Promise<{ readonly cause: string; readonly refused: boolean }> {
    const parts = this.#parts;
    let connection: Connection | undefined;
    try {
      const prepared = await parts.prepare();
      if (this.#stop.signal.aborted) return { cause: "the gateway closes", refused: false };
      const { settings, accepts, notSaved } = parts;
      const { hasBackup } = prepared;
      connection = new Connection({ settings, accepts, notSaved, hasBackup, early: this.#early });
      this.#connection = connection;
      parts.opening(connection);
      await connection.open();
      this.#told = undefined;
      parts.log.info({ port: parts.settings.port }, "radio ready");
      parts.opened(connection, prepared);
      connection.hearAll();
      return { cause: await connection.watch(), refused: false };
    } catch (thrown) {
      return { cause: wordsOf(thrown), refused: thrown instanceof FormationRefused };
    } finally {
      parts.closed();
      await connection?.close();
      this.#connection = undefined;
    }
  }

  #say(cause: string): void {
    if (this.#told === cause) return;
    this.#told = cause;
    this.#parts.log.error({ cause }, "radio lost");
    this.#parts.hear({ kind: "radio-lost", cause });
  }
}
