/** The home as an onlooker sees it: plain data, for prompts, tests and other processes. */
import type { Value } from "./devices/values.ts";
import type { VirtualHome } from "./virtual-home.ts";

export interface DeviceSnapshot {
  readonly joined: boolean;
  readonly condition: string;
  readonly [what: string]: Value;
}

export interface HomeSnapshot {
  readonly home: string;
  readonly port: number;
  /** Whether a host is connected. */
  readonly connected: boolean;
  /** Whether the stick has started its network. */
  readonly network: boolean;
  readonly permitsJoin: boolean;
  readonly homeTime_ms: number;
  readonly stove: {
    readonly knobW: number;
    readonly powerW: number;
    readonly celsius: number;
    readonly relayOn: boolean;
    /** What the plug says of itself. */
    readonly saysOn: boolean;
    readonly fault: string;
    readonly offCount: number;
  };
  readonly devices: Readonly<Record<string, DeviceSnapshot>>;
}

export function snapshot(home: VirtualHome): HomeSnapshot {
  const { stove, stick, trouble } = home;
  const condition = trouble.condition(stove.plug.name);
  return {
    home: home.plan.name,
    port: home.port,
    connected: home.socket.connected,
    network: stick.network !== undefined,
    permitsJoin: stick.permitsJoin,
    homeTime_ms: Math.round(home.clock.now()),
    stove: {
      knobW: stove.knobW,
      powerW: stove.powerW,
      celsius: Math.round(stove.celsius * 10) / 10,
      relayOn: stove.relay.closed,
      saysOn: stove.relay.says,
      fault: condition === "well" ? stove.relay.fault : condition,
      offCount: stove.relay.offCount,
    },
    devices: Object.fromEntries(
      [...home.devices].map(([name, device]) => {
        const joined = device.membership !== undefined;
        return [name, { joined, condition: trouble.condition(name), ...device.look() }];
      }),
    ),
  };
}
