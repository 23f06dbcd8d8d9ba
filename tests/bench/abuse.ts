/** What the gateway must not mind: a frozen tablet, a flooding client, a disk that stalls. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { connectAsync } from "mqtt";
import type { House } from "./house.ts";

/** An MQTT string: its length in two bytes, then its bytes. */
const text = (words: string): Buffer => {
  const bytes = Buffer.from(words);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};
const packet = (head: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([head, body.length]), body]);
};

/** Subscribes to everything it may, and never reads again. Comes back whenever it is dropped. */
function frozenTablet(port: number, token: string): () => void {
  let ended = false;
  const open = (): void => {
    const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const flags = Buffer.from([4, 0xc2, 0, 60]);
      socket.write(packet(0x10, text("MQTT"), flags, text("phone"), text("phone"), text(token)));
      socket.write(packet(0x82, Buffer.from([0, 1]), text("home/state/#"), Buffer.from([1])));
      socket.write(packet(0x82, Buffer.from([0, 2]), text("home/event/#"), Buffer.from([0])));
      socket.pause();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (!ended) setTimeout(open, 500);
    });
  };
  open();
  return () => {
    ended = true;
  };
}

/** Publishes as fast as the broker lets it. */
async function flood(port: number, token: string): Promise<() => void> {
  const client = await connectAsync(`mqtts://127.0.0.1:${port}`, {
    clientId: "comfort",
    username: "comfort",
    password: token,
    protocolVersion: 4,
    rejectUnauthorized: false,
    reconnectPeriod: 200,
  });
  client.on("error", () => undefined);
  const timer = setInterval(() => {
    for (let nth = 0; nth < 50; nth += 1) {
      client.publish("home/wish/comfort", `{"device":"living-light","level":${nth}}`);
    }
  }, 10);
  return () => {
    clearInterval(timer);
    client.end(true);
  };
}

/** A small file system of its own for the gateway's data, which can be frozen. Needs root. */
export function stallableDisk(folder: string): (() => () => void) | undefined {
  const data = join(folder, "data");
  const image = join(folder, "disk.img");
  mkdirSync(data, { recursive: true });
  const made =
    spawnSync("truncate", ["-s", "128M", image]).status === 0 &&
    spawnSync("mkfs.ext4", ["-q", image]).status === 0 &&
    spawnSync("mount", ["-o", "loop", image, data]).status === 0;
  if (!made) return undefined;
  return () => {
    // Frozen for 150 ms of every 500: an SD card's fsync takes 5 to 500 ms.
    const script = `trap 'fsfreeze -u ${data}; exit' TERM
      while :; do fsfreeze -f ${data}; sleep .15; fsfreeze -u ${data}; sleep .35; done`;
    const child = spawn("sh", ["-c", script], { stdio: "ignore" });
    return () => {
      child.kill("SIGTERM");
      spawnSync("sleep", ["0.3"]);
      spawnSync("fsfreeze", ["-u", data]);
    };
  };
}

export function releaseDisk(folder: string): void {
  spawnSync("fsfreeze", ["-u", join(folder, "data")]);
  spawnSync("umount", ["-l", join(folder, "data")]);
}

/** All of it at once. */
export async function abuse(house: House, stall: (() => () => void) | undefined) {
  const status = await house.status();
  const port = status?.ports["mqtt"] ?? 0;
  const { tokens } = house.files;
  const ends = [
    frozenTablet(port, tokens["phone"] ?? ""),
    await flood(port, tokens["comfort"] ?? ""),
    ...(stall === undefined ? [] : [stall()]),
  ];
  return () => {
    for (const end of ends.reverse()) end();
  };
}
