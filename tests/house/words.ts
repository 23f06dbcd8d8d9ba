/** Words that must not stand in the code, each with the reason and the way out. */
import { type Check, type Finding, findAll, isProduction, type Source } from "./source.ts";

type Ban = readonly [
  view: "text" | "code" | "literal" | "comments",
  pattern: RegExp,
  what: string,
  remedy: string,
];

function banned(bans: readonly Ban[]): Check {
  return (source) =>
    bans.flatMap(([view, pattern, what, remedy]) =>
      findAll(source, view, pattern, { what, remedy }),
    );
}

export const typeHoles = banned([
  [
    "code",
    /(?::|\bas|[<,|&(=])\s*any\b(?!\s*[:(])|\bany\[\]/g,
    "the type any",
    "Name the type, or take unknown and check it.",
  ],
  [
    "code",
    /[\w$)\]]!(?=[.;,)\]}[(:?"\s]|$)(?!=)/gm,
    "a claim that a value is there",
    "Check it: `if (value === undefined) …`.",
  ],
  ["code", /\benum\s+\w+\s*\{/g, "an enum", "Use a union of string literals."],
  [
    "comments",
    /@ts-(?:ignore|expect-error|nocheck)\b/g,
    "a silenced compiler",
    "Fix the type; at a foreign border, check unknown.",
  ],
]);

/** However a test is written: `test.only`, `it.concurrent.only.each`, `test.extend(…).only`. */
const chain = String.raw`\b(?:test|it|describe|suite|bench)(?:\s*\.\s*\w+(?:\([^()]*\))?)*\s*\.\s*`;
const dead = String.raw`\bx(?:it|test|describe)\s*\(`;

export const honestTests = banned([
  [
    "code",
    /\bvi\s*\.\s*(?:mock|doMock|hoisted)\b/g,
    "a mocked module",
    "Test at the wire: give the part a real peer or a port of its own.",
  ],
  [
    "code",
    new RegExp(String.raw`${chain}only\b|\bonly\s*:\s*true\b`, "g"),
    "a test that silences the others",
    "Remove .only.",
  ],
  [
    "code",
    new RegExp(String.raw`${chain}(?:skip|todo)\b|\b(?:skip|todo)\s*:\s*true\b|${dead}`, "g"),
    "a test that never runs",
    "Mend it, or use skipIf with the reason.",
  ],
]);

export const coverageMarks = banned([
  [
    "comments",
    /\b(?:v8|c8|istanbul)\s+ignore\b|\bnode:coverage\b/g,
    "a hole in the coverage",
    "Test the branch or remove it.",
  ],
]);

/** A suppression says why it is right, in at least a few words. */
export const ignoreReasons: Check = (source) =>
  findAll(source, "comments", /biome-ignore[^\n]*/g, {
    what: "a suppression without a reason",
    remedy: "Write `biome-ignore lint/group/rule: why this is right here`.",
  }).filter((finding) => {
    const reason = /:\s*biome-ignore[\w-]*\s+[\w/]+:\s*(.+)$/.exec(
      `: ${source.comments.split("\n")[finding.line - 1]?.replace(/^\W*/, "") ?? ""}`,
    )?.[1];
    return reason === undefined || reason.length < 12 || reason.startsWith("<");
  });

const isPure = (path: string): boolean => /^(?:protocol|rules)\//.test(path);

const impurities = banned([
  ["code", /\bDate\b/g, "a clock", "Time is an argument: take an Instant or a WallTime."],
  [
    "code",
    /\bMath\s*\.\s*random\b|\bcrypto\b/g,
    "chance",
    "Ids and seeds come from outside: take them as arguments.",
  ],
  [
    "code",
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|performance|process|Buffer|fetch)\b/g,
    "the world outside",
    "Return an effect; the shell performs it. A deadline is state.",
  ],
  ["literal", /["']node:[^"']*["']/g, "Node itself", "Move it to the shell (gateway, care)."],
]);

/** The pure core has no clock, no chance, no Node. */
export const purity: Check = (source) => (isPure(source.path) ? impurities(source) : []);

const localPaths = banned([
  [
    "literal",
    /["'`](?:\/work\/|\/tmp\/|\/root\/)[^"'`]*/g,
    "a path of one machine",
    "Take the folder from the configuration, or use tmpdir() in a test.",
  ],
]);

/** Production code names no folder of a developer's machine. */
export const machinePaths: Check = (source) =>
  isProduction(source.path) ? localPaths(source) : [];

const strangers: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/[\w.-]*(?:registry|mirror|artifactory|nexus|verdaccio)[\w.-]*/g, "a package host"],
  [/\/work\/(?:main|shared|\.)[\w./-]*/g, "a path of one machine"],
  [/\bsub-?agents?\b|\bhelper-[0-9a-f]{3,}\b|\bissues show\b/gi, "a word of a workplace"],
];

/** The public registry in the lock file is what every npm writes; any other host is somebody's own. */
const publicLock = /^https:\/\/registry\.npmjs\.org$/;

/** Any text of the repository: what it says must hold on every machine. */
export function foreignWords(path: string, text: string): Finding[] {
  const source: Source = { path, text, code: text, literal: text, comments: text };
  return strangers.flatMap(([pattern, what]) =>
    findAll(source, "text", pattern, {
      what,
      remedy: "State the fact with its real source, or leave it out.",
    }).filter((finding) => {
      const shown = finding.what.slice(finding.what.indexOf(": ") + 2);
      return !(path === "package-lock.json" && publicLock.test(shown));
    }),
  );
}
