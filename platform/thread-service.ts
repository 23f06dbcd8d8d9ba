/** The inside of a kept thread: opens when it is told to, handles mail, ends in order. */
import { parentPort } from "node:worker_threads";
import { watchMemory } from "./thread-memory.ts";
import type { FromThread, ToThread } from "./thread-words.ts";
import { wordsOf } from "./words.ts";

/** What a thread serves once it is open. */
export interface ThreadService<Open, Mail> {
  /** Told to whoever keeps the thread up. */
  readonly open: Open;
  /** Returns how many mails it was. */
  take(mail: Mail): number;
  close(): Promise<void>;
}

/** `open` rejects with a sentence when it cannot; the thread then ends, and is started again. */
export function serveThread<Data, Mail, Open, Own>(
  open: (data: Data, tell: (own: Own) => void) => Promise<ThreadService<Open, Mail>>,
): void {
  const port = parentPort;
  if (port === null) throw new Error("this file runs as a worker thread only");
  const say = (word: FromThread<Open, Own>): void => port.postMessage(word);
  watchMemory();
  let opening: Promise<ThreadService<Open, Mail> | undefined> = Promise.resolve(undefined);
  let service: ThreadService<Open, Mail> | undefined;

  const begin = async (data: Data): Promise<ThreadService<Open, Mail> | undefined> => {
    try {
      service = await open(data, (own) => say({ kind: "own", own }));
      say({ kind: "open", open: service.open });
    } catch (thrown) {
      const why = wordsOf(thrown);
      say({ kind: "closed-port", why });
      port.close();
    }
    return service;
  };

  const close = async (): Promise<void> => {
    await (await opening)?.close();
    port.close();
  };

  port.on("message", (message: ToThread<Data, Mail>) => {
    switch (message.kind) {
      case "begin":
        opening = begin(message.data);
        return;
      case "mail":
        // None comes before the word that it is open.
        if (service !== undefined) say({ kind: "handled", count: service.take(message.mail) });
        return;
      case "close":
        close().catch(() => process.exit(1));
        return;
    }
  });
}
