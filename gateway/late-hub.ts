/**
 * The hub from the first moment on, also before its worker stands or while its port is taken:
 * safety does not wait for a broker. Keeps the latest state and a bounded number of sentences until
 * it is there.
 */
import { wordsOf } from "../platform/words.ts";
import type { TabletAnswer } from "../protocol/messages.ts";
import type { WallTime } from "../protocol/time.ts";
import type { HomeView } from "../protocol/view.ts";
import type { RuleEvent } from "../rules/events.ts";
import type { Announcement, Hub } from "./ports.ts";

/** Sentences kept while there is no hub; the oldest gives way, since the newest is the truest. */
const announcementsMax = 50;
const tryAgainMs = 5_000;

export interface LateHubParts {
  readonly open: () => Promise<Hub>;
  /** A sentence for the log. */
  readonly say: (words: string) => void;
  /** How long after a refusal it is tried again; 5 s by default. */
  readonly tryAgainMs?: number;
}

/**
 * Opens the hub, tries again for ever while it cannot be opened, and stands in for it meanwhile.
 */
export class LateHub implements Hub {
  private readonly parts: LateHubParts;
  private hub: Hub | undefined;
  private view: HomeView | undefined;
  private kept: Announcement[] = [];
  private again: NodeJS.Timeout | undefined;
  private closed = false;
  /** Why it could not be opened the last time: the same is said once. */
  private cause: string | undefined;

  constructor(parts: LateHubParts) {
    this.parts = parts;
    this.open();
  }

  private open(): void {
    this.parts.open().then(
      (hub) => this.opened(hub),
      (thrown: unknown) => {
        const why = wordsOf(thrown);
        if (why !== this.cause) {
          this.parts.say(`the local broker cannot be opened (${why}); trying again`);
        }
        this.cause = why;
        if (!this.closed)
          this.again = setTimeout(() => this.open(), this.parts.tryAgainMs ?? tryAgainMs);
      },
    );
  }

  private opened(hub: Hub): void {
    if (this.closed) {
      hub.close().catch(() => this.parts.say("the local broker did not close in order"));
      return;
    }
    this.hub = hub;
    if (this.view !== undefined) hub.showState(this.view);
    for (const announcement of this.kept) hub.announce(announcement);
    this.kept = [];
  }

  showState(view: HomeView): void {
    if (this.hub === undefined) this.view = view;
    else this.hub.showState(view);
  }

  announce(announcement: Announcement): void {
    if (this.hub === undefined) this.kept = [...this.kept, announcement].slice(-announcementsMax);
    else this.hub.announce(announcement);
  }

  showEvent(event: RuleEvent, wall: WallTime): void {
    this.hub?.showEvent(event, wall);
  }

  answer(client: string, answer: TabletAnswer): void {
    this.hub?.answer(client, answer);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.again);
    await this.hub?.close();
  }
}
