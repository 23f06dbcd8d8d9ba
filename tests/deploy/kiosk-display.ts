/**
 * A display before which the kiosk runs as in a home: Debian's compositor and browser as a user
 * without rights, started anew whenever they end, as its unit does. The display is an X server
 * without a screen, so that what stands on it can be seen as a person would.
 */
import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../house/source.ts";

/** What a machine with a display has, and what it is looked at with. */
export const packages = ["chromium", "cage", "xwayland", "xvfb", "grim"];

/** Debian's "nobody": the compositor refuses to run as root. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

export interface Picture {
  /** The share of pixels whose colour is near this one, such as 0x8d0f14. */
  share(colour: number): number;
  readonly bytes: Buffer;
}

const near = 24;

/** A picture as `grim -t ppm` writes it (https://netpbm.sourceforge.net/doc/ppm.html). */
function pictureOf(bytes: Buffer): Picture {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", 0, 40));
  if (head === null) throw new Error("this is no picture");
  const pixels = bytes.subarray(head[0].length);
  return {
    bytes,
    share(colour) {
      const wanted = [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
      let count = 0;
      for (let at = 0; at < pixels.length; at += 3) {
        if (wanted.every((part, nth) => Math.abs((pixels[at + nth] ?? 0) - part) < near))
          count += 1;
      }
      return (3 * count) / pixels.length;
    },
  };
}

/** A process, or with a minus a whole group; nothing where it is gone already. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

export interface KioskOptions {
  readonly url: string;
  /** The hash of the home's key, as `obhut certificate` shows it. */
  readonly key: string;
}

export class KioskDisplay {
  /** What the kiosk said so far. */
  said = "";
  /** How often the compositor was started. */
  starts = 0;
  readonly folder = mkdtempSync(join(tmpdir(), "obhut-kiosk-"));
  private readonly run = join(this.folder, "run");
  private readonly env: Record<string, string>;
  private readonly children = new Set<number>();
  private closed = false;

  constructor({ url, key }: KioskOptions) {
    cpSync(join(root, "deploy/kiosk"), join(this.folder, "kiosk"), { recursive: true });
    for (const name of ["run", "state"]) mkdirSync(join(this.folder, name), { mode: 0o700 });
    this.env = {
      PATH: "/usr/bin:/bin",
      HOME: join(this.folder, "state"),
      XDG_RUNTIME_DIR: this.run,
      RUNTIME_DIRECTORY: this.run,
      STATE_DIRECTORY: join(this.folder, "state"),
      // The picture is drawn without a graphics card.
      WLR_BACKENDS: "x11",
      WLR_RENDERER: "pixman",
      WLR_LIBINPUT_NO_DEVICES: "1",
      OBHUT_KIOSK_FLAGS: "--disable-gpu",
      OBHUT_KIOSK_URL: url,
      OBHUT_KIOSK_KEY: key,
      OBHUT_KIOSK_LOOK_S: "2",
    };
    if (isRoot) {
      for (const name of ["", "run", "state"]) chownSync(join(this.folder, name), nobody, nobody);
    }
  }

  async open(): Promise<void> {
    const args = ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"];
    const screen = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    this.children.add(screen.pid ?? 0);
    const number = await new Promise<string>((resolve, reject) => {
      screen.stdio[3]?.on("data", (part: Buffer) => resolve(part.toString().trim()));
      screen.on("exit", () => reject(new Error("there is no display")));
    });
    this.env["DISPLAY"] = `:${number}`;
    this.start();
  }

  private asNobody(command: string, args: readonly string[], options: SpawnOptions) {
    const user = ["--reuid", `${nobody}`, "--regid", `${nobody}`, "--clear-groups", command];
    const all = isRoot ? ["setpriv", ...user, ...args] : [command, ...args];
    return spawn(all[0] ?? "", all.slice(1), { env: this.env, ...options });
  }

  /** What `Restart=always` does. */
  private start(): void {
    if (this.closed) return;
    this.starts += 1;
    const script = join(this.folder, "kiosk/kiosk.sh");
    // A group of its own, which ends as a whole, as that of a unit does.
    const cage = this.asNobody("cage", ["-d", "--", script], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const pid = cage.pid ?? 0;
    this.children.add(pid);
    cage.stderr?.on("data", (part: Buffer) => {
      this.said += part.toString();
    });
    cage.on("exit", () => {
      this.endGroup(pid);
      setTimeout(() => this.start(), 1_000);
    });
  }

  private endGroup(pid: number): void {
    this.children.delete(pid);
    end(-pid);
  }

  /** What stands on the display now; undefined while nothing does. */
  picture(): Picture | undefined {
    const sockets = readdirSync(this.run).filter((name) => /^wayland-\d+$/.test(name));
    for (const name of sockets) {
      try {
        const env = { ...this.env, WAYLAND_DISPLAY: name };
        const stdio = ["ignore", "pipe", "ignore"] as const;
        const maxBuffer = 64 << 20;
        return pictureOf(
          execFileSync("grim", ["-t", "ppm", "-"], { env, stdio: [...stdio], maxBuffer }),
        );
      } catch {
        // A socket of a compositor that has ended.
      }
    }
    return undefined;
  }

  /** Lays a pairing down as the installer does. */
  pair(words: string): void {
    writeFileSync(join(this.run, "pair"), `${/https:.*#pair=.*/.exec(words)?.[0]}\n`);
  }

  /** Processes of the kiosk whose command line has this. */
  pidsWith(has: string): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
          return line.includes(this.folder) && line.includes(has);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  /** Ends whatever runs in this folder, also what made itself independent, such as the voice. */
  close(): void {
    this.closed = true;
    for (const pid of this.children) end(pid);
    for (const pid of this.pidsWith("")) end(pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
