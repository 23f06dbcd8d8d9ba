/** Which language the page speaks, and where that is kept. */
import { fill, type Language, languages, wordOf } from "./sentence.ts";

export { fill, type Language, languages, wordOf };

const key = "obhut-language";

/** What was chosen here before; else the browser's, where it is one of these; undefined else. */
export function chosenOf<Known extends string>(known: readonly Known[]): Known | undefined {
  const own = navigator.language.slice(0, 2);
  return (
    known.find((language) => language === localStorage.getItem(key)) ??
    known.find((language) => language === own)
  );
}

/** Else German. */
export const chosenLanguage = (): Language => chosenOf(languages) ?? "de";

/** Keeps the choice on this device, and tells the browser which language the page speaks. */
export function speak(language: string): void {
  localStorage.setItem(key, language);
  document.documentElement.lang = language;
}
