/** Debian's mosquitto as deploy/mosquitto describes it, on 127.0.0.1. Fails loudly where there is none. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { serverCertificate } from "../../platform/tls.ts";
import { freePort } from "../../sim/demo/free-port.ts";

/** Logins with one password: what they may do differs by their names alone. */
export interface Logins {
  readonly names: readonly string[];
  readonly desks: readonly string[];
  readonly password: string;
}

export interface Mosquitto {
  readonly port: number;
  /** PEM that it shows. */
  readonly ca: string;
  /** What the care service's configuration says of it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Without a word to anybody. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Care service's login first; one hash serves all, so that 20,000 of them cost nothing. */
function passwordFile(program: string, file: string, { names, desks, password }: Logins): void {
  writeFileSync(file, "", { mode: 0o600 });
  const tool = join(dirname(program), "..", "bin", "mosquitto_passwd");
  execFileSync(tool, ["-b", file, "care", password]);
  const hash = readFileSync(file, "utf8").trim().slice("care:".length);
  const all = ["care", ...names, ...desks];
  writeFileSync(file, all.map((name) => `${name}:${hash}\n`).join(""));
}

const deskRights = (desk: string): string =>
  `user ${desk}
topic write desk/request/${desk}
topic read desk/answer/${desk}
topic read desk/state/+
topic read desk/event/+
`;

/** The example's lines that are not about places on this machine. */
const exampleLines = (): string[] =>
  readFileSync("deploy/mosquitto/mosquitto.conf", "utf8")
    .split("\n")
    .filter((line) => !/^#|^$|^(listener|certfile|keyfile|password_file|acl_file) /.test(line));

export async function startMosquitto(folder: string, logins: Logins): Promise<Mosquitto> {
  mkdirSync(folder, { recursive: true });
  const program = execFileSync("sh", ["deploy/mosquitto/find.sh"], { encoding: "utf8" }).trim();
  const { cert, key } = await serverCertificate(folder, "broker");
  const port = await freePort();
  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  passwordFile(program, join(folder, "passwords"), logins);
  const rights = readFileSync("deploy/mosquitto/acl", "utf8");
  const lines = [
    ...(process.getuid?.() === 0 ? ["user root"] : []),
    `listener ${port} 127.0.0.1`,
    `certfile ${put("cert.pem", cert)}`,
    `keyfile ${put("key.pem", key)}`,
    `password_file ${join(folder, "passwords")}`,
    `acl_file ${put("acl", `${rights}\n${logins.desks.map(deskRights).join("\n")}`)}`,
    ...exampleLines(),
  ];
  const config = put("mosquitto.conf", `${lines.join("\n")}\n`);
  let child: ChildProcess | undefined;
  const mosquitto: Mosquitto = {
    port,
    ca: cert,
    settings: {
      url: `mqtts://127.0.0.1:${port}`,
      user: "care",
      password_file: put("care-password", logins.password),
      certificate: join(folder, "cert.pem"),
    },
    kill: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    start: async () => {
      const started = spawn(program, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
      child = started;
      const said: string[] = [];
      started.stderr.setEncoding("utf8");
      for await (const text of started.stderr) {
        said.push(String(text));
        if (/mosquitto version \S+ running/.test(said.join(""))) break;
      }
      started.stderr.resume();
      if (started.exitCode !== null) throw new Error(`mosquitto did not start: ${said.join("")}`);
    },
  };
  await mosquitto.start();
  return mosquitto;
}
