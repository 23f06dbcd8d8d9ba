/** The frame of the Zigbee Cluster Library (ZCL 2.4): control, sequence, command, payload. */
import { ByteReader, ByteWriter } from "../bytes.ts";

export interface ZclFrame {
  /** A command of the cluster itself; otherwise one that all clusters share. */
  readonly ofCluster: boolean;
  readonly manufacturer?: number;
  readonly fromServer: boolean;
  readonly wantsDefaultResponse: boolean;
  readonly sequence: number;
  readonly command: number;
  readonly payload: Buffer;
}

/** ZCL 2.5: commands that all clusters share. */
export const shared = {
  read: 0x00,
  readReply: 0x01,
  write: 0x02,
  writeUndivided: 0x03,
  writeReply: 0x04,
  writeNoReply: 0x05,
  configureReporting: 0x06,
  configureReportingReply: 0x07,
  readReporting: 0x08,
  readReportingReply: 0x09,
  report: 0x0a,
  defaultResponse: 0x0b,
  discover: 0x0c,
  discoverReply: 0x0d,
} as const;

/** ZCL 2.6.3: status of a command or attribute. */
export const statuses = {
  success: 0x00,
  failure: 0x01,
  malformed: 0x80,
  unsupportedCluster: 0xc3,
  unsupportedCommand: 0x81,
  unsupportedAttribute: 0x86,
  invalidValue: 0x87,
  readOnly: 0x88,
  insufficientSpace: 0x89,
  duplicate: 0x8a,
  notFound: 0x8b,
  unreportable: 0x8c,
} as const;

const clusterSpecific = 0x01;
const manufacturerSpecific = 0x04;
const serverToClient = 0x08;
const noDefaultResponse = 0x10;

export function decodeZcl(bytes: Buffer): ZclFrame {
  const reader = new ByteReader(bytes);
  const control = reader.u8();
  const manufacturer = (control & manufacturerSpecific) === 0 ? undefined : reader.u16();
  return {
    ofCluster: (control & 3) === clusterSpecific,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    fromServer: (control & serverToClient) !== 0,
    wantsDefaultResponse: (control & noDefaultResponse) === 0,
    sequence: reader.u8(),
    command: reader.u8(),
    payload: Buffer.from(reader.rest()),
  };
}

export function encodeZcl(frame: ZclFrame): Buffer {
  const control =
    (frame.ofCluster ? clusterSpecific : 0) |
    (frame.manufacturer === undefined ? 0 : manufacturerSpecific) |
    (frame.fromServer ? serverToClient : 0) |
    (frame.wantsDefaultResponse ? 0 : noDefaultResponse);
  const writer = new ByteWriter().u8(control);
  if (frame.manufacturer !== undefined) writer.u16(frame.manufacturer);
  return writer.u8(frame.sequence, frame.command).bytes(frame.payload).done();
}
