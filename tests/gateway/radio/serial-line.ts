/** The virtual stick as a serial device: a pseudo terminal, made by Python, before its TCP port. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";

const program = `
import os, pty, select, socket, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
link = sys.argv[2]
if os.path.islink(link): os.remove(link)
os.symlink(os.ttyname(slave), link)
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(os.ttyname(slave), flush=True)
while True:
    for source in select.select([master, line], [], [])[0]:
        data = os.read(source.fileno() if source is line else source, 4096)
        if not data: sys.exit()
        line.sendall(data) if source is master else os.write(master, data)
`;

/** A pseudo terminal needs Linux and Python; where one is missing these tests say so by their skip. */
export const hasSerial =
  process.platform === "linux" && spawnSync("python3", ["-c", "import pty"]).status === 0;

export interface SerialLine {
  /** How many descriptors of this process are open on the device. */
  open(): number;
  /** The stick is pulled out: the device is gone. */
  pull(): Promise<void>;
}

/** Plugs the stick in; its device is found at `link`. */
export async function plugIn(port: number, link: string): Promise<SerialLine> {
  const child: ChildProcess = spawn("python3", ["-c", program, String(port), link], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const device = await new Promise<string>((resolve) => {
    child.stdout?.once("data", (bytes: Buffer) => resolve(bytes.toString("utf8").trim()));
  });
  return {
    open: () => {
      const targets = readdirSync("/proc/self/fd").map((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
          return "";
        }
      });
      return targets.filter((target) => target === device).length;
    },
    pull: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
