/** The frames by which the stove relay is switched and read, in our own hands. */
import { Zcl } from "zigbee-herdsman";

export type SwitchCommand = "off" | "on";

export interface OwnFrame {
  readonly frame: Zcl.Frame;
  /** The ZCL sequence number; the relay's answer carries it. */
  readonly sequence: number;
}

/**
 * Counts downwards, as the stack counts upwards: two requests to one plug rarely share a number.
 */
let lastSequence = 0;
function nextSequence(): number {
  lastSequence = lastSequence === 0 ? 0xff : lastSequence - 1;
  return lastSequence;
}

/**
 * `answered`: the relay shall say by a default response whether it obeyed; a group is never asked.
 */
export function switchFrame(command: SwitchCommand, answered: boolean): OwnFrame {
  const number = nextSequence();
  const frame = Zcl.Frame.create(
    Zcl.FrameType.SPECIFIC,
    Zcl.Direction.CLIENT_TO_SERVER,
    !answered,
    undefined,
    number,
    command,
    "genOnOff",
    {},
    {},
  );
  return { frame, sequence: number };
}

/** What a stove's plug is asked: the state of its relay, or what flows. */
export type Question = "onOff" | "activePower" | "instantaneousDemand";

const placeOf: Readonly<Record<Question, readonly [cluster: string, attribute: number]>> = {
  onOff: ["genOnOff", 0x0000],
  activePower: ["haElectricalMeasurement", 0x050b],
  instantaneousDemand: ["seMetering", 0x0400],
};

/** Asks for one attribute. */
export function readFrame(question: Question): OwnFrame {
  const [cluster, attrId] = placeOf[question];
  const number = nextSequence();
  const frame = Zcl.Frame.create(
    Zcl.FrameType.GLOBAL,
    Zcl.Direction.CLIENT_TO_SERVER,
    true,
    undefined,
    number,
    "read",
    cluster,
    [{ attrId }],
    {},
  );
  return { frame, sequence: number };
}

/** AF_DATA_REQUEST of the Z-Stack's serial protocol, as bytes: `FE len 24 01 … fcs`. */
export function rawDataRequest(network: number, endpoint: number, own: OwnFrame): Buffer {
  const zcl = own.frame.toBuffer();
  const onOff = 6;
  const head = Buffer.from([
    0xfe,
    10 + zcl.length,
    0x24,
    0x01,
    network & 0xff,
    network >> 8,
    endpoint,
    1,
    onOff,
    0,
    own.sequence,
    0,
    // Radius 30, as the stack sends it.
    30,
    zcl.length,
  ]);
  const body = Buffer.concat([head, zcl]);
  const check = body.subarray(1).reduce((sum, byte) => sum ^ byte, 0);
  return Buffer.concat([body, Buffer.from([check])]);
}
