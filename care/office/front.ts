/**
 * The office seen from the core: its thread is kept up (`platform/kept-thread.ts`), and nothing
 * that the office does reaches a chain but by a request.
 */
import { KeptThread } from "../../platform/kept-thread.ts";
import { threadFile } from "../../platform/threads.ts";
import type {
  HomeBrief,
  OfficeAnswer,
  OfficeRequest,
  OfficeSettings,
  TellingProgress,
  ToCore,
  ToOffice,
} from "./mail.ts";
import { Mailbox } from "./mailbox.ts";

const life = {
  name: "office",
  called: "the office's thread",
  /** With the opening of a spare thread below one second, also on a busy processor. */
  againMs: 100,
  /**
   * Reading the program is four fifths of a start. It is done after everything that a new office
   * has to do at once.
   */
  spareAfterMs: 5_000,
  /** The core needs its time. */
  slow: { after: 5, againMs: 5_000, youngMs: 10_000 },
  hungMs: 15_000,
  closeMs: 12_000,
  /** Past it the thread ends and is started again; some thousand homes need a fifth of this. */
  resourceLimits: { maxOldGenerationSizeMb: 768 },
  /** Custody does not depend on pages. */
  firstMustOpen: false,
} as const;

/** What the office wants of the core. */
export interface OfficeListener {
  /** `answer` must be called once; it may come after the office has died, and is dropped then. */
  request(request: OfficeRequest, answer: (words: OfficeAnswer) => void): void;
  tellingStage(progress: TellingProgress): void;
  homesChanged(home: string): void;
  warn(text: string): void;
}

export interface OfficeFront {
  readonly port: number;
  hello(homes: readonly HomeBrief[]): void;
  put(message: Parameters<Mailbox["put"]>[0]): void;
  close(): Promise<void>;
}

export interface OfficeOptions {
  /** Another file of the thread. */
  readonly entry?: URL;
  /** How long mail may lie until the office counts as hung. */
  readonly hungMs?: number;
  /** When a spare thread reads its program. */
  readonly spareAfterMs?: number;
}

/**
 * Starts the office. A port or database that cannot be used is said in a sentence and tried again
 * without end: custody does not depend on pages.
 */
export async function startOffice(
  settings: OfficeSettings,
  listener: OfficeListener,
  options: OfficeOptions = {},
): Promise<OfficeFront> {
  const mailbox = new Mailbox();
  let { port } = settings;
  const thread = new KeptThread<OfficeSettings, ToOffice, number, ToCore>(
    { ...life, entry: threadFile(import.meta.url, "worker"), ...options },
    {
      // A later office opens where people look for it.
      data: () => ({ ...settings, port }),
      mailbox,
      post: (send) => {
        for (const message of mailbox.take()) send(message);
      },
      begun: () => mailbox.begin(),
      opened: (at) => {
        port = at;
      },
      hear: (message, isThere) => hear(message, isThere),
      say: (words) => listener.warn(words),
    },
  );
  const put: OfficeFront["put"] = (message) => {
    mailbox.put(message);
    thread.pump();
  };
  const hear = (message: ToCore, isThere: () => boolean): void => {
    switch (message.kind) {
      case "request": {
        const { nth, request } = message;
        listener.request(request, (answer) => {
          if (isThere()) put({ kind: "answer", nth, answer });
        });
        return;
      }
      case "telling-stage":
        listener.tellingStage(message.progress);
        return;
      case "homes-changed":
        listener.homesChanged(message.home);
        return;
      case "warning":
        listener.warn(message.text);
        return;
    }
  };
  await thread.open();
  return {
    get port() {
      return port;
    },
    hello: (homes) => {
      mailbox.hello(homes);
      thread.pump();
    },
    put,
    close: () => thread.close(),
  };
}
