/**
 * The open line to the server. What is shown is only as true as this line is alive: silence for
 * three beats is told as loss, whatever the browser believes of the connection.
 */

/** The server beats every five seconds. */
const silentAfterMs = 16_000;
const lookEveryMs = 1_000;
/** A line that the server refused is tried again at this pace; the browser does the others. */
const againMs = 3_000;

export interface LiveParts {
  readonly url: string;
  /** Names of the events that are listened to, beside `beat`, which is heard always. */
  readonly events: readonly string[];
  heard(event: string, data: unknown): void;
  /** True once the line lives, false once it is silent. Called on each change only. */
  alive(lives: boolean): void;
}

/** Opens the line, for ever, and returns how to close it. */
export function openLive(parts: LiveParts): () => void {
  let source: EventSource | undefined;
  let lastHeard = 0;
  let lives: boolean | undefined;
  let closed = false;
  const tell = (now: boolean): void => {
    if (lives === now) return;
    lives = now;
    parts.alive(now);
  };
  const hear = (event: string, text: string): void => {
    lastHeard = performance.now();
    tell(true);
    parts.heard(event, JSON.parse(text));
  };
  const open = (): void => {
    if (closed) return;
    const opened = new EventSource(parts.url);
    source = opened;
    for (const event of ["beat", ...parts.events]) {
      opened.addEventListener(event, ({ data }: MessageEvent<string>) => hear(event, data));
    }
    opened.addEventListener("error", () => {
      if (opened.readyState !== EventSource.CLOSED || closed || source !== opened) return;
      tell(false);
      setTimeout(open, againMs);
    });
  };
  const watch = setInterval(() => {
    if (performance.now() - lastHeard < silentAfterMs) return;
    tell(false);
    // A line that is open and silent is of no use to anybody.
    if (source?.readyState !== EventSource.OPEN) return;
    source.close();
    lastHeard = performance.now();
    open();
  }, lookEveryMs);
  lastHeard = performance.now();
  open();
  return () => {
    closed = true;
    clearInterval(watch);
    source?.close();
  };
}
