/** The languages of the tablet. Another one is another file and a line here. */
import type { Language } from "../../common/sentence.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { TabletWords } from "./words.ts";

export const wordsIn: Readonly<Record<Language, TabletWords>> = { de, en };
