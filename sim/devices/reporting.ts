/** Attribute reporting (ZCL 2.5.7): on change, not more often than min, not less often than max. */
import type { Cancel, Clock } from "../clock.ts";
import type { Attribute, Attributes } from "./attributes.ts";
import type { Place } from "./behaviour.ts";
import { isAnalog, type Value } from "./values.ts";

export interface ReportConfig extends Place {
  readonly min_s: number;
  readonly max_s: number;
  readonly change: number;
}

/** As maximum: no reports at all. A maximum of 0 means on change only. */
const never = 0xffff;

interface Running {
  readonly config: ReportConfig;
  sentAt: number;
  sent: Value | undefined;
  cancel: Cancel | undefined;
}

export interface ReportingOptions {
  readonly clock: Clock;
  readonly attributes: Attributes;
  readonly send: (attribute: Attribute) => void;
}

function nameOf(place: Place): string {
  return `${place.endpoint}/${place.cluster}/${place.attribute}`;
}

export class Reporting {
  readonly #options: ReportingOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: ReportingOptions) {
    this.#options = options;
  }

  get configs(): ReportConfig[] {
    return [...this.#running.values()].map((running) => running.config);
  }

  configOf(place: Place): ReportConfig | undefined {
    return this.#running.get(nameOf(place))?.config;
  }

  configure(config: ReportConfig): void {
    const name = nameOf(config);
    this.#running.get(name)?.cancel?.();
    this.#running.delete(name);
    if (config.max_s === never) return;
    const sent = this.#options.attributes.at(config)?.value;
    const running = { config, sentAt: this.#options.clock.now(), sent, cancel: undefined };
    this.#running.set(name, running);
    this.#plan(running);
  }

  clear(): void {
    for (const running of this.#running.values()) running.cancel?.();
    this.#running.clear();
  }

  changed(attribute: Attribute): void {
    const running = this.#running.get(nameOf(attribute));
    if (running === undefined || !differs(attribute, running)) return;
    const wait = running.sentAt + running.config.min_s * 1000 - this.#options.clock.now();
    if (wait <= 0) this.#send(running);
    else this.#plan(running, wait);
  }

  #plan(running: Running, wait_ms?: number): void {
    running.cancel?.();
    running.cancel = undefined;
    const { min_s, max_s } = running.config;
    if (wait_ms === undefined && max_s === 0) return;
    const delay = wait_ms ?? Math.max(min_s, max_s) * 1000;
    running.cancel = this.#options.clock.after(delay, () => this.#send(running));
  }

  #send(running: Running): void {
    const attribute = this.#options.attributes.at(running.config);
    if (attribute === undefined) return;
    running.sentAt = this.#options.clock.now();
    running.sent = attribute.value;
    this.#options.send(attribute);
    this.#plan(running);
  }
}

function differs(attribute: Attribute, running: Running): boolean {
  const { sent } = running;
  if (sent === attribute.value) return false;
  if (!isAnalog(attribute.type) || typeof sent !== "number") return true;
  return Math.abs(Number(attribute.value) - sent) >= running.config.change;
}
