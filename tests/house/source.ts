/** The repository as text: its tracked files, and TypeScript split into code, comments and strings. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** One file. The views are as long as `text`, with blanks for what they leave out. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Without comments and without the inside of strings and regular expressions. */
  readonly code: string;
  /** Without comments, with strings. */
  readonly literal: string;
  /** Comments only. */
  readonly comments: string;
}

/** What is wrong, where, and what to do about it. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly remedy: string;
}

export type Check = (source: Source) => readonly Finding[];

type Kind = "comment" | "string" | "regex";
interface Span {
  readonly kind: Kind;
  readonly text: string;
}

const chunk = String.raw`(?:\\[\s\S]|\$(?!\{)|[^${"`"}\\$])*(?:${"`"}|\$\{)`;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/y;
const template = new RegExp(`${"`"}${chunk}`, "y");
const templateRest = new RegExp(`\\}${chunk}`, "y");
const regex = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

/** A slash begins a regular expression, not a division, after an operator, a bracket or such a word. */
const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|await))\s*$/;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The comment, string or regular expression that begins at `at`, if one does. */
function spanAt(text: string, at: number, before: string, inTemplate: boolean): Span | undefined {
  const remark = match(comment, text, at);
  if (remark !== undefined) return { kind: "comment", text: remark };
  const word = match(quoted, text, at) ?? match(template, text, at);
  if (word !== undefined) return { kind: "string", text: word };
  const rest = inTemplate ? match(templateRest, text, at) : undefined;
  if (rest !== undefined) return { kind: "string", text: rest };
  const pattern = beforeRegex.test(before) ? match(regex, text, at) : undefined;
  return pattern === undefined ? undefined : { kind: "regex", text: pattern };
}

const blank = (text: string): string => text.replace(/[^\n]/g, " ");
const hollow = (text: string): string => `"${blank(text.slice(2))}"`;

/** How a span changes the nesting of `${…}` in templates; each entry counts the open braces inside. */
function afterSpan(span: Span, open: readonly number[]): number[] {
  if (span.kind !== "string") return [...open];
  const kept = span.text.startsWith("}") ? open.slice(0, -1) : [...open];
  return span.text.endsWith("${") ? [...kept, 0] : kept;
}

function afterChar(char: string, open: readonly number[]): number[] {
  const change = char === "{" ? 1 : char === "}" ? -1 : 0;
  if (change === 0 || open.length === 0) return open as number[];
  return [...open.slice(0, -1), (open.at(-1) ?? 0) + change];
}

/** Splits TypeScript into its views. Line based checks need no more, and no compiler. */
export function sourceOf(path: string, text: string): Source {
  const views = { code: "", literal: "", comments: "" };
  let open: number[] = [];
  for (let at = 0; at < text.length; ) {
    const span = spanAt(text, at, views.code.slice(-40), open.at(-1) === 0);
    const piece = span?.text ?? text.charAt(at);
    const isComment = span?.kind === "comment";
    views.code += span === undefined ? piece : isComment ? blank(piece) : hollow(piece);
    views.literal += isComment ? blank(piece) : piece;
    views.comments += isComment ? piece : blank(piece);
    open = span === undefined ? afterChar(piece, open) : afterSpan(span, open);
    at += piece.length;
  }
  return { path, text, ...views };
}

/** The line, counted from 1, of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** A finding for every match of a pattern in one view of a file. */
export function findAll(
  source: Source,
  view: "text" | "code" | "literal" | "comments",
  pattern: RegExp,
  say: { readonly what: string; readonly remedy: string },
): Finding[] {
  return [...source[view].matchAll(pattern)].map((hit) => ({
    path: source.path,
    line: lineAt(source.text, hit.index),
    what: `${say.what}: ${hit[0].trim().slice(0, 60)}`,
    remedy: say.remedy,
  }));
}

/** Every tracked file, by path. */
export function trackedPaths(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--deduplicate"], { cwd: root });
  return listed.toString().split("\0").filter(Boolean);
}

/** The text of a tracked file; a file deleted but not yet committed has none. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

/** Folders whose code runs in a home, at the care service, or in the demo of both. */
export const productionFolders = [
  "protocol",
  "rules",
  "platform",
  "gateway",
  "care",
  "sim",
  "web",
  "flows",
] as const;

export const isProduction = (path: string): boolean =>
  productionFolders.some((folder) => path.startsWith(`${folder}/`));

export const isCode = (path: string): boolean => /\.(ts|tsx|js|cjs|mjs)$/.test(path);
