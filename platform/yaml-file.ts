/**
 * Reads a YAML file against a schema: a value, or one sentence for each fault, with line and
 * column.
 */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { wordsOf } from "./words.ts";

/** A file that was read: its value, or what is wrong with it, one sentence each. */
export type ReadFile<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly string[] };

/** A file of a home is a few kilobytes; a larger one is refused unread. */
const fileBytesMax = 1_048_576;

/** A few bytes of aliases of aliases would otherwise become gigabytes. */
const aliasesMax = 50;

type Path = readonly PropertyKey[];

/** `devices[2].roles[0]`, as a person would point at it. */
export function spell(path: Path): string {
  return path
    .map((part, at) =>
      typeof part === "number" ? `[${part}]` : `${at === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

/** Finds where in the text a path stands; the nearest parent when the key itself is missing. */
export function placeFinder(document: Document, lines: LineCounter): (path: Path) => string {
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return `:${line}:${col}`;
      }
    }
    return "";
  };
}

/** What is expected, as somebody who writes the file would say it. */
const kinds: Readonly<Record<string, string>> = {
  object: "a group of settings",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(", ");

/** Puts a library's issue into a sentence that says what to write instead. */
export function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown setting ${quoted(issue.keys)}; remove it or correct its spelling`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => String(value)).join(", ")}`;
    case "invalid_type": {
      const kind = kinds[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is missing; ${kind} is needed` : `must be ${kind}`;
    }
    case "too_small":
      return issue.origin === "array" || issue.origin === "string"
        ? `is too short; at least ${issue.minimum} needed`
        : `is too small; the least is ${issue.minimum}`;
    case "too_big":
      return issue.origin === "array" || issue.origin === "string"
        ? `is too long; at most ${issue.maximum}`
        : `is too large; the most is ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** What a file says, with a finder that points into it for checks that span several settings. */
export interface Checked<Value> {
  readonly value: Value;
  /** Makes the sentence for a fault at this path. */
  readonly fault: (path: Path, words: string) => string;
}

/** The library throws for aliases only: for too many, and for one that names nothing above it. */
function aliasFault(thrown: unknown): string {
  const why = wordsOf(thrown);
  if (!why.startsWith("Unresolved alias"))
    return `refers to more than ${aliasesMax} aliases (*name)`;
  return `${why}; write its anchor (&name) above it, or correct its spelling`;
}

/** Reads and checks one file; `further` may find faults that no single setting shows. */
export function readYaml<Value>(
  file: string,
  schema: z.ZodType<Value>,
  further: (checked: Checked<Value>) => readonly string[] = () => [],
  bytesMax: number = fileBytesMax,
): ReadFile<Value> {
  const name = basename(file);
  let text: string;
  try {
    if (statSync(file).size > bytesMax) {
      return { ok: false, faults: [`${name}: larger than ${bytesMax} bytes`] };
    }
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    const why = wordsOf(thrown);
    return { ok: false, faults: [`${file}: cannot be read (${why}); check the path`] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return { ok: false, faults: document.errors.map((error) => `${name}: ${error.message}`) };
  }
  const place = placeFinder(document, lines);
  const fault = (path: Path, words: string): string =>
    `${name}${place(path)}: ${spell(path) || "the file"} ${words}`;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: aliasesMax });
  } catch (thrown) {
    return { ok: false, faults: [`${name}: ${aliasFault(thrown)}`] };
  }
  const read = schema.safeParse(value, { reportInput: true });
  if (!read.success) {
    return { ok: false, faults: read.error.issues.map((it) => fault(it.path, sentence(it))) };
  }
  const faults = further({ value: read.data, fault });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: read.data };
}
