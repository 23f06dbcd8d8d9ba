/**
 * Wired devices at the header of the Raspberry Pi: emergency buttons and pull cords, the contacts
 * of a stove guard, the relay of a stove contactor, a buzzer. Optional: a home without wires has
 * none of it.
 */
import type { SignalPattern } from "../../rules/effects.ts";
import type { ActOutcome } from "../ports.ts";

/** One pin that is read. `high` is the voltage; what it means is the driver's business. */
export interface InputLine {
  /** Undefined while the pin cannot be read. Never throws. */
  readHigh(): boolean | undefined;
}

/** One pin that is driven. Low is the safe side of every output. Never throws. */
export interface OutputLine {
  writeHigh(high: boolean): boolean;
}

/**
 * The header, or what stands in for it. Opening throws an Error with one sentence for the operator.
 */
export interface Lines {
  /** `onEdge` hears every edge with the level that was read after it; the two may disagree. */
  openInput(gpio: number, onEdge: (high: boolean) => void): InputLine;
  openOutput(gpio: number): OutputLine;
  close(): void;
}

/** Wired devices. Promises settle within their own deadline and never reject. */
export interface Gpio {
  /**
   * Opens the pins. One that cannot be opened is reported and does not keep the others from
   * working.
   */
  start(): void;
  /** Lets every output fall to its safe side and frees the pins. */
  stop(): void;
  /** Whether this device hangs on a wire here, and not on the radio. */
  owns(device: string): boolean;
  /** Drops the contactor at once; `ok` only when its mirror contact proves it. */
  cutPower(device: string): Promise<ActOutcome>;
  /** Lets the pulses flow again; `ok` when the contactor was seen to pull in. */
  givePower(device: string): Promise<ActOutcome>;
  /** Says `relay-read` from the mirror contact. */
  readRelay(device: string): Promise<ActOutcome>;
  /** The buzzer. */
  signal(pattern: SignalPattern): void;
  /**
   * The loop calls this about once a second while it is healthy, and nobody else may: it is the
   * pulse that holds the stove's contactor. A loop that hangs stops calling, and the contactor
   * falls.
   */
  beat(): void;
  /** Looks at every input once. The driver does so by itself; a test does it at its own pace. */
  look(): void;
}
