/** German first, English beside it. A page has its words in one file for each language. Pure. */

export const languages = ["de", "en"] as const;
export type Language = (typeof languages)[number];

/** The word for a name that comes from outside: what every object has is no word of ours. */
export function wordOf(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** Puts values into a sentence: `fill("{name} kommt", {name: "Frau Maier"})`. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
