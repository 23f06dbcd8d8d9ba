/** All sentences of the desk in one language. */
import type { Language } from "../common/language.ts";
import { de as commonDe } from "../common/words/de.ts";
import { en as commonEn } from "../common/words/en.ts";
import type { CommonWords } from "../common/words/words.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";
import type { DeskWords } from "./words/words.ts";

export interface Speech {
  readonly language: Language;
  readonly common: CommonWords;
  readonly own: DeskWords;
}

export function speechIn(language: Language): Speech {
  return language === "de"
    ? { language, common: commonDe, own: de }
    : { language, common: commonEn, own: en };
}
