/** The faults in words, as prompt and socket take them. */
import { type Condition, conditions, type RadioTrouble } from "./trouble.ts";
import type { VirtualHome } from "./virtual-home.ts";

type Words = readonly string[];

const kinds: Readonly<Record<string, string>> = {
  silent: "silent on|off: the stick stays connected and answers nothing",
  lose: "lose COUNT: the next replies on the serial line are lost",
  reset: "reset: the stick restarts by itself",
  wipe: "wipe: the stick forgets everything but its own address",
  replace: "replace: another stick is plugged in, with another address and other keys",
  cut: "cut fin|rst: the connection ends",
  refuse: "refuse on|off: nobody answers at the port",
  garbage: "garbage COUNT | HEX: bytes that are no frame",
  device: `device NAME ${conditions.join("|")}`,
  confirm: "confirm NAME STATUS|none|true: what the stick confirms for frames to a device",
  radio: "radio off | [drop=P] [duplicate=P] [reorder=P] [delay=LOW-HIGH] [device=NAME]",
  slowness: "slowness MS: how late a slow device answers",
  delay: "delay radio|serial MS",
  clear: "clear: all faults, delays and power cuts are over, and the port is open",
};

function isOn(word: string | undefined): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new Error("say on or off");
}

function count(word: string | undefined): number {
  const value = Number(word);
  if (word !== undefined && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`"${word ?? ""}" is not a number`);
}

function conditionNamed(name: string | undefined): Condition {
  const found = conditions.find((known) => known === name);
  if (found === undefined) throw new Error(`a device is ${conditions.join(", ")}`);
  return found;
}

function radio(home: VirtualHome, words: Words): void {
  const said = new Map(
    words.map((word): [string, string] => {
      const [key = "", value = ""] = word.split("=");
      return [key, value];
    }),
  );
  const device = said.get("device");
  if (said.has("off")) {
    home.faults.radio(undefined, device);
    return;
  }
  const [low = "0", high = low] = (said.get("delay") ?? "0").split("-");
  const trouble: RadioTrouble = {
    drop: count(said.get("drop") ?? "0"),
    duplicate: count(said.get("duplicate") ?? "0"),
    reorder: count(said.get("reorder") ?? "0"),
    delay_ms: [count(low), count(high)],
  };
  home.faults.radio(trouble, device);
}

function confirmation(word: string | undefined): number | "none" | undefined {
  if (word === "none") return "none";
  return word === "true" ? undefined : count(word);
}

function delay(home: VirtualHome, [what, time]: Words): void {
  if (what === "radio") home.trouble.radioDelay_ms = count(time);
  else if (what === "serial") home.trouble.replyDelay_ms = count(time);
  else throw new Error("delay radio or serial");
}

const switches: Readonly<Record<string, (home: VirtualHome, words: Words) => unknown>> = {
  silent: (home, [on]) => home.faults.silent(isOn(on)),
  lose: (home, [replies]) => home.faults.loseReplies(count(replies)),
  reset: (home) => home.faults.reset(),
  wipe: (home) => home.faults.wipe(),
  replace: (home) => home.faults.replace(),
  cut: (home, [how]) => home.faults.cut(how === "rst" ? "rst" : "fin"),
  refuse: (home, [on]) => home.faults.refuse(isOn(on)),
  garbage: (home, [bytes = "1"]) => {
    home.faults.garbage(/^[0-9]{1,6}$/.test(bytes) ? Number(bytes) : Buffer.from(bytes, "hex"));
  },
  device: (home, [name = "", condition]) => home.faults.device(name, conditionNamed(condition)),
  confirm: (home, [name = "", status]) => home.faults.confirm(name, confirmation(status)),
  radio,
  slowness: (home, [time]) => {
    home.trouble.slow_ms = count(time);
  },
  delay,
  clear: (home) => home.faults.clear(),
  help: () => Object.values(kinds),
};

export async function faultCommand(home: VirtualHome, words: Words): Promise<unknown> {
  const [kind = "help", ...rest] = words;
  const run = switches[kind];
  if (run === undefined) {
    throw new Error(`no fault "${kind}"; there are ${Object.keys(kinds).join(", ")}`);
  }
  return await run(home, rest);
}
