/** The state of a home in a file, so that it outlives the process: stick, devices, relay, stove. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type DeviceMemory, loadDevice, saveDevice } from "./devices/memory.ts";
import type { VirtualHome } from "./virtual-home.ts";

interface HomeMemory {
  readonly version: 1;
  readonly home: string;
  readonly stick: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, DeviceMemory>>;
}

/** Changes of one moment are written together, this much later. */
const gather_ms = 50;

export class StateFile {
  readonly #path: string;
  readonly #home: VirtualHome;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, home: VirtualHome) {
    this.#path = path;
    this.#home = home;
  }

  /** Whether there was a state to take over. A file of another home or form is refused. */
  load(): boolean {
    if (!existsSync(this.#path)) return false;
    const memory = readMemory(this.#path);
    const { plan, stick, devices } = this.#home;
    if (memory.version !== 1 || memory.home !== plan.name) {
      throw new Error(
        `${this.#path} is not a state of home "${plan.name}"; remove it to start anew`,
      );
    }
    stick.nv.load(memory.stick);
    for (const [name, device] of devices) {
      const kept = memory.devices[name];
      if (kept !== undefined) loadDevice(device, kept);
    }
    return true;
  }

  /** Something has changed; written a moment later. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.write(), gather_ms);
  }

  /** Written beside and renamed, so that a kill leaves the old state or the new one. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { plan, stick, devices } = this.#home;
    const memory: HomeMemory = {
      version: 1,
      home: plan.name,
      stick: stick.nv.save(),
      devices: Object.fromEntries([...devices].map(([name, device]) => [name, saveDevice(device)])),
    };
    writeFileSync(`${this.#path}.new`, JSON.stringify(memory), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readMemory(path: string): HomeMemory {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be read as a home's state (${why}); remove it to start anew`);
  }
}
