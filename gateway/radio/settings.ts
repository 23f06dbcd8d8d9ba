/**
 * What the radio driver is told: the stick, the network, the devices it must know, and its folder.
 */
import type { PowerSource, Role } from "../../protocol/home.ts";

/** A device of the home with its radio address (`0x` and 16 hexadecimal digits). */
export interface RadioDevice {
  readonly id: string;
  readonly ieee: string;
  readonly roles: readonly Role[];
  readonly room: string;
  readonly power: PowerSource;
}

/** The Zigbee network of the home; the key and the extended PAN id are hexadecimal. */
export interface RadioNetwork {
  readonly panId: number;
  readonly extendedPanId: string;
  readonly channel: number;
  readonly networkKey: string;
}

/**
 * Sticks whose network can be backed up and put back. For ZiGate, ZBOSS and Zigbee on host the
 * stack has no backup: a dead stick would cost every pairing, and no start could be told from a
 * new network.
 */
export type AdapterKind = "zstack" | "ember" | "deconz";

export interface RadioSettings {
  /** `tcp://host:port` or a serial device. */
  readonly port: string;
  readonly adapter: AdapterKind;
  /** Absolute folder of database.db, coordinator_backup.json and their generations. */
  readonly dir: string;
  readonly network: RadioNetwork;
  readonly devices: readonly RadioDevice[];
  /** Only at provisioning: an empty stick may form the network. Otherwise it is refused. */
  readonly formNetwork: boolean;
}

/**
 * The Zigbee group of the stove relay, the second way to switch it off; its own, nothing else is in
 * it.
 */
export const stoveGroup = 0x0b0b;

export function withRole(settings: RadioSettings, role: Role): readonly RadioDevice[] {
  return settings.devices.filter((device) => device.roles.includes(role));
}
