/** The virtual home as a process of its own: `npm run sim -- --help`. */
import { parseArgs } from "node:util";
import { realClock } from "./clock.ts";
import { performLine } from "./commands.ts";
import { ControlSocket } from "./control.ts";
import { readHome } from "./homes/home.ts";
import { weber } from "./homes/weber.ts";
import { prompt } from "./prompt.ts";
import { runScenario } from "./scenarios/run.ts";
import { scenarioNamed } from "./scenarios/stories.ts";
import { startVirtualHome, type VirtualHome } from "./virtual-home.ts";

const usage = `A virtual home with a Zigbee stick for any Z-Stack host.

  --port N        the stick's TCP port (default 0: the system chooses)
  --control N     a control socket for other processes, JSON lines (0: the system chooses)
  --home FILE     a home as JSON (default: the home of Mrs Weber)
  --seed N        the seed of all chance (default 1)
  --start HOW     prepared: network formed, all devices paired (default); fresh: a new stick
  --state FILE    keeps the home's state there, over restarts
  --script NAME   plays a story at once, then goes on
  --speed N       how much faster the home's time passes (default 1)
  --sleepers      battery devices sleep, and hear only when they poll
  --once          ends when the input or the script ends
`;

const options = {
  port: { type: "string", default: "0" },
  control: { type: "string" },
  home: { type: "string" },
  seed: { type: "string", default: "1" },
  start: { type: "string", default: "prepared" },
  state: { type: "string" },
  script: { type: "string" },
  speed: { type: "string", default: "1" },
  sleepers: { type: "boolean", default: false },
  once: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** The exit status for a command line or a home that cannot be (EX_USAGE, EX_CONFIG). */
const badUsage = 64;
const badConfig = 78;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** An option with a value that it cannot have. */
class BadUsage extends Error {}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0) return value;
  throw new BadUsage(`--${option} must be a whole number, not "${text}"`);
}

function speedOf(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BadUsage(`--speed must be a number above 0, not "${text}"`);
}

function startOf(text: string): "prepared" | "fresh" {
  if (text === "prepared" || text === "fresh") return text;
  throw new BadUsage(`--start must be prepared or fresh, not "${text}"`);
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

async function open(values: Values): Promise<VirtualHome> {
  const home = await startVirtualHome({
    home: values.home === undefined ? weber : readHome(values.home),
    seed: wholeNumber(values.seed, "seed"),
    clock: realClock(speedOf(values.speed)),
    port: wholeNumber(values.port, "port"),
    start: startOf(values.start),
    sleepers: values.sleepers,
    ...(values.state === undefined ? {} : { stateFile: values.state }),
  });
  say(`home "${home.plan.name}": stick at ${home.address}, ${home.devices.size} devices`);
  return home;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    say(usage);
    return;
  }
  const home = await open(values);
  let control: ControlSocket | undefined;
  const end = async (): Promise<void> => {
    await control?.close();
    await home.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void end());
  process.once("SIGINT", () => void end());
  if (values.control !== undefined) {
    control = new ControlSocket(home, () => void end());
    say(`control at 127.0.0.1:${await control.open(wholeNumber(values.control, "control"))}`);
  }
  if (values.script !== undefined) {
    const does = (line: string) => performLine(home, line);
    await runScenario({ clock: home.clock, does, tells: say }, scenarioNamed(values.script));
    if (values.once) return await end();
  }
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) say("Type help, or quit.");
  const parts = { home, input: process.stdin, output: process.stdout, isTerminal };
  // Without a person at the prompt the home lives on until it is told to end.
  if ((await prompt(parts)) === "quit" || isTerminal || values.once) await end();
}

main().catch((error: unknown) => {
  process.stderr.write(`sim: ${error instanceof Error ? error.message : String(error)}\n`);
  const isUsage = error instanceof TypeError || error instanceof BadUsage;
  process.exit(isUsage ? badUsage : badConfig);
});
