/**
 * Node-RED in a process of its own, for comfort only. It has one credential at the home's broker,
 * which may hear and wish but not command; what happens here cannot reach a safety decision
 * (invariant 8).
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { prepareFolder } from "./folder.ts";
import { environmentOf, type FlowsEnvironment, readEnvironment, settingsFor } from "./settings.ts";

/** The part of Node-RED that is used. */
interface NodeRed {
  init(server: ReturnType<typeof createServer>, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: (request: unknown, response: unknown) => void;
}

/** EX_CONFIG of sysexits.h: starting again does not help. */
const exitConfig = 78;

const say = (sentence: string): boolean => process.stderr.write(`${sentence}\n`);

async function run(env: FlowsEnvironment): Promise<void> {
  prepareFolder(env.OBHUT_FLOWS_DIR, env.OBHUT_FLOWS_SECRET);
  Object.assign(process.env, environmentOf(env));
  const red = createRequire(import.meta.url)("node-red") as NodeRed;
  const server = createServer();
  red.init(server, settingsFor(env));
  const stop = (): void => {
    server.close();
    red.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  await red.start();
  if (env.OBHUT_FLOWS_EDITOR === "off") {
    say("flows: running; the editor is off");
    return;
  }
  server.on("request", (request, response) => red.httpAdmin(request, response));
  server.listen(env.OBHUT_FLOWS_PORT, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    say(
      `flows: running; the editor is at http://127.0.0.1:${port}, ${env.OBHUT_FLOWS_EDITOR} only`,
    );
  });
}

const read = readEnvironment(process.env);
if (read.ok) {
  run(read.env).catch((thrown: unknown) => {
    say(`flows: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    process.exit(1);
  });
} else {
  for (const fault of read.faults) say(fault);
  say(`flows: see ${join(import.meta.dirname, "README.md")}`);
  process.exitCode = exitConfig;
}
