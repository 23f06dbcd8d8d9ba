/** Keeps the hub's worker up, and the mailbox before it (`platform/kept-thread.ts`). */
import { KeptThread } from "../../platform/kept-thread.ts";
import { threadFile } from "../../platform/threads.ts";
import type { FromWorker, HubPorts, Mail, WorkerSettings } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";

const life = {
  name: "hub",
  called: "hub: the broker's worker",
  /** Together with its start below one second. A spare one would cost a Pi memory. */
  againMs: 200,
  /** The beat gives it mail every 5 s. */
  hungMs: 5_000,
  closeMs: 1_000,
  /**
   * A home's broker needs under a third of this; past it the worker ends and is started again. The
   * small young generation keeps resident memory down (measured on x64 with 200 events a second: 28
   * MB, 47 MB with 8).
   */
  resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 4 },
  /** A gateway whose ports are taken says so and ends. */
  firstMustOpen: true,
} as const;

/** What concerns the hub. */
export type Heard = Extract<FromWorker, { readonly kind: "said" | "joined" | "intrusion" }>;

export interface LifeParts {
  readonly mailbox: Mailbox;
  readonly say: (words: string) => void;
  readonly hear: (message: Heard) => void;
  /** A worker has opened its ports and knows nothing yet. */
  readonly opened: () => void;
}

interface LifeOptions {
  readonly settings: WorkerSettings;
  readonly entry?: URL;
}

export class WorkerLife {
  readonly #parts: LifeParts;
  readonly #thread: KeptThread<WorkerSettings, readonly Mail[], HubPorts, FromWorker>;
  #ports: HubPorts;
  #lost = 0;

  constructor({ settings, entry }: LifeOptions, parts: LifeParts) {
    this.#parts = parts;
    this.#ports = settings.ports;
    const { mailbox, say } = parts;
    this.#thread = new KeptThread(
      { ...life, entry: entry ?? threadFile(import.meta.url, "worker") },
      {
        // A later worker must open where clients look for it.
        data: () => ({ ...settings, ports: this.#ports }),
        mailbox,
        post: (send) => {
          const mail = mailbox.take();
          if (mail.length > 0) send(mail);
        },
        opened: (ports) => {
          this.#ports = ports;
          parts.opened();
        },
        hear: (message) => {
          if (message.kind === "line") say(`hub: ${message.words}`);
          else parts.hear(message);
        },
        gone: () => mailbox.recall(),
        looked: () => this.#countLost(),
        say,
      },
    );
  }

  /**
   * Starts the first worker. Rejects when it cannot open its ports; then nothing is left running.
   */
  async firstOpen(): Promise<HubPorts> {
    const why = await this.#thread.open();
    if (why !== undefined) throw new Error(why);
    return this.#ports;
  }

  pump(): void {
    this.#thread.pump();
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #countLost(): void {
    const { promises } = this.#parts.mailbox.lost;
    if (promises === this.#lost) return;
    this.#parts.say(`hub: ${promises - this.#lost} announcements or answers gave way`);
    this.#lost = promises;
  }
}
