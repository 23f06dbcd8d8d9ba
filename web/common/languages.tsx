/** The choice of language at the foot of each page, each in its own name. */
import { type Language, languages } from "./language.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";

const names: Readonly<Record<Language, string>> = { de: de.language, en: en.language };

export interface LanguageChoiceParts {
  readonly language: Language;
  readonly chosen: (language: Language) => void;
}

export function LanguageChoice({ language, chosen }: LanguageChoiceParts) {
  return (
    <footer class="languages">
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => chosen(one)}
        >
          {names[one]}
        </button>
      ))}
    </footer>
  );
}
