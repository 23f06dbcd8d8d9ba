/** The gateway's radio stack, unmodified, against the virtual home: one controller at a time. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller, setLogger } from "zigbee-herdsman";
import {
  type HerdsmanFiles,
  herdsmanNetwork,
  writeHerdsmanFiles,
} from "../../sim/herdsman-files.ts";
import type { VirtualHome } from "../../sim/virtual-home.ts";

const quiet = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };

export interface Rig {
  readonly controller: Controller;
  readonly files: HerdsmanFiles;
  readonly result: string;
  stop(): Promise<void>;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "obhut-sim-"));
}

/** Written once: a second start in the same directory finds what the first one left. */
function filesOf(directory: string, home: VirtualHome): HerdsmanFiles {
  const databasePath = join(directory, "database.db");
  const backupPath = join(directory, "coordinator_backup.json");
  if (existsSync(databasePath)) return { databasePath, backupPath };
  return writeHerdsmanFiles(directory, home.plan);
}

/** Starts a controller. With files it resumes a prepared home; without it forms a network. */
export async function startController(
  home: VirtualHome,
  options: { prepared?: boolean; directory?: string } = {},
): Promise<Rig> {
  setLogger(quiet);
  const directory = options.directory ?? temporaryDirectory();
  const files =
    options.prepared === false
      ? {
          databasePath: join(directory, "database.db"),
          backupPath: join(directory, "coordinator_backup.json"),
        }
      : filesOf(directory, home);
  const controller = new Controller({
    network: herdsmanNetwork(home.plan),
    serialPort: { path: home.address, adapter: "zstack" },
    databasePath: files.databasePath,
    databaseBackupPath: join(directory, "database.backup"),
    backupPath: files.backupPath,
    adapter: { disableLED: true },
    acceptJoiningDeviceHandler: () => Promise.resolve(true),
  });
  controller.setMaxListeners(100);
  const result = await controller.start();
  return {
    controller,
    files,
    result,
    stop: async () => {
      await controller.stop();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
