/** All sentences of the desk in one language. */
import type { Language } from "../common/language.ts";
import { de as commonDe } from "../common/words/de.ts";
import { en as commonEn } from "../common/words/en.ts";
import type { CommonWords } from "../common/words/words.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";
import { livingDe } from "./words/living-de.ts";
import { livingEn } from "./words/living-en.ts";
import type { LivingWords } from "./words/living-words.ts";
import { officeDe } from "./words/office-de.ts";
import { officeEn } from "./words/office-en.ts";
import type { OfficeWords } from "./words/office-words.ts";
import { serviceDe } from "./words/service-de.ts";
import type { DeskWords, ServiceWords } from "./words/words.ts";

export interface Speech {
  readonly language: Language;
  readonly common: CommonWords;
  readonly own: DeskWords;
  readonly office: OfficeWords;
  readonly living: LivingWords;
  /** The service speaks English. */
  readonly service: ServiceWords;
}

export function speechIn(language: Language): Speech {
  return language === "de"
    ? {
        ...{ language, common: commonDe, own: de, office: officeDe, living: livingDe },
        service: serviceDe,
      }
    : {
        ...{ language, common: commonEn, own: en, office: officeEn, living: livingEn },
        service: [],
      };
}
