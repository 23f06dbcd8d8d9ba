/** What can be asked of a home in words: the same at the prompt, in a story, over the socket. */
import { listDevices } from "./device-list.ts";
import { faultCommand } from "./fault-commands.ts";
import { writeHerdsmanFiles } from "./herdsman-files.ts";
import { runScenario } from "./scenarios/run.ts";
import { scenarioNamed, scenarios } from "./scenarios/stories.ts";
import { snapshot } from "./snapshot.ts";
import { type StoveFault, stoveFaults } from "./stove.ts";
import type { VirtualHome } from "./virtual-home.ts";

/** A request that cannot be met; the sentence says why. */
export class CommandFault extends Error {}

type Words = readonly string[];
type Run = (home: VirtualHome, words: Words) => unknown;

interface HomeCommand {
  readonly usage: string;
  readonly does: string;
  readonly run: Run;
}

function word(words: Words, at: number, what: string): string {
  const found = words[at];
  if (found === undefined) throw new CommandFault(`${what} is missing`);
  return found;
}

function numberWord(words: Words, at: number, what: string): number {
  const value = Number(word(words, at, what));
  if (!Number.isFinite(value)) throw new CommandFault(`${what} must be a number`);
  return value;
}

function isOn(said: string): boolean {
  if (said === "on" || said === "off") return said === "on";
  throw new CommandFault(`say on or off, not "${said}"`);
}

function stove(home: VirtualHome, words: Words): unknown {
  switch (word(words, 0, "on, off or fault")) {
    case "on":
      home.stove.switchOn(words[1] === undefined ? undefined : numberWord(words, 1, "watts"));
      break;
    case "off":
      home.stove.switchOff();
      break;
    case "fault":
      home.stove.fault(stoveFault(word(words, 1, "the fault")));
      break;
    default:
      throw new CommandFault("a stove goes on [WATTS], off, or has a fault NAME");
  }
  return snapshot(home).stove;
}

function stoveFault(name: string): StoveFault {
  const fault = stoveFaults.find((known) => known === name);
  if (fault === undefined) {
    throw new CommandFault(`no stove fault "${name}"; there are ${stoveFaults.join(", ")}`);
  }
  return fault;
}

function join(home: VirtualHome, words: Words): unknown {
  const who = word(words, 0, "a device or all");
  const names = who === "all" ? [...home.devices.keys()] : [who];
  for (const name of names) home.join(name);
  return names;
}

function status(home: VirtualHome, words: Words): unknown {
  const all = snapshot(home);
  if (words[0] === undefined) return all;
  return all.devices[home.device(words[0]).name];
}

function devices(home: VirtualHome): unknown {
  return listDevices(home.plan);
}

async function run(home: VirtualHome, words: Words): Promise<unknown> {
  const story = scenarioNamed(word(words, 0, "a scenario"));
  const steps: string[] = [];
  const does = (line: string) => performLine(home, line);
  await runScenario({ clock: home.clock, does, tells: (line) => steps.push(line) }, story);
  return steps;
}

async function wait(home: VirtualHome, words: Words): Promise<void> {
  const delay = numberWord(words, 0, "milliseconds");
  await new Promise<void>((resolve) => {
    home.clock.after(delay, resolve);
  });
}

const table: Readonly<Record<string, HomeCommand>> = {
  stove: {
    usage: "stove on [WATTS] | off | fault NAME",
    does: `turns the knob, or breaks the relay: ${stoveFaults.join(", ")}`,
    run: stove,
  },
  fault: {
    usage: "fault KIND ...",
    does: "breaks the stick, the line or the air; `fault help` lists the kinds",
    run: faultCommand,
  },
  join: { usage: "join DEVICE | all", does: "pairs; the gateway must permit joining", run: join },
  leave: {
    usage: "leave DEVICE",
    does: "somebody resets it: it says goodbye and forgets its network",
    run: (home, words) => home.leave(word(words, 0, "a device")),
  },
  rejoin: {
    usage: "rejoin DEVICE ADDRESS",
    does: "comes back with another short address",
    run: (home, words) =>
      home.rejoin(word(words, 0, "a device"), numberWord(words, 1, "the address")),
  },
  power: {
    usage: "power on | off",
    does: "the mains return or fail; stick and gateway have their own supply",
    run: (home, words) => home.power(isOn(word(words, 0, "on or off"))),
  },
  status: { usage: "status [DEVICE]", does: "what an onlooker sees", run: status },
  devices: { usage: "devices", does: "names, addresses, models and roles", run: devices },
  files: {
    usage: "files DIRECTORY",
    does: "writes the files by which zigbee-herdsman resumes this home",
    run: (home, words) => writeHerdsmanFiles(word(words, 0, "a directory"), home.plan),
  },
  run: {
    usage: "run SCENARIO",
    does: `plays a story: ${scenarios.map((story) => story.name).join(", ")}`,
    run,
  },
  wait: { usage: "wait MS", does: "lets the home's time pass", run: wait },
};

/** Does what the words ask. Any action of a device is a command too: press, walk, open … */
export async function perform(home: VirtualHome, name: string, words: Words): Promise<unknown> {
  const command = table[name];
  if (command !== undefined) return await command.run(home, words);
  if (words[0] === undefined) {
    throw new CommandFault(`no command "${name}"; \`help\` lists them`);
  }
  const device = home.device(words[0]);
  device.act(name, words[1] === undefined ? undefined : numberWord(words, 1, "the amount"));
  return device.look();
}

/** A line of the prompt or of a script: words between blanks. */
export async function performLine(home: VirtualHome, line: string): Promise<unknown> {
  const [name = "", ...words] = line.trim().split(/\s+/);
  return await perform(home, name, words);
}

export function help(home: VirtualHome): string {
  const lines = Object.values(table).map(({ usage, does }) => `  ${usage.padEnd(36)} ${does}`);
  const actions = new Map<string, string[]>();
  for (const device of home.devices.values()) {
    for (const action of Object.keys(device.actions)) {
      actions.set(action, [...(actions.get(action) ?? []), device.name]);
    }
  }
  for (const [action, names] of actions) {
    const some = names.length > 4 ? [...names.slice(0, 4), "…"] : names;
    lines.push(`  ${`${action} DEVICE`.padEnd(36)} ${some.join(", ")}`);
  }
  return [...lines, `  ${"help, quit".padEnd(36)} this list; the end`].join("\n");
}
