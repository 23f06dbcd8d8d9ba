/** AF: endpoints of the host, and application data to and from devices. */
import { type ByteReader, ByteWriter } from "../bytes.ts";
import type { ApsMessage } from "../radio.ts";
import { subsystems } from "./frame.ts";
import type { Command, CommandTable, Stick } from "./stick.ts";

const ok = 0;
const invalidParameter = 2;
const alreadyRegistered = 0xb8;
const outOfMemory = 0x10;
/** A host registers 15; more than this do not fit one list of endpoints. */
const endpointsMost = 64;
const firstBroadcast = 0xfff8;
const modes = { group: 1, short: 2, broadcast: 15 } as const;

const register: Command = (stick, request) => {
  const endpoint = request.u8();
  if (stick.endpoints.size >= endpointsMost) return { reply: Buffer.from([outOfMemory]) };
  if (stick.endpoints.has(endpoint)) return { reply: Buffer.from([alreadyRegistered]) };
  stick.endpoints.set(endpoint, simpleDescriptor(endpoint, request));
  return { reply: Buffer.from([ok]) };
};

/** The host gives a latency byte between version and clusters; a simple descriptor has none. */
function simpleDescriptor(endpoint: number, request: ByteReader): Buffer {
  const profile = request.u16();
  const device = request.u16();
  const version = request.u8();
  request.u8();
  const head = new ByteWriter().u8(endpoint).u16(profile, device).u8(version);
  return head.bytes(request.rest()).done();
}

const unregister: Command = (stick, request) => {
  const gone = stick.endpoints.delete(request.u8());
  return { reply: Buffer.from([gone ? ok : invalidParameter]) };
};

interface Sending {
  readonly message: ApsMessage;
  readonly to: number;
  readonly transaction: number;
}

const dataRequest: Command = (stick, request) => {
  const to = request.u16();
  const targetEndpoint = request.u8();
  const sourceEndpoint = request.u8();
  const cluster = request.u16();
  const transaction = request.u8();
  request.u16();
  const payload = Buffer.from(request.bytes(request.u8()));
  const message = { cluster, sourceEndpoint, targetEndpoint, payload };
  return send(stick, { message, to, transaction });
};

const dataRequestExt: Command = (stick, request) => {
  const mode = request.u8();
  const address = request.bytes(8).readUInt16LE(0);
  const targetEndpoint = request.u8();
  request.u16();
  const sourceEndpoint = request.u8();
  const cluster = request.u16();
  const transaction = request.u8();
  request.u16();
  const payload = Buffer.from(request.bytes(request.u16()));
  const plain = { cluster, sourceEndpoint, targetEndpoint, payload };
  const message = mode === modes.group ? { ...plain, group: address } : plain;
  return send(stick, { message, to: address, transaction });
};

function send(stick: Stick, sending: Sending) {
  const { message, to, transaction } = sending;
  // A stick that was reset has no endpoints and no network; the host learns it from this status.
  if (stick.network === undefined || !stick.endpoints.has(message.sourceEndpoint)) {
    return { reply: Buffer.from([invalidParameter]) };
  }
  const confirm = (status: number): void => {
    const data = new ByteWriter().u8(status, message.sourceEndpoint, transaction).done();
    stick.indicate(subsystems.af, 0x80, data);
  };
  const effect = (): void => {
    if (message.group !== undefined || to >= firstBroadcast) {
      confirm(ok);
      stick.radio.spread(message.group === undefined ? { ...message, broadcast: true } : message);
    } else if (to !== 0) {
      stick.radio.unicast(to, message, confirm);
    } else {
      confirm(ok);
    }
  };
  return { reply: Buffer.from([ok]), effect };
}

const interPan: Command = () => ({ reply: Buffer.from([ok]) });

export const afCommands: CommandTable = new Map([
  [0x00, register],
  [0x01, dataRequest],
  [0x02, dataRequestExt],
  [0x04, unregister],
  [0x10, interPan],
]);
