/** What the pages draw: the home at one moment. */
import type { Instant } from "../../../protocol/time.ts";
import type { AlarmView } from "../../../protocol/view.ts";
import type { LineState } from "../wire/heard.ts";
import type { Call } from "../wire/outbox.ts";
import type { Memory } from "./memory.ts";
import type { Kept, Life, Parts } from "./state.ts";

/** A picture of the home at one moment, for the pages to draw. */
export interface HomeNow {
  readonly life: Life;
  readonly line: LineState;
  /** What may be shown as true now: empty while the home is not heard to live. */
  readonly parts: Parts;
  readonly kept: Kept;
  /** Calls for help of this tablet that the home's state does not tell yet. */
  readonly calls: readonly Call[];
  /** Alarms of which the home spoke last, while it is not heard to live: old, and said to be. */
  readonly staleAlarms: readonly AlarmView[];
  /** When steps of open alarms became true, and last words of those that are over. */
  readonly memory: Memory;
  /** Gateway time now; undefined while nobody knows it. */
  readonly instantNow: () => Instant | undefined;
  /** Wall time of the home now, in ms; undefined while its clock is not trusted. */
  readonly wallNow: () => number | undefined;
  /** Wall time of an instant; undefined as above. */
  readonly wallOf: (at: Instant) => number | undefined;
}
