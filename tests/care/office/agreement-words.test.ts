/** What is wrong with an agreement, for whoever reads the desk in German or in English. */
import { expect, test } from "vitest";
import { issueIn, troubleIn } from "../../../care/office/agreement-words.ts";
import { type Language, languageOf } from "../../../care/office/language.ts";
import { faultsIn } from "../../../platform/agreement-faults.ts";
import { agreementSchema } from "../../../platform/agreement-file.ts";

const party = { id: "maier", name: "Frau Maier", kind: "helper" };
const step = { tell: ["maier"], within_s: 60 };
const plain = { version: 1, parties: [party], fallback: [step] };

function sentences(language: Language, change: object): readonly string[] {
  const read = agreementSchema.safeParse({ ...plain, ...change }, { reportInput: true });
  return read.success
    ? faultsIn(read.data).map((fault) => troubleIn(language, fault))
    : read.error.issues.map((issue) => issueIn(language, issue));
}

const service = { id: "dienst", name: "Dienst", kind: "service" };
const morning = [{ from: "06:00", until: "22:00" }];

test.each([
  [
    "an id",
    { parties: [{ ...party, id: "Frau Maier" }] },
    [
      "Beteiligte 1, Kürzel: nur kleine Buchstaben ohne Umlaute, Ziffern und Bindestriche, höchstens 63",
    ],
  ],
  ["a name", { parties: [{ ...party, name: "" }] }, ["Beteiligte 1, Name: ist leer"]],
  [
    "a long name",
    { parties: [{ ...party, name: "x".repeat(121) }] },
    ["Beteiligte 1, Name: ist zu lang; höchstens 120"],
  ],
  [
    "a kind",
    { parties: [{ ...party, kind: "friend" }] },
    ["Beteiligte 1, Art: muss eines davon sein: helper, professional, service"],
  ],
  [
    "a way",
    { parties: [{ ...party, reach: ["push:", "0711 5"] }] },
    ["Beteiligte 1, Weg 2: muss mailto:NAME@HOST, sms:+NUMMER, tel:+NUMMER, push: oder desk: sein"],
  ],
  [
    "an hour",
    { parties: [{ ...party, duty: [{ from: "25:00" }] }] },
    ["Beteiligte 1, Dienstzeit 1, Von: muss eine Uhrzeit sein, zum Beispiel 08:30"],
  ],
  [
    "a chain",
    { chains: [{ name: "Nacht", for: [], steps: [{ tell: [], within_s: 4_000 }] }] },
    [
      "Kette 1, Wofür: ist leer",
      "Kette 1, Schritt 1, Wen: ist leer",
      "Kette 1, Schritt 1, Sekunden bis zum nächsten Schritt: ist zu groß; höchstens 3600",
    ],
  ],
  [
    "a short span",
    { fallback: [{ tell: ["maier"], within_s: 1, delivered_within_s: "x" }] },
    [
      "Wenn keine Kette passt, Schritt 1, Sekunden bis zum nächsten Schritt: ist zu klein; mindestens 5",
      "Wenn keine Kette passt, Schritt 1, Sekunden, bis die Nachricht ankommen muss: " +
        "hat nicht die richtige Form",
    ],
  ],
  [
    "nothing at all",
    { parties: undefined, fallback: [] },
    ["Beteiligte: fehlt", "Wenn keine Kette passt: ist leer"],
  ],
  [
    "what is not known",
    { colour: "red" },
    ["Vereinbarung: colour ist hier nicht bekannt; bitte entfernen"],
  ],
  [
    "a double",
    { parties: [party, party] },
    ["Beteiligte 2, Kürzel: ist dasselbe wie bei Beteiligte 1"],
  ],
  [
    "a stranger",
    { fallback: [step, { tell: ["maier", "yilmaz"], within_s: 60 }] },
    [
      "Wenn keine Kette passt, Schritt 2, Wen: „yilmaz“ ist kein Beteiligter; Beteiligte sind maier",
    ],
  ],
  [
    "a helper's duty",
    { parties: [{ ...party, duty: [{}] }] },
    [
      "Beteiligte 1, Dienstzeiten: nur für Fachkräfte und Dienste; " +
        "für Helfer gibt es Ketten zu bestimmten Stunden",
    ],
  ],
  [
    "the daily sign",
    { daily_sign: "03:00" },
    ["Tägliches Zeichen bis: 03:00 liegt nicht zwischen 06:00 und 20:00"],
  ],
  [
    "an hour without anybody",
    { parties: [{ ...service, id: "maier", duty: morning }] },
    [
      "Wenn keine Kette passt: am Montag um 00:00 ist niemand im Dienst; " +
        "bitte jemanden ohne Dienstzeiten aufnehmen",
    ],
  ],
] as const)("%s is said by the names of the editor's fields", (_name, change, said) => {
  expect(sentences("de", change)).toEqual(said);
  expect(sentences("en", change)).toHaveLength(said.length);
});

test("in English, too", () => {
  expect(sentences("en", { parties: [party, party], daily_sign: "03:00" })).toEqual([
    "Party 2, short name: is the same as that of party 1",
    "Daily sign until: 03:00 is not between 06:00 and 20:00",
  ]);
  expect(sentences("en", { parties: [{ ...service, id: "maier", duty: morning }] })).toEqual([
    "When no chain fits: nobody is on duty on Monday at 00:00; name somebody without hours of duty",
  ]);
});

test("the page's language counts; a program that names none, or another one, reads English", () => {
  const named = (word?: string) =>
    languageOf({ headers: word === undefined ? {} : { "accept-language": word } });
  expect([named("de"), named("de-AT,en;q=0.8"), named("fr, de;q=0.5")]).toEqual(["de", "de", "de"]);
  expect([named("en"), named("en-GB, de"), named("fr"), named(""), named()]).toEqual(
    Array.from({ length: 5 }, () => "en"),
  );
});
