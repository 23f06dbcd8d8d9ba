/** The prompt of a home that runs alone: a line in, what became of it out. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { help, performLine } from "./commands.ts";
import type { VirtualHome } from "./virtual-home.ts";

export interface PromptParts {
  readonly home: VirtualHome;
  readonly input: Readable;
  readonly output: Writable;
  /** Whether a person types, so that a prompt is wanted. */
  readonly isTerminal: boolean;
}

/** Resolves at `quit`, or when there is nothing more to read. */
export async function prompt(parts: PromptParts): Promise<"quit" | "end"> {
  const { home, input, output, isTerminal } = parts;
  const terminal = isTerminal ? { output, terminal: true } : {};
  const lines = createInterface({ input, prompt: "home> ", ...terminal });
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    const asked = line.trim();
    if (asked === "quit" || asked === "exit") return "quit";
    // One after the other: a script may rely on what its last line has done.
    if (asked !== "" && !asked.startsWith("#")) output.write(`${await answer(home, asked)}\n`);
    if (isTerminal) lines.prompt();
  }
  return "end";
}

async function answer(home: VirtualHome, line: string): Promise<string> {
  if (line === "help") return help(home);
  try {
    const result = await performLine(home, line);
    return result === undefined ? "ok" : show(result);
  } catch (error) {
    return `cannot: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A line for each thing; what a thing consists of stays on its line. */
function show(result: unknown): string {
  if (typeof result !== "object" || result === null) return String(result);
  if (Array.isArray(result)) {
    return result.map((entry) => (typeof entry === "string" ? entry : inline(entry))).join("\n");
  }
  return Object.entries(result)
    .flatMap(([key, value]) => (key === "devices" ? [show(value)] : [`${key}: ${inline(value)}`]))
    .join("\n");
}

function inline(value: unknown): string {
  return JSON.stringify(value).replaceAll(/["{}]/g, "").replaceAll(",", ", ");
}
