/** APP_CNF: base device behaviour, by which a host makes the stick form a network. */
import { ByteWriter } from "../bytes.ts";
import { subsystems } from "./frame.ts";
import { items } from "./nv.ts";
import type { Command, CommandTable } from "./stick.ts";

const ok = Buffer.from([0]);
const formNetwork = 4;

const setChannel: Command = (stick, request) => {
  const primary = request.u8() === 1;
  const mask = request.u32();
  if (primary) stick.nv.put(items.channelList, new ByteWriter().u32(mask).done());
  return { reply: ok };
};

const startCommissioning: Command = (stick, request) => {
  const mode = request.u8();
  return {
    reply: ok,
    effect: () => {
      if ((mode & formNetwork) !== 0) stick.form();
      stick.indicate(subsystems.appCnf, 0x80, Buffer.from([0, mode, 0]));
    },
  };
};

const accept: Command = () => ({ reply: ok });

export const appCnfCommands: CommandTable = new Map([
  [0x04, accept],
  [0x05, startCommissioning],
  [0x08, setChannel],
  [0x09, accept],
]);
