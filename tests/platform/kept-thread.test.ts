import { BroadcastChannel } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { type KeptOptions, KeptThread } from "../../platform/kept-thread.ts";
import { until } from "../../sim/demo/process.ts";
import type { SmallOpen } from "./small-thread.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

type Own = Partial<KeptOptions> & { readonly fails?: boolean; readonly stalls?: boolean };

function keep(own: Own = {}) {
  const seen = {
    begun: 0,
    opens: [] as SmallOpen[],
    heard: [] as string[],
    there: [] as (() => boolean)[],
    said: [] as string[],
    due: [] as string[],
    unhandled: 0,
  };
  type Data = { nth: number; fails: boolean; stalls: boolean };
  const thread = new KeptThread<Data, string, SmallOpen, string>(
    {
      entry: new URL("./small-thread.ts", import.meta.url),
      name: "small",
      called: "the thread",
      resourceLimits: {},
      againMs: 20,
      hungMs: 5_000,
      closeMs: 1_000,
      firstMustOpen: false,
      ...own,
    },
    {
      data: () => {
        const isFirst = seen.begun === 1;
        return {
          nth: seen.begun,
          fails: own.fails === true,
          stalls: own.stalls === true && isFirst,
        };
      },
      mailbox: {
        get unhandled() {
          return seen.unhandled;
        },
        handled: (count) => {
          seen.unhandled -= count;
        },
      },
      post: (send) => {
        for (const word of seen.due.splice(0)) {
          seen.unhandled += 1;
          send(word);
        }
      },
      begun: () => {
        seen.begun += 1;
        seen.unhandled = 0;
      },
      opened: (open) => seen.opens.push(open),
      hear: (word, isThere) => {
        seen.heard.push(word);
        seen.there.push(isThere);
      },
      say: (words) => seen.said.push(words),
    },
  );
  opened.push(thread);
  const put = (word: string): void => {
    seen.due.push(word);
    thread.pump();
  };
  return { thread, seen, put };
}

const yes = (holds: boolean): true | undefined => (holds ? true : undefined);

test.each(["die", "leave"])(
  "a thread that ends is started again, and is another one (%s)",
  async (word) => {
    const { thread, seen, put } = keep();
    expect(await thread.open()).toBeUndefined();
    put("hello");
    await until("it is heard", () => yes(seen.heard.length === 1));
    expect(seen.there[0]?.()).toBe(true);
    put(word);
    await until("the next is open", () => yes(seen.opens.length === 2));
    expect(seen.there[0]?.()).toBe(false);
    put("again");
    await until("it is heard", () => yes(seen.heard.includes("again")));
    expect(seen.said).toEqual([expect.stringContaining("the thread is gone")]);
  },
);

test("I8: a spare thread has read its program before the death that needs it, and opens nothing", async () => {
  const reads: number[] = [];
  const channel = new BroadcastChannel("small-thread");
  channel.onmessage = ({ data }) => reads.push(Number(data));
  try {
    const { thread, seen, put } = keep({ spareAfterMs: 50, againMs: 60_000 });
    await thread.open();
    await until("the spare has read", () => yes(reads.length === 2));
    expect(seen.begun).toBe(1);
    expect(seen.opens).toHaveLength(1);
    put("die");
    // Without a spare it would be a minute.
    await until("the spare is open", () => yes(seen.opens.length === 2));
    expect(seen.opens[1]).toEqual({ nth: 2, readAt: reads[1] });
  } finally {
    channel.close();
  }
});

test("a first one that must open and does not is the last one, and says why", async () => {
  const { thread, seen } = keep({ fails: true, firstMustOpen: true, againMs: 1 });
  expect(await thread.open()).toContain("it does not open");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen.begun).toBe(1);
});

test("one that need not is tried again, and more slowly when it dies young", async () => {
  const slow = { after: 2, againMs: 60_000, youngMs: 60_000 };
  const { thread, seen } = keep({ fails: true, againMs: 1, slow });
  expect(await thread.open()).toContain("it does not open");
  await until("it was tried", () => yes(seen.said.length === 3));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(seen.begun).toBe(3);
});

test("a thread that cannot even be made is a sentence, and is tried again", async () => {
  const entry = new URL("https://127.0.0.1/no-thread-from-here");
  const must = keep({ entry, firstMustOpen: true });
  expect(await must.thread.open()).toContain("URL must be of scheme file");
  const { thread, seen } = keep({ entry, againMs: 1 });
  expect(await thread.open()).toContain("URL must be of scheme file");
  await until("it was tried again", () => yes(seen.said.length > 2));
});

test("I8: a thread that answered while its keeper stood still is no hung one", async () => {
  const { thread, seen, put } = keep({ hungMs: 1_000 });
  await thread.open();
  put("hello");
  await new Promise((resolve) => setImmediate(resolve));
  // Longer than between two looks.
  const until_ms = performance.now() + 1_500;
  while (performance.now() < until_ms);
  await until("it is heard", () => yes(seen.heard.length === 1));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(seen.said).toEqual([]);
  expect(seen.opens).toHaveLength(1);
});

test("a thread that never comes to open is ended, and the next is begun", async () => {
  const { thread, seen } = keep({ stalls: true, openMs: 1_000 });
  expect(await thread.open()).toBe("it ended");
  await until("the next is open", () => yes(seen.opens.length === 1));
  expect(seen.opens[0]?.nth).toBeGreaterThan(1);
  expect(seen.said[0]).toBe("the thread does not open within 1000 ms; ending it");
});

test("closing while it opens ends it, and no other begins", async () => {
  const { thread, seen } = keep({ againMs: 1 });
  const first = thread.open();
  await thread.close();
  await first;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen.begun).toBe(1);
  expect(seen.said).toEqual([]);
});
