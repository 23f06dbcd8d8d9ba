/** What a model tells the network layer of itself. */
import { ByteWriter } from "../bytes.ts";
import type { DeviceModel } from "./model.ts";

const kinds = { router: 1, endDevice: 2 } as const;
const band2400MHz = 0x40;

/** Everything of the node descriptor after the address. */
export function nodeDescriptor(model: DeviceModel): Buffer {
  const mains = model.power === "mains";
  return new ByteWriter()
    .u8(mains ? kinds.router : kinds.endDevice, band2400MHz, mains ? 0x8e : 0x80)
    .u16(model.manufacturerCode)
    .u8(0x52)
    .u16(0x80, 0x2c00, 0x80)
    .u8(0)
    .done();
}

export function activeEndpoints(model: DeviceModel): readonly number[] {
  return model.endpoints.map((endpoint) => endpoint.id);
}

export function simpleDescriptor(model: DeviceModel, endpoint: number): Buffer | undefined {
  const found = model.endpoints.find((candidate) => candidate.id === endpoint);
  if (found === undefined) return undefined;
  const servers = found.servers.map((cluster) => cluster.id);
  const clients = found.clients ?? [];
  return new ByteWriter()
    .u8(found.id)
    .u16(found.profile, found.device)
    .u8(1, servers.length)
    .u16(...servers)
    .u8(clients.length)
    .u16(...clients)
    .done();
}
