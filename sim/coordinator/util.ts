/** UTIL: what the stick knows of itself and of the devices near it. */
import { ByteWriter } from "../bytes.ts";
import { forgetDevice, keepDevice } from "./keys.ts";
import type { Command, CommandTable } from "./stick.ts";

const ok = Buffer.from([0]);
/** Coordinator, router and end device. */
const deviceTypes = 7;
/** As many as one reply can list. */
const nearbyMost = 100;
const unknownAddress = 0xfffe;
const relations = { child: 1, none: 255 } as const;

const getDeviceInfo: Command = (stick) => {
  const nearby = [...stick.radio.nodes].slice(0, nearbyMost).map((node) => node.nwk);
  const reply = new ByteWriter().u8(0).eui(stick.eui).u16(0);
  reply.u8(deviceTypes, stick.state, nearby.length).u16(...nearby);
  return { reply: reply.done() };
};

const assocCount: Command = (stick) => ({
  reply: new ByteWriter().u16([...stick.radio.nodes].length).done(),
});

const assocGetWithAddress: Command = (stick, request) => {
  const node = stick.radio.byEui(request.eui()) ?? stick.radio.byNwk(request.u16());
  const reply = new ByteWriter().u16(node?.nwk ?? unknownAddress, 0);
  return { reply: reply.u8(node === undefined ? relations.none : relations.child).done() };
};

const assocRemove: Command = (stick, request) => {
  forgetDevice(stick.nv, request.eui());
  return { reply: ok };
};

const assocAdd: Command = (stick, request) => {
  const eui = request.eui();
  keepDevice(stick.nv, { eui, nwk: request.u16() });
  return { reply: ok };
};

const lookUpEui: Command = (stick, request) => ({
  reply: new ByteWriter().u16(stick.radio.byEui(request.eui())?.nwk ?? unknownAddress).done(),
});

const lookUpNwk: Command = (stick, request) => ({
  reply: new ByteWriter().eui(stick.radio.byNwk(request.u16())?.eui ?? "0x0").done(),
});

const timeAlive: Command = (stick) => ({
  reply: new ByteWriter().u32(Math.floor(stick.clock.now() / 1000)).done(),
});

const accept: Command = () => ({ reply: ok });

export const utilCommands: CommandTable = new Map([
  [0x00, getDeviceInfo],
  [0x06, accept],
  [0x09, timeAlive],
  [0x0a, accept],
  [0x40, lookUpEui],
  [0x41, lookUpNwk],
  [0x48, assocCount],
  [0x4a, assocGetWithAddress],
  [0x63, assocRemove],
  [0x64, assocAdd],
]);
