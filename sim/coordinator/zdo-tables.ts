/** The longer ZDO answers: node descriptor, neighbours, bindings. */
import { ByteWriter } from "../bytes.ts";
import type { Binding, Node } from "../radio.ts";
import type { Network } from "./network.ts";

const success = 0;
/** A request that this kind of device does not support. */
export const notSupported = Buffer.from([0x84]);
const neighboursPerAnswer = 3;
const bindingsPerAnswer = 4;
const linkQuality = 120;
const childOfMine = 1;

export function nodeDescriptorOf(nwk: number, descriptor: Buffer): Buffer {
  return new ByteWriter().u8(success).u16(nwk).bytes(descriptor).done();
}

/** Who is heard directly, a few at a time. */
export function neighbourTable(nodes: Node[], network: Network | undefined, from: number): Buffer {
  const part = nodes.slice(from, from + neighboursPerAnswer);
  const table = new ByteWriter().u8(success, nodes.length, from, part.length);
  const extendedPanId = `0x${network?.extendedPanId ?? "0"}`;
  for (const node of part) {
    const type = node.router ? 1 : 2;
    const listens = node.router ? 1 : 0;
    table.eui(extendedPanId).eui(node.eui).u16(node.nwk);
    table.u8(type | (listens << 2) | (childOfMine << 4), 2, 1, linkQuality);
  }
  return table.done();
}

export function bindingTable(node: Node, from: number): Buffer {
  const part = node.bindings.slice(from, from + bindingsPerAnswer);
  const table = new ByteWriter().u8(success, node.bindings.length, from, part.length);
  for (const binding of part) writeBinding(table, node, binding);
  return table.done();
}

function writeBinding(table: ByteWriter, node: Node, binding: Binding): void {
  table.eui(node.eui).u8(binding.endpoint).u16(binding.cluster);
  const { target } = binding;
  if ("group" in target) table.u8(1).u16(target.group);
  else table.u8(3).eui(target.eui).u8(target.endpoint);
}
