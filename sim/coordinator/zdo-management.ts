/** ZDO management: neighbours, bindings, leaving, joining, channels. */
import { ByteWriter } from "../bytes.ts";
import { askNetwork } from "./ask.ts";
import { subsystems } from "./frame.ts";
import { keepChannel } from "./network.ts";
import type { Command, CommandTable } from "./stick.ts";
import { bindingTable, neighbourTable, notSupported } from "./zdo-tables.ts";

const ok = Buffer.from([0]);
const success = 0;
const changeChannel = 0xfe;

const managementBind: Command = (stick, request) => {
  const nwk = request.u16();
  const from = request.u8();
  return askNetwork(stick, {
    nwk,
    answer: 0xb3,
    own: () => notSupported,
    device: (node) => bindingTable(node, from),
  });
};

const managementLqi: Command = (stick, request) => {
  const nwk = request.u16();
  const from = request.u8();
  return askNetwork(stick, {
    nwk,
    answer: 0xb1,
    own: () => neighbourTable([...stick.radio.nodes], stick.network, from),
    device: (node) => (node.router ? neighbourTable([], stick.network, from) : notSupported),
  });
};

/** No routes to tell: everything is heard directly. */
const managementRouting: Command = (stick, request) =>
  askNetwork(stick, {
    nwk: request.u16(),
    answer: 0xb2,
    own: () => Buffer.from([success, 0, 0, 0]),
    device: (node) => (node.router ? Buffer.from([success, 0, 0, 0]) : notSupported),
  });

const managementLeave: Command = (stick, request) => {
  const nwk = request.u16();
  return askNetwork(stick, {
    nwk,
    answer: 0xb4,
    own: () => notSupported,
    device: (node) => {
      stick.clock.after(1, () => {
        node.leave();
        stick.left(node);
      });
      return Buffer.from([success]);
    },
  });
};

const permitJoin: Command = (stick, request) => {
  request.bytes(3);
  const seconds = request.u8();
  const effect = (): void => {
    stick.permitJoin(seconds);
    stick.indicate(subsystems.zdo, 0xcb, Buffer.from([seconds]));
    stick.indicate(subsystems.zdo, 0xb6, Buffer.from([0, 0, success]));
  };
  return { reply: ok, effect };
};

/** Changes the channel; a scan of energy finds every channel quiet. */
const networkUpdate: Command = (stick, request) => {
  const nwk = request.u16();
  request.u8();
  const mask = request.u32();
  const duration = request.u8();
  const channel = 31 - Math.clz32(mask);
  const effect = (): void => {
    if (duration === changeChannel) {
      keepChannel(stick.nv, channel);
      stick.start();
      return;
    }
    const quiet = new ByteWriter().u16(nwk).u8(success).u32(mask).u16(0, 0).u8(1, 1).done();
    stick.indicate(subsystems.zdo, 0xb8, quiet);
  };
  return { reply: ok, effect };
};

export const managementCommands: CommandTable = new Map([
  [0x31, managementLqi],
  [0x32, managementRouting],
  [0x33, managementBind],
  [0x34, managementLeave],
  [0x36, permitJoin],
  [0x37, networkUpdate],
]);
