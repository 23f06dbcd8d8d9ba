/**
 * The yardstick: zigbee-herdsman with one handler that cuts the stove when smoke is told. No rules, no
 * journal, no broker. `node tests/bench/bare.ts PORT FOLDER`, where FOLDER holds the stack's files.
 */
import { join } from "node:path";
import { Controller, setLogger } from "zigbee-herdsman";
import { weber } from "../../sim/homes/weber.ts";

const [port = "", folder = ""] = process.argv.slice(2);
const silent = (): void => undefined;
setLogger({ debug: silent, info: silent, warning: silent, error: silent });

const byRole = (role: string): string =>
  weber.devices.find((device) => device.roles.includes(role))?.ieee ?? "";
const smoke = byRole("smoke");
const plug = byRole("stove-relay");
const bytes = (hex: string): number[] => [...Buffer.from(hex, "hex")];

const controller = new Controller({
  network: {
    panID: weber.network.panId,
    extendedPanID: bytes(weber.network.extendedPanId),
    channelList: [weber.network.channel],
    networkKey: bytes(weber.network.key),
  },
  serialPort: { path: port, adapter: "zstack" },
  databasePath: join(folder, "database.db"),
  databaseBackupPath: join(folder, "database.db.backup"),
  backupPath: join(folder, "coordinator_backup.json"),
  adapter: { concurrent: 64, disableLED: false },
  acceptJoiningDeviceHandler: () => Promise.resolve(true),
});
controller.setMaxListeners(50);
await controller.start();
const endpoint = controller.getDeviceByIeeeAddr(plug)?.getEndpoint(1);
controller.on("message", ({ device, cluster, data }) => {
  if (device.ieeeAddr !== smoke || cluster !== "ssIasZone") return;
  const status: unknown = Reflect.get(data, "zonestatus");
  if (typeof status !== "number" || (status & 1) === 0) return;
  endpoint?.command("genOnOff", "off", {}, { timeout: 1_000, disableRecovery: true }).catch(silent);
});
process.stdout.write("ready\n");
