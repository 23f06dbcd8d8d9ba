/** Sizes and names: what keeps a file readable in one sitting. */
import { type Check, type Finding, findAll, isProduction, lineAt, type Source } from "./source.ts";

export const fileLinesMax = 300;
export const medianLinesMax = 120;
export const columnsMax = 100;
export const parametersMax = 4;

const linesOf = (source: Source): string[] => source.text.replace(/\n$/, "").split("\n");

export const fileLength: Check = (source) => {
  const count = linesOf(source).length;
  if (count <= fileLinesMax) return [];
  return [
    {
      path: source.path,
      line: fileLinesMax + 1,
      what: `${count} lines, ${fileLinesMax} are allowed`,
      remedy: "Split it by what the parts are about, not by their size.",
    },
  ];
};

export const lineLength: Check = (source) =>
  linesOf(source).flatMap((line, index) =>
    line.length <= columnsMax
      ? []
      : [
          {
            path: source.path,
            line: index + 1,
            what: `${line.length} columns, ${columnsMax} are allowed`,
            remedy: "Wrap the comment or name a part of the expression.",
          },
        ],
  );

/** The median length of all production files together; a finding names the longest ones. */
export function medianLength(sources: readonly Source[]): Finding[] {
  const sized = sources
    .map((source) => ({ path: source.path, lines: linesOf(source).length }))
    .sort((one, other) => one.lines - other.lines);
  const median = sized[Math.floor(sized.length / 2)]?.lines ?? 0;
  if (median <= medianLinesMax) return [];
  return sized.slice(-3).map((file) => ({
    path: file.path,
    line: file.lines,
    what: `the median file has ${median} lines, ${medianLinesMax} are allowed`,
    remedy: "Split the long files; this is one of the three longest.",
  }));
}

/** Words that are not functions although a bracket and a block follow them. */
const controlWords = /\b(?:if|for|while|switch|catch|with|return|await)\s*$/;
const isFunctionTail = /^\s*(?::[^;=]{1,200}?)?(?:=>|\{)|^\s*:\s*[^;{}]{1,200};/;

function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const char = code.charAt(at);
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Parameters of a list, counted by the commas that stand outside every bracket. */
export function countParameters(list: string): number {
  const plain = list.replaceAll("=>", "  ").replace(/,\s*$/, "");
  let depth = 0;
  let commas = 0;
  for (const char of plain) {
    if ("([{<".includes(char)) depth += 1;
    if (")]}>".includes(char)) depth -= 1;
    if (char === "," && depth === 0) commas += 1;
  }
  return plain.trim() === "" ? 0 : commas + 1;
}

/** The text before the brace that encloses this place. */
function enclosing(code: string, place: number): string {
  let depth = 0;
  for (let at = place - 1; at >= 0; at -= 1) {
    const char = code.charAt(at);
    if (char === "}") depth += 1;
    if (char === "{") depth -= 1;
    if (depth < 0) return code.slice(Math.max(0, at - 120), at);
  }
  return "";
}

/** A property of an interface that is a function describes somebody else's shape. */
function isForeignShape(code: string, open: number): boolean {
  const isProperty = /[\w?]\s*:\s*$/.test(code.slice(Math.max(0, open - 60), open));
  return isProperty && /\binterface\s+[^{};]*$/.test(enclosing(code, open));
}

/** A bracket opens a parameter list if what stands before and after it can only be a function. */
function isParameterList(code: string, open: number, close: number): boolean {
  const before = code.slice(Math.max(0, open - 60), open);
  const after = code.slice(close + 1, close + 220);
  if (!isFunctionTail.test(after) || controlWords.test(before)) return false;
  const isArrow = /^\s*(?::[^;=]{1,200}?)?=>/.test(after);
  const isNamed = /[\w$>]\s*$/.test(before);
  // `cond ? call(a, b) : other` looks like a signature; a question mark before the name tells.
  if (isNamed && /\?\s*[\w$.]+\s*$/.test(before)) return false;
  return isArrow || isNamed;
}

export const parameterCount: Check = (source) => {
  const findings: Finding[] = [];
  for (const hit of source.code.matchAll(/\(/g)) {
    const close = closing(source.code, hit.index);
    if (close < 0 || !isParameterList(source.code, hit.index, close)) continue;
    if (isForeignShape(source.code, hit.index)) continue;
    const count = countParameters(source.code.slice(hit.index + 1, close));
    if (count <= parametersMax) continue;
    findings.push({
      path: source.path,
      line: lineAt(source.text, hit.index),
      what: `${count} parameters, ${parametersMax} are allowed`,
      remedy: "Pass what belongs together as one named object.",
    });
  }
  return findings;
};

/** Names that say nothing. `helper` alone is a person in this project and stays allowed. */
const emptyNames = /(?:^|[-/.])(utils?|helpers|managers?|misc)(?=$|[-/.])/;

/** A name that a specification gave: UTIL is a subsystem of the Z-Stack serial protocol. */
const givenNames = new Set(["sim/coordinator/util.ts"]);

export function fileName(path: string): Finding[] {
  const hit = emptyNames.exec(path);
  if (hit === null || givenNames.has(path)) return [];
  return [
    {
      path,
      line: 1,
      what: `"${hit[1]}" says nothing about what is inside`,
      remedy: "Name it after what a carer or a specification would say.",
    },
  ];
}

/** The one list of the product's machines is no barrel but a table of contents. */
const barrelsAllowed = new Set(["rules/index.ts"]);

export const barrel: Check = (source) => {
  if (!isProduction(source.path) || barrelsAllowed.has(source.path)) return [];
  const reexports = findAll(source, "code", /^export\s[^;]*?\bfrom\s*"[^"]*";?/gm, {
    what: "a file that only passes on the exports of others",
    remedy: "Import from the file that has the thing.",
  });
  const rest = source.code
    .replace(/^export\s[^;]*?\bfrom\s*"[^"]*";?/gm, "")
    .replace(/^import\s[^;]*;?/gm, "");
  return rest.trim() === "" ? reexports.slice(0, 1) : [];
};
