/** What the gateway tells of itself to `obhut status`, from the rules' own view of the home. */
import type { HomeView } from "../protocol/view.ts";
import type { Told } from "./health.ts";

export interface StatusParts {
  readonly home: string;
  readonly version: string;
  readonly boot: string;
  readonly view: HomeView;
  readonly radio: string;
  readonly unreceipted: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly reports: readonly string[];
}

/** One picture of the home and of the process that guards it. */
export function toldStatus(parts: StatusParts): Told {
  const { view } = parts;
  return {
    home: parts.home,
    version: parts.version,
    boot: parts.boot,
    radio: parts.radio,
    care: view.link.care,
    open_alarms: view.alarms.length,
    stove: view.stove?.phase ?? "none",
    blind_modules: view.modules
      .filter((module) => module.blindBecause.length > 0)
      .map((module) => module.name),
    outbox: parts.unreceipted,
    ports: { ...parts.ports },
    reports: [...parts.reports],
  };
}
