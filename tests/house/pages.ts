/** Words for people: doc comments, links between pages, and the form of a decision. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Check, type Finding, lineAt, root, textOf } from "./source.ts";

const exported =
  /^export (?:default )?(?:declare |abstract |async )*(?:const|let|function|interface|type|class)\b/;

const isContract = (path: string): boolean =>
  /^(?:protocol|rules)\//.test(path) || path === "gateway/ports.ts";

/** The type of a schema says everything where the schema says it. */
const inferred = /= z\.(?:infer|input|output)<typeof \w+>;$/;

/** A doc comment covers the export below it and those that follow without an empty line between. */
export const docComments: Check = (source) => {
  if (!isContract(source.path)) return [];
  const lines = source.text.split("\n");
  const findings: Finding[] = [];
  let covered = false;
  lines.forEach((line, index) => {
    if (line.trim() === "") covered = false;
    if (line.startsWith("/**")) covered = true;
    if (!exported.test(line) || covered || inferred.test(line)) return;
    findings.push({
      path: source.path,
      line: index + 1,
      what: `no doc comment: ${line.slice(0, 50)}`,
      remedy: "Say above it, in a sentence after `/**`, what it is for.",
    });
  });
  return findings;
};

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchorsOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((hit) => slug(hit[1] ?? "")));

const withoutFences = (text: string): string =>
  text.replace(/^```[\s\S]*?^```/gm, (fence) => fence.replace(/[^\n]/g, " "));

/** What `read` answers for a path that is not there is undefined. */
export type Read = (path: string) => string | undefined;

const onDisk: Read = (path) => textOf(path) ?? (existsSync(join(root, path)) ? "" : undefined);

function faultOf(page: string, link: string, read: Read): string | undefined {
  const [target = "", anchor] = decodeURI(link).split("#", 2);
  const path = target === "" ? page : join(dirname(page), target);
  const text = read(path);
  if (text === undefined) return `${link} leads nowhere`;
  const wanted = anchor !== undefined && path.endsWith(".md");
  return wanted && !anchorsOf(text).has(anchor) ? `${path} has no heading #${anchor}` : undefined;
}

/** Every relative link of a page leads to a file, and to a heading where it names one. */
export function links(page: string, text: string, read: Read = onDisk): Finding[] {
  const findings: Finding[] = [];
  for (const hit of withoutFences(text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    const link = hit[1] ?? "";
    if (/^[a-z][a-z+.-]*:/i.test(link)) continue;
    const what = faultOf(page, link, read);
    if (what === undefined) continue;
    findings.push({
      path: page,
      line: lineAt(text, hit.index),
      what,
      remedy: "Correct the link, or write the page it promises.",
    });
  }
  return findings;
}

export const decisionLinesMax = 40;

/** A decision is one page: context, choice, price. */
export function decisionForm(page: string, text: string): Finding[] {
  const count = text.trimEnd().split("\n").length;
  const missing = ["Context", "Choice", "Price"].filter(
    (part) => !new RegExp(`^(?:## ${part}$|\\*\\*${part}\\.\\*\\*)`, "m").test(text),
  );
  const remedy = "See docs/decisions/README.md for the form.";
  return [
    ...(missing.length === 0
      ? []
      : [{ path: page, line: 1, what: `no paragraph **${missing.join(", ")}.**`, remedy }]),
    ...(count <= decisionLinesMax
      ? []
      : [{ path: page, line: count, what: `${count} lines, ${decisionLinesMax} allowed`, remedy }]),
  ];
}
