/** The commands that all clusters share (ZCL 2.5), answered from a device's attributes. */
import { ByteReader, ByteWriter } from "../bytes.ts";
import type { Attributes } from "./attributes.ts";
import type { Place } from "./behaviour.ts";
import type { Reporting } from "./reporting.ts";
import { isAnalog, readValue, writeValue } from "./values.ts";
import { shared, statuses, type ZclFrame } from "./zcl.ts";

export interface FoundationParts {
  readonly attributes: Attributes;
  readonly reporting: Reporting;
  /** A value has come from the host. */
  readonly written: (place: Place) => void;
}

export interface SharedCall {
  readonly endpoint: number;
  readonly cluster: number;
  readonly frame: ZclFrame;
}

export type SharedAnswer = { readonly command: number; readonly payload: Buffer } | number;

/** The answer to a shared command: a reply, or a status that becomes a default response. */
export function answerShared(parts: FoundationParts, call: SharedCall): SharedAnswer {
  const reader = new ByteReader(call.frame.payload);
  switch (call.frame.command) {
    case shared.read:
      return { command: shared.readReply, payload: read(parts, call, reader) };
    case shared.write:
    case shared.writeUndivided:
      return { command: shared.writeReply, payload: write(parts, call, reader) };
    case shared.writeNoReply:
      write(parts, call, reader);
      return statuses.success;
    case shared.configureReporting:
      return { command: shared.configureReportingReply, payload: configure(parts, call, reader) };
    case shared.readReporting:
      return { command: shared.readReportingReply, payload: readConfigs(parts, call, reader) };
    case shared.discover:
      return { command: shared.discoverReply, payload: discover(parts, call, reader) };
    default:
      return statuses.unsupportedCommand;
  }
}

function placeOf(call: SharedCall, attribute: number): Place {
  return { endpoint: call.endpoint, cluster: call.cluster, attribute };
}

function read(parts: FoundationParts, call: SharedCall, reader: ByteReader): Buffer {
  const reply = new ByteWriter();
  while (reader.left > 0) {
    const id = reader.u16();
    const held = parts.attributes.at(placeOf(call, id));
    reply.u16(id);
    if (held === undefined || call.frame.manufacturer !== undefined) {
      reply.u8(statuses.unsupportedAttribute);
    } else {
      reply.u8(statuses.success, held.type);
      writeValue(reply, held.type, held.value);
    }
  }
  return reply.done();
}

function write(parts: FoundationParts, call: SharedCall, reader: ByteReader): Buffer {
  const reply = new ByteWriter();
  let refused = false;
  while (reader.left > 0) {
    const id = reader.u16();
    const type = reader.u8();
    const value = readValue(reader, type);
    const held = parts.attributes.at(placeOf(call, id));
    if (held === undefined || call.frame.manufacturer !== undefined) {
      reply.u8(statuses.unsupportedAttribute).u16(id);
      refused = true;
    } else if (!held.writable) {
      reply.u8(statuses.readOnly).u16(id);
      refused = true;
    } else {
      held.value = value;
      parts.written(held);
    }
  }
  return refused ? reply.done() : Buffer.from([statuses.success]);
}

function configure(parts: FoundationParts, call: SharedCall, reader: ByteReader): Buffer {
  const reply = new ByteWriter();
  let refused = false;
  while (reader.left > 0) {
    const direction = reader.u8();
    const id = reader.u16();
    if (direction !== 0) {
      reader.u16();
      continue;
    }
    const type = reader.u8();
    const min_s = reader.u16();
    const max_s = reader.u16();
    const change = isAnalog(type) ? Number(readValue(reader, type)) : 0;
    if (parts.attributes.at(placeOf(call, id)) === undefined) {
      reply.u8(statuses.unsupportedAttribute, 0).u16(id);
      refused = true;
    } else {
      parts.reporting.configure({ ...placeOf(call, id), min_s, max_s, change });
    }
  }
  return refused ? reply.done() : Buffer.from([statuses.success]);
}

function readConfigs(parts: FoundationParts, call: SharedCall, reader: ByteReader): Buffer {
  const reply = new ByteWriter();
  while (reader.left > 0) {
    reader.u8();
    const id = reader.u16();
    const config = parts.reporting.configOf(placeOf(call, id));
    const held = parts.attributes.at(placeOf(call, id));
    if (held === undefined) {
      reply.u8(statuses.unsupportedAttribute, 0).u16(id);
    } else if (config === undefined) {
      reply.u8(statuses.notFound, 0).u16(id);
    } else {
      reply.u8(statuses.success, 0).u16(id).u8(held.type).u16(config.min_s, config.max_s);
      if (isAnalog(held.type)) writeValue(reply, held.type, config.change);
    }
  }
  return reply.done();
}

function discover(parts: FoundationParts, call: SharedCall, reader: ByteReader): Buffer {
  const from = reader.u16();
  const most = reader.u8();
  const held = parts.attributes
    .ofCluster(call.endpoint, call.cluster)
    .filter((attribute) => attribute.attribute >= from)
    .sort((one, other) => one.attribute - other.attribute);
  const reply = new ByteWriter().u8(held.length <= most ? 1 : 0);
  for (const attribute of held.slice(0, most)) reply.u16(attribute.attribute).u8(attribute.type);
  return reply.done();
}
