/** What a device keeps while the home's process is away. */
import type { Binding } from "../radio.ts";
import type { Device, Membership } from "./device.ts";
import type { ReportConfig } from "./reporting.ts";
import type { Value } from "./values.ts";

export interface DeviceMemory {
  readonly nwk: number;
  readonly membership?: Membership;
  readonly heardCounter: number;
  readonly bindings: readonly Binding[];
  readonly reports: readonly ReportConfig[];
  /** Group and endpoint. */
  readonly groups: readonly (readonly [number, number])[];
  readonly attributes: Readonly<Record<string, Value>>;
  readonly behaviours: Readonly<Record<string, Value>>;
}

export function saveDevice(device: Device): DeviceMemory {
  const { nwk, membership, heardCounter, bindings } = device;
  return {
    nwk,
    ...(membership === undefined ? {} : { membership }),
    heardCounter,
    bindings,
    reports: device.reporting.configs,
    groups: [...device.groups].flatMap(([group, endpoints]) => {
      return [...endpoints].map((endpoint): [number, number] => [group, endpoint]);
    }),
    attributes: device.attributes.save(),
    behaviours: device.saveBehaviours(),
  };
}

export function loadDevice(device: Device, memory: DeviceMemory): void {
  device.nwk = memory.nwk;
  device.membership = memory.membership;
  device.heardCounter = memory.heardCounter;
  device.attributes.load(memory.attributes);
  for (const binding of memory.bindings) device.bind(binding);
  for (const report of memory.reports) device.reporting.configure(report);
  for (const [group, endpoint] of memory.groups) {
    device.groups.set(group, (device.groups.get(group) ?? new Set<number>()).add(endpoint));
  }
  device.loadBehaviours(memory.behaviours);
}
