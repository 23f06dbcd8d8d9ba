/** ZDO: descriptors, addresses, bindings, groups of the stick, the state of the network. */
import { type ByteReader, ByteWriter } from "../bytes.ts";
import type { Binding, Node } from "../radio.ts";
import { askNetwork, coordinator } from "./ask.ts";
import { subsystems } from "./frame.ts";
import type { Command, CommandTable, Stick } from "./stick.ts";
import { managementCommands } from "./zdo-management.ts";
import { nodeDescriptorOf, notSupported } from "./zdo-tables.ts";

const ok = Buffer.from([0]);
const failed = Buffer.from([1]);
const success = 0;
const deviceNotFound = 0x81;
const invalidEndpoint = 0x82;
const euiMode = 3;
/** A coordinator of no particular maker, as TI's firmware describes itself. */
const ownDescriptor = Buffer.from("00408f000050a0000000a00000", "hex");

/** Requests for descriptors begin with the device to ask and the device meant: the same here. */
function asked(request: ByteReader): number {
  const target = request.u16();
  request.u16();
  return target;
}

const nodeDescriptor: Command = (stick, request) =>
  askNetwork(stick, {
    nwk: asked(request),
    answer: 0x82,
    own: () => nodeDescriptorOf(coordinator, ownDescriptor),
    device: (node) => nodeDescriptorOf(node.nwk, node.nodeDescriptor()),
  });

const activeEndpoints: Command = (stick, request) => {
  const list = (nwk: number, endpoints: readonly number[]) =>
    new ByteWriter()
      .u8(success)
      .u16(nwk)
      .u8(endpoints.length, ...endpoints)
      .done();
  return askNetwork(stick, {
    nwk: asked(request),
    answer: 0x85,
    own: () => list(coordinator, [...stick.endpoints.keys()]),
    device: (node) => list(node.nwk, node.activeEndpoints()),
  });
};

const simpleDescriptor: Command = (stick, request) => {
  const nwk = asked(request);
  const endpoint = request.u8();
  const wrap = (from: number, descriptor: Buffer | undefined) => {
    const status = descriptor === undefined ? invalidEndpoint : success;
    const bytes = descriptor ?? Buffer.alloc(0);
    return new ByteWriter().u8(status).u16(from).u8(bytes.length).bytes(bytes).done();
  };
  return askNetwork(stick, {
    nwk,
    answer: 0x84,
    own: () => wrap(coordinator, stick.endpoints.get(endpoint)),
    device: (node) => wrap(node.nwk, node.simpleDescriptor(endpoint)),
  });
};

function readBinding(request: ByteReader): Binding {
  request.eui();
  const endpoint = request.u8();
  const cluster = request.u16();
  const mode = request.u8();
  if (mode !== euiMode) return { endpoint, cluster, target: { group: request.u16() } };
  const eui = request.eui();
  return { endpoint, cluster, target: { eui, endpoint: request.u8() } };
}

const changeBinding = (change: "bind" | "unbind", answer: number): Command => {
  return (stick, request) => {
    const nwk = request.u16();
    const binding = readBinding(request);
    return askNetwork(stick, {
      nwk,
      answer,
      own: () => notSupported,
      device: (node) => Buffer.from([node[change](binding)]),
    });
  };
};

const addressAnswer = (
  answer: number,
  find: (stick: Stick, request: ByteReader) => Node | undefined,
): Command => {
  return (stick, request) => {
    const node = find(stick, request);
    const effect = (): void => {
      if (node === undefined) return;
      stick.radio.ask(
        node.nwk,
        (known) => {
          // Start index and count stand swapped here against ZDO; both are none.
          return new ByteWriter().u8(success).eui(known.eui).u16(known.nwk).u8(0, 0).done();
        },
        (data) => stick.indicate(subsystems.zdo, answer, data),
      );
    };
    return { reply: ok, effect };
  };
};

const matchDescriptor: Command = (stick, request) =>
  askNetwork(stick, {
    nwk: asked(request),
    answer: 0x86,
    own: () => Buffer.from([deviceNotFound, 0, 0, 0]),
    device: (node) => new ByteWriter().u8(success).u16(node.nwk).u8(0).done(),
  });

const powerDescriptor: Command = (stick, request) =>
  askNetwork(stick, {
    nwk: asked(request),
    answer: 0x83,
    own: () => new ByteWriter().u8(success).u16(coordinator, 0xc010).done(),
    device: (node) => new ByteWriter().u8(success).u16(node.nwk, 0xc010).done(),
  });

const startup: Command = (stick) => ({ reply: ok, effect: () => stick.start() });

const networkInfo: Command = (stick) => {
  const { network } = stick;
  const reply = new ByteWriter()
    .u16(0)
    .u8(stick.state)
    .u16(network?.panId ?? 0xffff, 0);
  reply
    .eui(`0x${network?.extendedPanId ?? "0"}`)
    .eui("0x0")
    .u8(network?.channel ?? 0);
  return { reply: reply.done() };
};

const groupKey = (request: ByteReader): string => `${request.u8()}:${request.u16()}`;

const findGroup: Command = (stick, request) => {
  const key = groupKey(request);
  const group = Number(key.split(":")[1]);
  const status = stick.groups.has(key) ? 0 : 1;
  return { reply: new ByteWriter().u8(status).u16(group).u8(0).done() };
};

const addGroup: Command = (stick, request) => {
  stick.groups.add(groupKey(request));
  return { reply: ok };
};

const removeGroup: Command = (stick, request) => ({
  reply: stick.groups.delete(groupKey(request)) ? ok : failed,
});

const accept: Command = () => ({ reply: ok });

export const zdoCommands: CommandTable = new Map([
  ...managementCommands,
  [0x00, addressAnswer(0x80, (stick, request) => stick.radio.byEui(request.eui()))],
  [0x01, addressAnswer(0x81, (stick, request) => stick.radio.byNwk(request.u16()))],
  [0x02, nodeDescriptor],
  [0x03, powerDescriptor],
  [0x04, simpleDescriptor],
  [0x05, activeEndpoints],
  [0x06, matchDescriptor],
  [0x21, changeBinding("bind", 0xa1)],
  [0x22, changeBinding("unbind", 0xa2)],
  [0x3e, accept],
  [0x40, startup],
  [0x45, accept],
  [0x46, accept],
  [0x47, removeGroup],
  [0x4a, findGroup],
  [0x4b, addGroup],
  [0x50, networkInfo],
]);
