#!/usr/bin/env node
/** The command `obhut`. Each verb is one function; words for people go to standard output. */
import { existsSync, realpathSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wordsOf } from "../platform/words.ts";
import { isVerb, readLine } from "./command-line.ts";
import { readConfiguration } from "./config.ts";
import { exitConfig, exitSoftware, exitUsage, OperatorError } from "./errors.ts";
import { askStatus } from "./health.ts";
import { becomeLean } from "./lean.ts";
import type { PairOptions } from "./pair-command.ts";

const usage = `obhut: the assistive gateway of one home

  obhut start --config FILE      runs the gateway    [--form-network, once, with a new stick]
  obhut check --config FILE      checks the configuration; one sentence for each fault
  obhut provision --config FILE  makes keys, and a token for each client that has none
  obhut pair NAME --config FILE  shows a tablet its code as QR    [--host ADDRESS] [--wait]
  obhut unpair NAME              takes a tablet's credential back
  obhut certificate              shows the home's certificate     [--renew]
  obhut status --config FILE     asks the running gateway      [--json]
  obhut replay FILE              runs a recorded journal through the rules
  obhut schema                   prints the JSON schema of the configuration
  obhut demo                     the whole system in this terminal

Configuration is home.yaml in this folder unless --config says otherwise.
`;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

function checked(file: string): Extract<ReturnType<typeof readConfiguration>, { ok: true }> {
  const read = readConfiguration(file);
  if (!read.ok) throw new OperatorError(read.faults.join("\n"), exitConfig);
  return read;
}

async function start(file: string, formNetwork: boolean): Promise<number> {
  becomeLean();
  const { value } = checked(file);
  const { runGateway } = await import("./main.ts");
  return runGateway(value, { formNetwork });
}

function check(file: string): number {
  const { value } = checked(file);
  const { devices, agreement } = value.plan;
  const chains = agreement.chains.length;
  say(`${file}: right. ${devices.length} devices, ${chains} chains and a fallback.`);
  return 0;
}

async function provisionHome(file: string): Promise<number> {
  const { provision } = await import("./provision.ts");
  const { secretsFile, care, tokens, known } = provision(file);
  const stay = known ? " The keys stay as they were." : "";
  say(`Secrets are in ${secretsFile} (readable by its owner only).${stay}`);
  say(`For the care service, SHA-256 of this home's credential:  ${care.sha256}`);
  for (const { client, token } of tokens) say(`For client ${client}:  token ${token}`);
  if (tokens.length === 0) say("Every client has its token already.");
  else say("The tokens are shown this once and stored nowhere in clear.");
  return 0;
}

type TabletVerb = "pair" | "unpair" | "certificate";

async function forTablet(
  verb: TabletVerb,
  file: string,
  options: PairOptions & { readonly renew: boolean },
): Promise<number> {
  const { value } = checked(file);
  const commands = await import("./pair-command.ts");
  switch (verb) {
    case "pair":
      return commands.pair(value, options, say);
    case "unpair":
      return commands.unpair(value, options.name, say);
    case "certificate":
      return commands.certificate(value, options.renew, say);
  }
}

async function status(file: string, json: boolean): Promise<number> {
  const { value } = checked(file);
  const answer = await askStatus(join(value.dataDir, "status.sock")).catch((thrown: unknown) => {
    throw new OperatorError(wordsOf(thrown), 1);
  });
  if (json) {
    say(JSON.stringify(answer));
    return 0;
  }
  say(`${answer.home}: up ${answer.up_s} s, ${answer.rss_mb} MB, version ${answer.version}`);
  say(`radio ${answer.radio}; care service ${answer.care}; stove ${answer.stove}`);
  say(`open alarms ${answer.open_alarms}; messages not yet receipted ${answer.outbox}`);
  say(`timers late: p99 ${answer.loop_delay_p99_ms} ms, most ${answer.loop_delay_max_ms} ms`);
  for (const module of answer.blind_modules) say(`blind: ${module}`);
  for (const report of answer.reports) say(`report: ${report}`);
  return 0;
}

async function replay(file: string | undefined): Promise<number> {
  if (file === undefined) throw new OperatorError("replay: name the journal file", exitUsage);
  const { runReplay } = await import("./journal/replay.ts");
  return runReplay(file, say);
}

async function schema(): Promise<number> {
  const { configJsonSchema } = await import("./config-json.ts");
  say(configJsonSchema().trimEnd());
  return 0;
}

/**
 * The folder of the project and the demonstration in it. Also where this command is the built one,
 * the demonstration runs from its sources: it builds pages, and nobody installs it on a Pi.
 */
export function storyOf(cli: string): { readonly story: string; readonly cwd: string } {
  const project = new URL(extname(cli) === ".ts" ? ".." : "../..", cli);
  return {
    story: fileURLToPath(new URL("./sim/demo/main.ts", project)),
    cwd: fileURLToPath(project),
  };
}

async function demo(rest: readonly string[]): Promise<number> {
  // The demonstration brings the virtual home, which a gateway in a real home need not contain.
  const { story, cwd } = storyOf(import.meta.url);
  if (!existsSync(story)) {
    throw new OperatorError(`${story}: the virtual home is not installed here`, exitUsage);
  }
  const { spawn } = await import("node:child_process");
  const child = spawn(process.execPath, [story, ...rest], { cwd, stdio: "inherit" });
  return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? exitSoftware)));
}

/** Runs one command line; resolves with the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (args.some((word) => word === "--help" || word === "-h") || verb === "help") {
    say(usage);
    return 0;
  }
  if (verb === "demo") return demo(rest);
  if (verb === undefined || !isVerb(verb)) {
    const why = verb === undefined ? "" : `"${verb}" is no command\n\n`;
    throw new OperatorError(`${why}${usage}`, exitUsage);
  }
  const { values, word } = readLine(verb, rest);
  const { host, wait, renew } = values;
  switch (verb) {
    case "start":
      return start(values.config, values["form-network"]);
    case "check":
      return check(values.config);
    case "provision":
      return provisionHome(values.config);
    case "pair":
    case "unpair":
    case "certificate":
      return forTablet(verb, values.config, { name: word, host, wait, renew });
    case "status":
      return status(values.config, values.json);
    case "replay":
      return replay(word);
    case "schema":
      return schema();
  }
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof OperatorError) return thrown.exitCode;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return code.startsWith("ERR_PARSE_ARGS") ? exitUsage : exitSoftware;
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename;
if (isMain) {
  // An end is an end: no worker or timer that is left may keep alive a process that guards nothing.
  run(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (thrown: unknown) => {
      process.stderr.write(`obhut: ${wordsOf(thrown)}\n`);
      process.exit(exitCodeOf(thrown));
    },
  );
}
