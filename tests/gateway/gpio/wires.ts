/** A header made of plain values, with a clock that a test moves. It fills the port `Lines`. */
import type { Lines } from "../../../gateway/gpio/gpio.ts";
import type { Clock } from "../../../gateway/ports.ts";
import { instant } from "../../../protocol/time.ts";

export class Wires implements Lines {
  readonly high = new Map<number, boolean>();
  readonly written: { readonly gpio: number; readonly high: boolean }[] = [];
  readonly broken = new Set<number>();
  readonly refused = new Set<number>();
  closed = false;
  #edges = new Map<number, (high: boolean) => void>();
  #now = 0;

  readonly clock: Clock = {
    now: () => instant(this.#now),
    wall: () => ({ wall_ms: 0, trusted: false }),
  };

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Changes a level and raises the interrupt, as the kernel would. */
  edge(gpio: number, high: boolean): void {
    this.high.set(gpio, high);
    this.#edges.get(gpio)?.(high);
  }

  /** An interrupt whose level was gone again when it was read. */
  ghost(gpio: number): void {
    this.#edges.get(gpio)?.(this.high.get(gpio) ?? false);
  }

  openInput(gpio: number, onEdge: (high: boolean) => void) {
    if (this.refused.has(gpio)) throw new Error(`GPIO ${gpio} cannot be opened: in use`);
    this.#edges.set(gpio, onEdge);
    return {
      readHigh: () => (this.broken.has(gpio) ? undefined : (this.high.get(gpio) ?? false)),
    };
  }

  openOutput(gpio: number) {
    if (this.refused.has(gpio)) throw new Error(`GPIO ${gpio} cannot be opened: in use`);
    return {
      writeHigh: (high: boolean) => {
        if (this.broken.has(gpio)) return false;
        this.high.set(gpio, high);
        this.written.push({ gpio, high });
        return true;
      },
    };
  }

  close(): void {
    this.closed = true;
  }
}
