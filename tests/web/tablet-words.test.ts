/** Every word that the home may say has a sentence, in each language, and plain ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { manifests } from "../../rules/index.ts";
import { de as commonGerman } from "../../web/common/words/de.ts";
import { en as commonEnglish } from "../../web/common/words/en.ts";
import { wordsIn, wordsOf } from "../../web/tablet/words/languages.ts";
import { root } from "../house/source.ts";

const languages = Object.entries(wordsIn);

/** The keys as they stand in the source: a type leaves nothing to ask at run time. */
function announcementKeys(): readonly string[] {
  const text = readFileSync(join(root, "rules/effects.ts"), "utf8");
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const union = /export type AnnouncementKey =([\s\S]*?);/.exec(code)?.[1] ?? "";
  return [...union.matchAll(/"([a-z-]+)"/g)].map((hit) => hit[1] ?? "");
}

/** Every sentence with the path that leads to it. */
function sentences(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

const holes = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe.each(languages)("the words of %s", (_name, words) => {
  test("each key of an announcement has a sentence", () => {
    const keys = announcementKeys();
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key) => !(key in words.announcements))).toEqual([]);
    expect(Object.keys(words.announcements).filter((key) => !keys.includes(key))).toEqual([]);
  });

  test("each reason of an alarm has a sentence", () => {
    const reasons = manifests.flatMap(({ messages }) => messages.map(({ reason }) => reason));
    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => !(reason in words.emergency.reasons))).toEqual([]);
  });

  test("the home's own names are shown in a language that the home speaks", () => {
    expect(["de", "en"]).toContain(words.homeSpeaks);
  });

  test("no sentence is empty, and none is long", () => {
    for (const [path, text] of sentences(words)) {
      expect(text.trim(), path).not.toBe("");
      for (const one of text.split(/(?<=[.!?:])\s/)) {
        expect(one.split(/\s+/).length, `${path}: ${one}`).toBeLessThanOrEqual(14);
      }
    }
  });

  test("no technical word is said to a resident", () => {
    const technical =
      /\b(?:gateway|broker|server|online|offline|netzwerk|network|wlan|wi-?fi|status|sensor|fehlercode|error|code 4|login|passwor[td]|bestätigung ausstehend|timeout|reset)\b/i;
    for (const [path, text] of sentences(words)) expect(text, path).not.toMatch(technical);
  });
});

test("the languages say the same things, with the same gaps", () => {
  const [first, ...others] = languages.map(([, words]) => new Map(sentences(words)));
  for (const other of others) {
    expect([...other.keys()]).toEqual([...(first?.keys() ?? [])]);
    for (const [path, text] of first ?? [])
      expect(holes(other.get(path) ?? "")).toEqual(holes(text));
  }
});

test("rooms have the names that helpers and the desk know them by", () => {
  expect(wordsOf("de").rooms).toEqual(commonGerman.rooms);
  expect(wordsOf("en").rooms).toEqual(commonEnglish.rooms);
});

test("German stands for a language that is not there", () => {
  expect(wordsOf("xx")).toBe(wordsOf("de"));
  expect(Object.keys(wordsIn)[0]).toBe("de");
});
