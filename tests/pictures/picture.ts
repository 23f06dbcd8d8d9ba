/** What a picture is, and how one is taken. */
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { small } from "./png.ts";

export const languages = ["de", "en"] as const;
export type Language = (typeof languages)[number];

/** The screen of a desk or a tablet, a Pi's own display, and a telephone's. */
export const sizes = {
  wide: { width: 1_280, height: 800 },
  display: { width: 800, height: 480 },
  narrow: { width: 390, height: 844 },
} as const;
export type Size = keyof typeof sizes;

export interface Picture {
  /** The file, without its ending. */
  readonly name: string;
  /** A page that some play shows. */
  readonly page: string;
  readonly language: Language;
  readonly size: Size;
  /** Also what one must scroll to. */
  readonly whole?: boolean;
  /** Only the first part that this selector finds. */
  readonly part?: string;
}

/** What a page can show: a page with a choice of language at its foot shows both by itself. */
export interface Only {
  readonly language?: Language;
  readonly sizes: readonly Size[];
}

const ofDesk: Only = { sizes: ["wide", "narrow"] };

/** Takes every picture that is wanted of a page, which stands now as it is to be seen. */
export interface Take {
  (page: string, at: Page, only?: Only): Promise<void>;
  /** Whether there is anything to take. */
  wants(page: string, only?: Only): boolean;
}

/** Goes through one part of the system with real processes, and takes each of its pages. */
export type Play = (take: Take) => Promise<void>;

/** Pages have a choice of language at their foot. */
async function speak(at: Page, language: Language): Promise<void> {
  const button = at.locator(`.languages button[lang=${language}]`);
  if ((await button.getAttribute("aria-pressed")) === "false") await button.click();
}

/** Long enough for a drawing that follows the width of its place. */
const settleMs = 250;

/** The page is put back to what it was, for the play goes on. */
export function takeInto(folder: string, wanted: (page: string) => readonly Picture[]): Take {
  const of = (page: string, only: Only): readonly Picture[] =>
    wanted(page).filter(
      ({ language, size }) => (only.language ?? language) === language && only.sizes.includes(size),
    );
  const take = async (page: string, at: Page, only: Only = ofDesk): Promise<void> => {
    const before = at.viewportSize();
    for (const { name, language, size, whole, part } of of(page, only)) {
      await at.setViewportSize(sizes[size]);
      if (only.language === undefined) await speak(at, language);
      await at.evaluate("scrollTo(0, 0)");
      await at.waitForTimeout(settleMs);
      const still = { animations: "disabled" } as const;
      const png =
        part === undefined
          ? await at.screenshot({ ...still, fullPage: whole ?? false })
          : await at.locator(part).first().screenshot(still);
      writeFileSync(`${folder}/${name}.png`, small(png));
    }
    if (before !== null) await at.setViewportSize(before);
    if (only.language === undefined) await speak(at, "de");
  };
  return Object.assign(take, {
    wants: (page: string, only: Only = ofDesk) => of(page, only).length > 0,
  });
}
