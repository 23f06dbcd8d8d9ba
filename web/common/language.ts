/** Which language the page speaks, and where that is kept. */
import { fill, type Language, languages } from "./sentence.ts";

export { fill, type Language, languages };

const key = "obhut-language";

const isLanguage = (word: string | null): word is Language =>
  languages.some((language) => language === word);

/** What was chosen here before; else the browser's, where it is one of ours; else German. */
export function chosenLanguage(): Language {
  const kept = localStorage.getItem(key);
  if (isLanguage(kept)) return kept;
  const own = navigator.language.slice(0, 2);
  return isLanguage(own) ? own : "de";
}

/** Keeps the choice on this device, and tells the browser which language the page speaks. */
export function speak(language: Language): void {
  localStorage.setItem(key, language);
  document.documentElement.lang = language;
}
