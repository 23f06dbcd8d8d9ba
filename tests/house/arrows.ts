/** Who may know whom. The table is the architecture; everything below only reads it. */
import { posix } from "node:path";
import { type Check, type Finding, lineAt, productionFolders } from "./source.ts";

const arrows: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  rules: ["protocol"],
  platform: ["protocol"],
  gateway: ["protocol", "rules", "platform"],
  care: ["protocol", "rules", "platform"],
  sim: ["protocol"],
  web: ["protocol"],
  flows: ["protocol", "platform"],
};

/** The demo puts home and care service together, so it and the tests know everything. */
const knowsAll = (path: string): boolean => /^(?:tests|sim\/demo)\//.test(path);

/** Starting another program as a process of its own is not knowing it; each such start is listed. */
const starts = new Set(["gateway/cli.ts starts sim/demo/main.ts"]);

/** Parts that only one driver may touch; everyone else speaks to its port. */
const drivers: readonly (readonly [RegExp, string])[] = [
  [/^onoff$|^epoll$/, "gateway/gpio/"],
  [/^zigbee-herdsman(?:-converters)?(?:$|\/)/, "gateway/radio/"],
  [/^node-red(?:$|\/)|^@node-red\//, "flows/"],
];

export interface Import {
  readonly to: string;
  readonly offset: number;
  /** Named as an address, as a worker's file is; then a name without a dot is no package. */
  readonly isAddress: boolean;
}

const importPattern =
  /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*|\bnew URL\(\s*)["']([^"'\n]+)["']/g;

/** Every module that a file names: static, dynamic, required, or as the file of a worker. */
export function importsOf(source: { readonly literal: string; readonly code: string }): Import[] {
  return [...source.literal.matchAll(importPattern)]
    .filter((hit) => /\w/.test(source.code.charAt(hit.index)))
    .map((hit) => ({
      to: hit[1] ?? "",
      offset: hit.index,
      isAddress: hit[0].startsWith("new URL"),
    }));
}

const areaOf = (path: string): string => path.split("/")[0] ?? "";

/** A relative import crosses from one folder of the house to another only along an arrow. */
export const arrow: Check = (source) => {
  if (knowsAll(source.path)) return [];
  const from = areaOf(source.path);
  const findings: Finding[] = [];
  for (const { to, offset, isAddress } of importsOf(source)) {
    if (!to.startsWith(".") && !isAddress) continue;
    // An address without a dot is seen from the folder of the project.
    const base = to.startsWith(".") ? posix.dirname(source.path) : "";
    const target = posix.normalize(posix.join(base, to));
    const area = areaOf(target);
    const known = from in arrows ? arrows[from] : Object.keys(arrows).filter((to) => to !== "sim");
    if (starts.has(`${source.path} starts ${target}`)) continue;
    const inHouse = [...productionFolders, "tests"].includes(area);
    if (area === from || !inHouse || known?.includes(area)) continue;
    findings.push({
      path: source.path,
      line: lineAt(source.text, offset),
      what: `${from} must not know ${area} (${to})`,
      remedy: `${from} may know: ${known?.join(", ") || "nobody"}. Move the word to protocol.`,
    });
  }
  return findings;
};

/** Neither a path, nor a part of Node, nor the address of a file. */
const isPackage = ({ to, isAddress }: Import): boolean =>
  !isAddress && !/^[./#]|^node:|:\/\//.test(to);

/** What may be imported by name: declared packages, and each hardware part only in its driver. */
export function packageUse(declared: ReadonlySet<string>): Check {
  return (source) => {
    const findings: Finding[] = [];
    for (const { to, offset } of importsOf(source).filter(isPackage)) {
      const name = to.split("/", to.startsWith("@") ? 2 : 1).join("/");
      const home = drivers.find(([pattern]) => pattern.test(to))?.[1];
      const line = lineAt(source.text, offset);
      if (!declared.has(name)) {
        const remedy = "Declare it under dependencies in package.json, pinned.";
        findings.push({ path: source.path, line, what: `${name} is not declared`, remedy });
      } else if (home !== undefined && !source.path.startsWith(home)) {
        const remedy = `Speak to the port of ${home} instead.`;
        findings.push({ path: source.path, line, what: `${name} has its driver`, remedy });
      }
    }
    return findings;
  };
}

/** Node runs the sources: a relative import of TypeScript says `.ts`. */
export const importEnding: Check = (source) =>
  importsOf(source)
    .filter(({ to, offset }) => {
      const isModule = /^(?:from|import)\b/.test(source.code.slice(offset));
      return isModule && to.startsWith(".") && !/\.(?:[cm]?[tj]s|tsx|json|css)$/.test(to);
    })
    .map(({ to, offset }) => ({
      path: source.path,
      line: lineAt(source.text, offset),
      what: `an import without its ending: ${to}`,
      remedy: "Write the ending, .ts.",
    }));
