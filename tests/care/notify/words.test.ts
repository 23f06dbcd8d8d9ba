/** What helpers read and hear, and what must never stand in it. */
import { describe, expect, test } from "vitest";
import { againAfterMs } from "../../../care/notify/retry.ts";
import { follows } from "../../../care/notify/stages.ts";
import { letterText, sentenceOf, shortText, spokenText } from "../../../care/notify/words.ts";
import { categories } from "../../../protocol/alarm.ts";
import { type TellingStage, tellingStages } from "../../../protocol/care-views.ts";
import { telling } from "./telling.ts";

describe("words", () => {
  test("a short message says who and what, and has the link", () => {
    expect(shortText(telling)).toBe(
      "Frau Weber hat den Notruf ausgelöst. Bitte antworten: https://care.example.org/h/token",
    );
    expect(shortText({ ...telling, language: "en" })).toBe(
      "Frau Weber has called for help. Please answer: https://care.example.org/h/token",
    );
  });

  test("every kind of alarm has a sentence in both languages, short enough for two messages", () => {
    for (const category of categories) {
      for (const language of ["de", "en"] as const) {
        const text = shortText({ ...telling, category, language, drill: true, repeat: true });
        expect(text).toContain("Frau Weber");
        expect(text.length).toBeLessThan(200);
      }
    }
    expect(sentenceOf({ ...telling, reason: "home-silent" })).toContain("meldet sich nicht mehr");
  });

  test("a man is spoken of as German does", () => {
    const krause = { ...telling, resident: "Herr Krause" };
    expect(sentenceOf(krause)).toBe("Herr Krause hat den Notruf ausgelöst.");
    expect(sentenceOf({ ...krause, category: "stove" })).toBe("Herd-Alarm bei Herrn Krause.");
    expect(sentenceOf({ ...krause, reason: "home-silent" })).toBe(
      "Die Wohnung von Herrn Krause meldet sich nicht mehr.",
    );
    expect(sentenceOf({ ...krause, category: "stove", language: "en" })).toBe(
      "Stove alarm at the home of Herr Krause.",
    );
  });

  test("I2: a drill says so before anything else, in every form", () => {
    const drill = { ...telling, drill: true };
    for (const text of [sentenceOf(drill), shortText(drill), spokenText(drill)]) {
      expect(text).toMatch(/^PROBEALARM \/ TEST: /);
    }
    expect(letterText(drill)).toContain("PROBEALARM / TEST: ");
    expect(letterText(drill)).toContain("niemand muss losfahren");
  });

  test("a repeat is marked as one", () => {
    expect(sentenceOf({ ...telling, repeat: true })).toMatch(/^Erneut: /);
    expect(sentenceOf({ ...telling, repeat: true, drill: true })).toMatch(
      /^PROBEALARM \/ TEST: Erneut: /,
    );
  });

  test("a name cannot break a line or hide a word", () => {
    const resident = "Frau\r\nBcc: all@example.org\u202e Weber\u0000";
    expect(sentenceOf({ ...telling, resident })).toBe(
      "Frau Bcc: all@example.org Weber hat den Notruf ausgelöst.",
    );
  });

  test("a voice asks for a key, a letter for an answer", () => {
    expect(spokenText(telling)).toContain("Drücken Sie die 1, wenn Sie kommen.");
    expect(spokenText(telling)).not.toContain("https");
    expect(letterText(telling)).toContain("Guten Tag Frau Maier,");
    expect(letterText(telling)).toContain(telling.link);
  });
});

describe("stages", () => {
  /** What may follow what, written out. */
  const table: Readonly<Record<TellingStage, readonly TellingStage[]>> = {
    due: ["sent", "delivered", "seen", "accepted", "declined", "failed", "moot"],
    sent: ["delivered", "seen", "accepted", "declined", "failed"],
    delivered: ["seen", "accepted", "declined"],
    seen: ["accepted", "declined"],
    accepted: ["declined"],
    declined: ["accepted"],
    failed: ["delivered", "seen", "accepted", "declined"],
    moot: ["delivered", "seen", "accepted", "declined"],
  };

  test("a late receipt takes nothing back", () => {
    for (const before of tellingStages) {
      for (const next of tellingStages) {
        expect(follows(before, next), `${before} → ${next}`).toBe(table[before].includes(next));
      }
    }
  });

  test("tries go on without end, at least twice a minute", () => {
    expect([1, 2, 3, 4, 5, 99].map(againAfterMs)).toEqual([
      2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });
});
