/**
 * The house checks itself. Every failure says the file, the line, and what to do about it.
 * Each check is proved able to fail in tests/house/proof.test.ts.
 */
import { describe, expect, test } from "vitest";
import vitestConfig from "../vitest.config.ts";
import { arrow, importEnding, packageUse } from "./house/arrows.ts";
import { decisionForm, docComments, links } from "./house/pages.ts";
import { functionLength, functionLinesMax } from "./house/settings.ts";
import * as sizes from "./house/sizes.ts";
import {
  type Check,
  type Finding,
  isCode,
  isProduction,
  type Source,
  sourceOf,
  textOf,
  trackedPaths,
} from "./house/source.ts";
import {
  coverageMarks,
  foreignWords,
  honestTests,
  ignoreReasons,
  machinePaths,
  purity,
  typeHoles,
} from "./house/words.ts";

const files = trackedPaths().flatMap((path) => {
  const text = textOf(path);
  return text === undefined ? [] : [{ path, text }];
});
const sources = files
  .filter(({ path }) => isCode(path))
  .map((file) => sourceOf(file.path, file.text));
const tests = sources.filter(({ path }) => path.startsWith("tests/"));
const production = sources.filter(({ path }) => isProduction(path));
const pages = files.filter(({ path }) => path.endsWith(".md"));

const say = ({ path, line, what, remedy }: Finding): string =>
  `${path}:${line}  ${what}\n    ${remedy}`;

function expectNone(findings: readonly Finding[]): void {
  expect(findings.map(say).join("\n")).toBe("");
}

function holds(name: string, where: readonly Source[], check: Check): void {
  test(name, () => expectNone(where.flatMap(check)));
}

function setting(path: string): unknown {
  return JSON.parse(textOf(path) ?? "null");
}

describe("sizes", () => {
  holds(`a production file has at most ${sizes.fileLinesMax} lines`, production, sizes.fileLength);
  test(`half of the production files have at most ${sizes.medianLinesMax} lines`, () =>
    expectNone(sizes.medianLength(production)));
  holds(`a line has at most ${sizes.columnsMax} columns`, production, sizes.lineLength);
  holds(
    `a function has at most ${sizes.parametersMax} parameters`,
    production,
    sizes.parameterCount,
  );
  test(`a function has at most ${functionLinesMax} lines (Biome holds it, but for tests)`, () =>
    expectNone(functionLength(setting("biome.json"))));
});

describe("names", () => {
  test("no file is called utils, helpers, manager or misc", () =>
    expectNone(files.flatMap(({ path }) => sizes.fileName(path))));
  holds("no file only passes on the exports of others", production, sizes.barrel);
});

describe("words", () => {
  holds("no any, no !, no enum, no silenced compiler", sources, typeHoles);
  holds("tests mock no module, silence nobody, and all run", tests, honestTests);
  holds("no hole in the coverage", sources, coverageMarks);
  holds("every suppression has a reason", sources, ignoreReasons);
  holds("no path of one machine in production code", production, machinePaths);
  test("no package host, no path of one machine anywhere", () =>
    expectNone(files.flatMap(({ path, text }) => foreignWords(path, text))));
});

describe("the pure core", () => {
  holds("protocol and rules have no clock, no chance, no Node", sources, purity);
  test("protocol and rules are covered to the last branch (vitest holds it)", () => {
    const { coverage, exclude, include } = vitestConfig.test ?? {};
    expect({ include, exclude }).toEqual({ include: ["tests/**/*.test.ts"], exclude: undefined });
    expect(coverage).toEqual({
      provider: "v8",
      include: ["protocol/**/*.ts", "rules/**/*.ts"],
      thresholds: { branches: 100 },
    });
  });
});

describe("arrows", () => {
  const manifest = setting("package.json") as Record<string, Record<string, string> | undefined>;
  const declared = new Set(
    ["dependencies", "optionalDependencies"].flatMap((part) => Object.keys(manifest[part] ?? {})),
  );
  holds("a folder knows only whom the table allows", sources, arrow);
  holds(
    "production uses declared packages, hardware only its driver",
    production,
    packageUse(declared),
  );
  holds("a relative import says its ending", sources, importEnding);
});

describe("pages", () => {
  holds("every export of protocol, rules and the ports has a doc comment", sources, docComments);
  test("every relative link leads somewhere", () =>
    expectNone(pages.flatMap(({ path, text }) => links(path, text))));
  test("every decision has context, choice and price on one page", () =>
    expectNone(
      pages
        .filter(({ path }) => /^docs\/decisions\/(?!README)/.test(path))
        .flatMap(({ path, text }) => decisionForm(path, text)),
    ));
});
