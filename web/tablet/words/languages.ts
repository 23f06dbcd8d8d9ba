/** The languages of the tablet: one file beside this one for each, found by their names. */
import german from "./de.json" with { type: "json" };
import type { TabletWords } from "./words.ts";

declare global {
  interface ImportMeta {
    /** The builder's: every file of such a name, read when the page is built. */
    glob<File>(
      names: string,
      how: { readonly eager: true; readonly import: "default" },
    ): Readonly<Record<string, File>>;
  }
}

/** The compiler holds the German sentences to the type, a test the others to the German ones. */
const base: TabletWords = german;

const files = import.meta.glob<TabletWords>("./*.json", { eager: true, import: "default" });
const found = Object.entries(files).map(([file, words]) => [file.slice(2, -5), words] as const);

/** By the code of the language, such as `de`; German first. */
export const wordsIn: Readonly<Record<string, TabletWords>> = {
  de: base,
  ...Object.fromEntries(found),
};

export const languages: readonly string[] = Object.keys(wordsIn);

/** German where there is no such language. */
export const wordsOf = (language: string): TabletWords => wordsIn[language] ?? base;
