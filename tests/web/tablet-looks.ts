/** What can be measured of a screen: contrast, sizes of targets, and text that is cut off. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { root } from "../house/source.ts";

const axeSource = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** Smallest side of a target, in CSS pixels. */
export const targetMin = 64;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds, with the contrast of AAA (7 : 1, large text 4.5 : 1). Empty is good. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const runner = (globalThis as unknown as { axe: typeof axe }).axe;
    const options = { rules: { "color-contrast-enhanced": { enabled: true } } };
    const { violations } = await runner.run(options);
    return violations as unknown as Violation[];
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Targets that are smaller than a trembling finger. */
const smallTargets = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    (least) =>
      [...document.querySelectorAll("button, a, input, select")].flatMap((target) => {
        const { width, height } = target.getBoundingClientRect();
        const isLarge = width >= least - 0.5 && height >= least - 0.5;
        const size = `${Math.round(width)} × ${Math.round(height)}`;
        return isLarge ? [] : [`${size}: ${target.textContent}`];
      }),
    targetMin,
  );

/** Words that are cut off, or stand beside the screen. */
const lostWords = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const all = document.querySelectorAll("button, p, h1, h2, li, span, legend, a, time");
    const seen = [...all].filter((it) => it.closest(".unseen") === null);
    const isBeside = (it: Element): boolean => {
      const { left, right, width } = it.getBoundingClientRect();
      return width > 0 && (left < -0.5 || right > wide + 0.5);
    };
    const isCut = (it: Element): boolean =>
      it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== "inline";
    const told = (what: string, it: Element): string => `${what}: ${it.textContent.slice(0, 40)}`;
    return [
      ...(document.documentElement.scrollWidth > wide ? ["wider than the screen"] : []),
      ...seen.filter(isBeside).map((it) => told("beside the screen", it)),
      ...seen.filter(isCut).map((it) => told("cut off", it)),
    ];
  });

export const sizeFindings = async (page: Page): Promise<readonly string[]> => [
  ...(await smallTargets(page)),
  ...(await lostWords(page)),
];
