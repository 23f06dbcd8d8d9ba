/** A radio against a virtual home: the driver of production, its port, and what it said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { createRadio, type JoinedDevice, type ZigbeeRadio } from "../../../gateway/radio/radio.ts";
import type { RadioSettings } from "../../../gateway/radio/settings.ts";
import type { Role } from "../../../protocol/home.ts";
import type { Fact } from "../../../rules/events.ts";
import { writeHerdsmanFiles } from "../../../sim/herdsman-files.ts";
import type { PlannedHome } from "../../../sim/homes/home.ts";
import { type HomeOptions, startVirtualHome, type VirtualHome } from "../../../sim/virtual-home.ts";

/** Long enough for a laden machine; no test passes by waiting it out. */
const patience_ms = 20_000;

type Kind = Fact["kind"];
type Of<K extends Kind> = Extract<Fact, { kind: K }>;

/** What the radio said, in order. */
export class Said {
  readonly all: Fact[] = [];
  #waiting: (() => void)[] = [];
  /** Thrown at the next fact, as a broken listener would. */
  throwNext = false;

  readonly hear = (fact: Fact): void => {
    this.all.push(fact);
    for (const wake of this.#waiting.splice(0)) wake();
    if (this.throwNext) {
      this.throwNext = false;
      throw new Error("a listener that fails");
    }
  };

  of<K extends Kind>(kind: K): readonly Of<K>[] {
    return this.all.filter((fact): fact is Of<K> => fact.kind === kind);
  }

  clear(): void {
    this.all.length = 0;
  }

  /** The nth fact of a kind that holds. */
  async next<K extends Kind>(
    kind: K,
    holds: (fact: Of<K>) => boolean = () => true,
    count = 1,
  ): Promise<Of<K>> {
    const until = performance.now() + patience_ms;
    for (;;) {
      const found = this.of(kind).filter(holds)[count - 1];
      if (found !== undefined) return found;
      if (performance.now() > until) throw new Error(`no ${kind}; said: ${this.#summary()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #summary(): string {
    return this.all.map((fact) => JSON.stringify(fact)).join(" ");
  }
}

/** Until a condition holds; polled, because what is watched may be the other side's memory. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + patience_ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const quiet_ms = 400;

/** Until the radio asks nothing more: the stove's plug is set up. */
export async function quiet({ home }: { readonly home: VirtualHome }): Promise<void> {
  let last_ms = performance.now();
  const stop = home.onFrame(({ direction }) => {
    if (direction === "from-host") last_ms = performance.now();
  });
  await until("silence on the line", () => performance.now() - last_ms > quiet_ms);
  stop();
}

export function settingsFor(
  plan: PlannedHome,
  port: string,
  dir: string,
  formNetwork = false,
): RadioSettings {
  return {
    port,
    adapter: "zstack",
    dir,
    network: {
      panId: plan.network.panId,
      extendedPanId: plan.network.extendedPanId,
      channel: plan.network.channel,
      networkKey: plan.network.key,
    },
    devices: plan.devices.map(({ name, ieee, roles, room }) => ({
      id: name,
      ieee,
      roles: roles as readonly Role[],
      room,
      power: "battery",
    })),
    formNetwork,
  };
}

export interface RadioHome {
  readonly home: VirtualHome;
  readonly radio: ZigbeeRadio;
  readonly said: Said;
  readonly dir: string;
  /** A further radio on the same home and folder, after the first was stopped. */
  again(): { readonly radio: ZigbeeRadio; readonly said: Said };
  close(): Promise<void>;
}

export interface RadioHomeOptions {
  readonly home?: HomeOptions;
  /** Puts the folder into a state before the start. */
  readonly files?: (dir: string, plan: PlannedHome) => void;
  readonly formNetwork?: boolean;
  /** What the radio is told of the home, where that is not all of it. */
  readonly plan?: PlannedHome;
  readonly start?: boolean;
  /** The way to the stick, where it is not the home's own port. */
  readonly port?: (home: VirtualHome) => Promise<string>;
  readonly onJoined?: (device: JoinedDevice) => void;
}

export async function radioHome(options: RadioHomeOptions = {}): Promise<RadioHome> {
  const home = await startVirtualHome(options.home);
  const dir = mkdtempSync(join(tmpdir(), "obhut-radio-"));
  if (options.files === undefined) writeHerdsmanFiles(dir, options.plan ?? home.plan);
  else options.files(dir, home.plan);
  const log = pino({ level: process.env["RADIO_LOG"] ?? "silent" });
  const port = (await options.port?.(home)) ?? home.address;
  const { onJoined } = options;
  const radios: ZigbeeRadio[] = [];
  const make = (): { radio: ZigbeeRadio; said: Said } => {
    const said = new Said();
    const settings = settingsFor(options.plan ?? home.plan, port, dir, options.formNetwork);
    const radio = createRadio({ settings, hear: said.hear, log, ...(onJoined && { onJoined }) });
    radios.push(radio);
    return { radio, said };
  };
  const first = make();
  if (options.start !== false) {
    first.radio.start();
    await first.said.next("radio-ready");
  }
  return {
    home,
    ...first,
    dir,
    again: make,
    close: async () => {
      for (const radio of radios) await radio.stop();
      await home.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
