/**
 * One contact: interrupts and regular looks feed the same debounce, so that losing one loses no
 * press.
 */
import { between, type Duration, type Instant, milliseconds } from "../../protocol/time.ts";
import type { Clock } from "../ports.ts";
import { atRest, type Contact, settle, type Turn } from "./debounce.ts";
import type { InputLine, Lines } from "./gpio.ts";

/**
 * Contacts of pull switches and relays bounce for a few milliseconds; this leaves room for old
 * ones.
 */
export const quietFor: Duration = milliseconds(50);

/**
 * Some kernels report one edge for the act of watching a pin. For this long after opening, an edge
 * without a level is not taken for a press; a level always is.
 */
const openingFor: Duration = milliseconds(200);

export interface InputParts {
  readonly lines: Lines;
  readonly clock: Clock;
  readonly gpio: number;
  /** Which voltage means that something is the matter. */
  readonly activeHigh: boolean;
  /**
   * Whether an edge whose level was gone before it could be read still counts. For an emergency
   * button it does; a contact that stays closed until somebody acts need not be guessed at.
   */
  readonly shortCounts: boolean;
  readonly onTurn: (turn: Turn) => void;
}

export interface Input {
  look(): void;
  /** The debounced state; undefined while the pin cannot be read. */
  active(): boolean | undefined;
  /** Since when it is active. */
  activeSince(): Instant | undefined;
}

/** Opens the pin. Its level counts from the first look on: what is pressed at start was pressed. */
export function watchInput(parts: InputParts): Input {
  const { lines, clock, gpio, activeHigh, shortCounts, onTurn } = parts;
  const opened = clock.now();
  let contact: Contact = atRest;
  let since: Instant | undefined;
  let readable = false;

  const take = (high: boolean, edge: boolean): void => {
    const at = clock.now();
    const trusted = shortCounts && between(opened, at) >= openingFor;
    const sample = { active: high === activeHigh, edge: edge && trusted, at };
    const result = settle(contact, sample, quietFor);
    contact = result.contact;
    for (const turn of result.turns) {
      since = turn === "began" ? at : undefined;
      onTurn(turn);
    }
  };
  const line: InputLine = lines.openInput(gpio, (high) => take(high, true));
  const look = (): void => {
    const high = line.readHigh();
    readable = high !== undefined;
    if (high !== undefined) take(high, false);
  };
  return {
    look,
    active: () => (readable ? contact.active : undefined),
    activeSince: () => since,
  };
}
