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

const measureSource = readFileSync(join(root, "tests/web/tablet-measure.js"), "utf8");

/** Asks the script that runs in the page. */
async function measure<Answer>(page: Page, question: string): Promise<Answer> {
  if (!(await page.evaluate(() => "smallTargets" in globalThis))) {
    await page.evaluate(measureSource);
  }
  return page.evaluate<Answer>(question);
}

/** Targets that are too small, and words that are cut off or stand beside the screen. */
export const sizeFindings = async (page: Page): Promise<readonly string[]> => [
  ...(await measure<readonly string[]>(page, `smallTargets(${targetMin})`)),
  ...(await measure<readonly string[]>(page, "lostWords()")),
];

/** The size of the text in per cent, as the resident sets it; 0 puts it back. */
export const sizeText = (page: Page, percent: number): Promise<void> =>
  measure<void>(page, `sizeText(${percent})`);
