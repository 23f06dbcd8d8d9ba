/** Every check of the house is shown to fail on what it forbids and to pass what it allows. */
import { describe, expect, test } from "vitest";
import { arrow, importEnding, packageUse } from "./arrows.ts";
import { decisionForm, docComments, links } from "./pages.ts";
import { functionLength } from "./settings.ts";
import {
  barrel,
  countParameters,
  fileLength,
  fileName,
  lineLength,
  medianLength,
  parameterCount,
} from "./sizes.ts";
import { type Check, sourceOf } from "./source.ts";
import * as words from "./words.ts";

interface Proof {
  readonly check: Check;
  readonly path?: string;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

const declared = packageUse(new Set(["zod", "onoff", "node-red", "@scope/part"]));
const longLine = `// ${"x".repeat(98)}`;

const proofs: Readonly<Record<string, Proof>> = {
  "file length": { check: fileLength, bad: ["x;\n".repeat(301)], good: ["x;\n".repeat(300)] },
  "line length": { check: lineLength, bad: [longLine], good: [longLine.slice(1)] },
  parameters: {
    check: parameterCount,
    bad: [
      "function f(a: A, b: B, c: C, d: D, e: E) {}",
      "const f = (a: A, b: B, c: C, d: D, e: E): Map<K, V> => a;",
      "class X { f(a: A, b: B, c: C, d: D, e: E): void {} }",
      "interface X { f(a: A, b: B, c: C, d: D, e: E): void; }",
      "function f(a: A,\n  b: B,\n  c: C,\n  d: D,\n  e: E,\n) {}",
      "const f = async (a, b, c, d, e) => a;",
      "const x = { f: (a, b, c, d, e) => a };",
    ],
    good: [
      "function f(a: Map<K, V>, b: (x: X, y: Y) => Z, c: { p: P, q: Q }, d: [A, B]) {}",
      "call(a, b, c, d, e);",
      "const x = yes ? call(a, b, c, d, e) : other;",
      "if (call(a, b, c, d, e)) { x(); }",
      "call(a, b, c, d, (e) => { f(e); });",
      "for (const [a, b, c, d, e] of list) {}",
      "// function f(a, b, c, d, e) {}",
      "interface Theirs {\n  readonly f: (a: A, b: B, c: C, d: D, e: E) => void;\n}",
    ],
  },
  barrel: {
    check: barrel,
    path: "gateway/x.ts",
    bad: ['export * from "./a.ts";\nexport { b } from "./b.ts";\n'],
    good: ['export { b } from "./b.ts";\nexport const own = 1;\n'],
  },
  "type holes": {
    check: words.typeHoles,
    bad: [
      "const a: any = 1;",
      "const a = b as any;",
      "const a: Array<any> = [];",
      "function f(): Promise<any> {}",
      "const a = list[0]!;",
      "const a = b!.c;",
      "f(a!, b);",
      `const a = \`\${b!}\`;`,
      "class A { name!: string }",
      "export enum Mode { On }",
      "// @ts-ignore",
      "/* @ts-expect-error because */",
    ],
    good: [
      "const a = b !== c && !d;",
      "if (a != b) {}",
      "// any caller, really any!",
      'const text = "as any! enum X {";',
      "const many = /any!/;",
      "const result = list.any(x);",
      "const number = 1;",
    ],
  },
  "honest tests": {
    check: words.honestTests,
    bad: [
      'vi.mock("node:fs");',
      'test.only("x", f);',
      'describe.skip("x", f);',
      'test.only.each([1])("x", f);',
      'it.concurrent.skip.each([1])("x", f);',
      'test\n  .skip("x", f);',
      "const quiet = test.only;",
      'test("x", { skip: true }, f);',
      'test.todo("x");',
      'xit("x", f);',
    ],
    good: [
      'test("vi.mock( and .only( in words", f);',
      "test.skipIf(none)(name, f);",
      "const skipped = exit(1);",
      "const one = values.only ?? values.skip;",
    ],
  },
  "coverage marks": {
    check: words.coverageMarks,
    bad: ["/* v8 ignore next */", "/* c8 ignore start */", "// istanbul ignore if"],
    good: ['const mark = "v8 ignore";', "// nothing to see"],
  },
  "reasons of suppressions": {
    check: words.ignoreReasons,
    bad: [
      "// biome-ignore lint/suspicious/noConsole: ok",
      "// biome-ignore lint/suspicious/noConsole: <explanation>",
      "x; // biome-ignore lint/suspicious/noConsole",
    ],
    good: ["// biome-ignore lint/suspicious/noConsole: the command line speaks on the console"],
  },
  purity: {
    check: words.purity,
    path: "rules/x.ts",
    bad: [
      "const a = Date.now();",
      "const a = new Date();",
      "const a = Math.random();",
      'import { readFileSync } from "node:fs";',
      "setTimeout(f, 1);",
      "process.exit();",
    ],
    good: ["// no Date here", 'const word = "Date";', "const upDated = Math.max(1, 2);"],
  },
  "machine paths": {
    check: words.machinePaths,
    path: "gateway/x.ts",
    bad: ['open("/tmp/x");', "open('/work/x');"],
    good: ["// /tmp/x is only an example", 'open("/var/lib/obhut");'],
  },
  arrows: {
    check: arrow,
    path: "gateway/hub/x.ts",
    bad: [
      'import { a } from "../../care/a.ts";',
      'import { a } from "../../sim/a.ts";',
      'import type { A } from "../../web/a.ts";',
      'const a = await import("../../tests/a.ts");',
      'new Worker(new URL("../../care/a.ts", import.meta.url));',
      'export * from "../../flows/a.ts";',
    ],
    good: [
      'import { a } from "../../rules/a.ts";',
      'import { a } from "../ports.ts";',
      '// import { a } from "../../care/a.ts";',
      'const text = `import { a } from "../../care/a.ts"`;',
    ],
  },
  "arrows of the rules": {
    check: arrow,
    path: "rules/machines/x.ts",
    bad: ['import { a } from "../../gateway/a.ts";', 'import { a } from "../../platform/a.ts";'],
    good: ['import { a } from "../../protocol/a.ts";'],
  },
  "arrows of the virtual home": {
    check: arrow,
    path: "sim/devices/x.ts",
    bad: ['import { a } from "../../rules/a.ts";', 'import { a } from "../../gateway/a.ts";'],
    good: ['import { a } from "../../protocol/a.ts";', 'import { a } from "../clock.ts";'],
  },
  "arrows of the demo": {
    check: arrow,
    path: "sim/demo/main.ts",
    bad: [],
    good: ['import { a } from "../../gateway/a.ts";'],
  },
  "a start is not an import": {
    check: arrow,
    path: "gateway/cli.ts",
    bad: [
      'const url = new URL("../sim/main.ts", import.meta.url);',
      'const url = new URL("sim/main.ts", project);',
    ],
    good: [
      'const url = new URL("../sim/demo/main.ts", import.meta.url);',
      'const url = new URL("sim/demo/main.ts", project);',
      'const url = new URL("https://example.org/sim/main.ts");',
    ],
  },
  packages: {
    check: declared,
    path: "gateway/hub/x.ts",
    bad: [
      'import x from "left-pad";',
      'import { Gpio } from "onoff";',
      'const red = require("node-red");',
      'import x from "@other/part/deep.js";',
    ],
    good: ['import z from "zod";', 'import f from "node:fs";', 'import x from "@scope/part/deep";'],
  },
  "hardware in its driver": {
    check: declared,
    path: "gateway/gpio/x.ts",
    bad: [],
    good: ['const { Gpio } = require("onoff");'],
  },
  "import endings": {
    check: importEnding,
    bad: ['import { a } from "./a";', 'import { a } from "../b/a";'],
    good: [
      'import { a } from "./a.ts";',
      'import { a } from "./a.tsx";',
      'import a from "./a.json";',
      'import "./a.css";',
      'import a from "zod";',
    ],
  },
  "doc comments": {
    check: docComments,
    path: "protocol/x.ts",
    bad: [
      "export const a = 1;",
      "/** A. */\nexport const a = 1;\n\nexport type B = string;",
      "/* not a doc comment */\nexport function a() {}",
    ],
    good: [
      "/** A. */\nexport const a = 1;\nexport type A = typeof a;",
      "const inner = 1;",
      "export type A = z.infer<typeof aSchema>;",
    ],
  },
};

describe("every check fails on what it forbids", () => {
  for (const [name, { check, path = "gateway/x.ts", bad, good }] of Object.entries(proofs)) {
    test(name, () => {
      for (const text of bad) expect(check(sourceOf(path, text)), text).not.toEqual([]);
      for (const text of good) expect(check(sourceOf(path, text)), text).toEqual([]);
    });
  }
});

test("a finding names the line and the remedy", () => {
  const source = sourceOf("gateway/x.ts", `/* one\ntwo */\nconst a = \`\n\${1}\`;\nlet b: any;\n`);
  const [finding] = words.typeHoles(source);
  expect(finding).toMatchObject({ path: "gateway/x.ts", line: 5 });
  expect(finding?.remedy).toContain("unknown");
});

test("comments, strings, templates and regular expressions are told apart", () => {
  const text = `const a = \`x \${b ? \`y \${c} // no\` : '}'} /* no */\`; // yes\nd = e / f; g = /[/"]/g;`;
  const { code, comments, literal } = sourceOf("x.ts", text);
  expect(comments.trim()).toBe("// yes");
  expect(literal).toContain("/* no */");
  expect(code).toContain("d = e / f; g = ");
  expect(code).not.toMatch(/no|yes|\[/);
  for (const view of [code, comments, literal]) expect(view.length).toBe(text.length);
});

test("Biome's settings are read as what they mean", () => {
  const rule = { level: "error", options: { maxLines: 70, skipBlankLines: true } };
  const biome = (noExcessiveLinesPerFunction: unknown, ...overrides: readonly unknown[]) => ({
    linter: { rules: { complexity: { noExcessiveLinesPerFunction } } },
    overrides,
  });
  const freed = (includes: readonly string[], complexity: unknown) => ({
    includes,
    linter: { rules: { complexity } },
  });
  const off = { noExcessiveLinesPerFunction: "off" };
  const tests = freed(["tests/**", "**/*.test.ts"], off);
  const pure = { includes: ["rules/**"], linter: { rules: { style: {} } } };
  expect(functionLength(biome(rule, pure, tests))).toEqual([]);
  for (const bad of [
    {},
    biome("off", tests),
    biome({ ...rule, level: "warn" }),
    biome({ ...rule, options: { maxLines: 700 } }),
    biome(rule, tests, freed(["gateway/**"], off)),
    biome(rule, freed(["tests/**", "sim/**"], off)),
    biome(rule, freed(["sim/**"], "off")),
    biome(rule, freed(["sim/**"], { noExcessiveLinesPerFunction: { ...rule, level: "warn" } })),
    biome(rule, { includes: ["sim/**"], linter: { enabled: false } }),
  ]) {
    expect(functionLength(bad), JSON.stringify(bad)).not.toEqual([]);
  }
});

test("parameters are counted outside of every bracket", () => {
  expect(countParameters("")).toBe(0);
  expect(countParameters("a: () => Map<A, B>, b = [1, 2],")).toBe(2);
});

test("the median counts files, not lines", () => {
  const long = sourceOf("a.ts", "x;\n".repeat(250));
  const short = sourceOf("b.ts", "x;\n");
  expect(medianLength([long, short, short])).toEqual([]);
  expect(medianLength([long, long, short])).not.toEqual([]);
});

test("empty names are refused, people are not", () => {
  for (const path of ["gateway/utils.ts", "web/helpers/a.ts", "care/task-manager.ts"]) {
    expect(fileName(path), path).not.toEqual([]);
  }
  for (const path of ["web/helper/page.ts", "gateway/miscellany.ts", "deploy/build.sh"]) {
    expect(fileName(path), path).toEqual([]);
  }
});

test("foreign words are found in any text", () => {
  const host = `"resolved": "https://${"registry"}.npmjs.org/zod"`;
  expect(words.foreignWords("docs/a.md", host)).not.toEqual([]);
  expect(words.foreignWords("package-lock.json", host)).toEqual([]);
  expect(words.foreignWords("package-lock.json", `http://${"mirror"}.local/zod`)).not.toEqual([]);
  expect(words.foreignWords("a.md", `see /${"work"}/main/x`)).not.toEqual([]);
  expect(words.foreignWords("a.md", "a helper and her work/life, helper-first")).toEqual([]);
});

test("links are followed to the file and the heading", () => {
  const pages: Readonly<Record<string, string>> = { "docs/b.md": "# One place\n## Stove, cut\n" };
  const faults = (text: string) => links("docs/a.md", text, (path) => pages[path]).length;
  expect(faults("[b](b.md) [b](./b.md#stove-cut) [w](https://example.org/x) [t](tel:110)")).toBe(0);
  expect(faults("[b](c.md)")).toBe(1);
  expect(faults("[b](b.md#nowhere)")).toBe(1);
  expect(faults("```\n[b](c.md)\n```\n")).toBe(0);
});

test("a decision page has its three sections and an end", () => {
  const page = "# T\n## Context\nx\n## Choice\nx\n## Price\nx\n";
  expect(decisionForm("d.md", page)).toEqual([]);
  expect(decisionForm("d.md", page.replace(/## (\w+)/g, "**$1.**"))).toEqual([]);
  expect(decisionForm("d.md", page.replace("## Price", "## Cost"))).toHaveLength(1);
  expect(decisionForm("d.md", page + "x\n".repeat(40))).toHaveLength(1);
});
