/**
 * Faults of an agreement for whoever writes it at the desk: where, by the names that the editor's
 * fields have, and what to do. Pure.
 */
import type { z } from "zod";
import type { AgreementTrouble } from "../../platform/agreement-faults.ts";
import { sentence } from "../../platform/yaml-file.ts";
import type { Language } from "./language.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

interface Words {
  readonly whole: string;
  /** Members of lists; others are not counted. */
  readonly members: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
  readonly issue: (issue: Issue) => string;
  readonly trouble: (trouble: AgreementTrouble) => string;
}

const days = {
  de: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
} as const;

/** The setting that a path ends in, without its place in a list. */
const lastName = (path: Path): string => String(path.findLast((part) => typeof part === "string"));

const hourForm = "muss eine Uhrzeit sein, zum Beispiel 08:30";
const idForm = "nur kleine Buchstaben ohne Umlaute, Ziffern und Bindestriche, höchstens 63";

/** What a text must look like, by its setting. */
const forms: Readonly<Record<string, string>> = {
  id: idForm,
  tell: idForm,
  reach: "muss mailto:NAME@HOST, sms:+NUMMER, tel:+NUMMER, push: oder desk: sein",
  from: hourForm,
  until: hourForm,
  daily_sign: hourForm,
};

function germanIssue(issue: Issue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `${issue.keys.join(", ")} ist hier nicht bekannt; bitte entfernen`;
    case "invalid_value":
      return `muss eines davon sein: ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return issue.input === undefined ? "fehlt" : "hat nicht die richtige Form";
    case "too_small":
      if (issue.origin === "number") return `ist zu klein; mindestens ${issue.minimum}`;
      return Number(issue.minimum) > 1 ? `ist zu kurz; mindestens ${issue.minimum}` : "ist leer";
    case "too_big": {
      const much = issue.origin === "number" ? "ist zu groß" : "ist zu lang";
      return `${much}; höchstens ${issue.maximum}`;
    }
    default:
      return forms[lastName(issue.path)] ?? "ist nicht richtig geschrieben";
  }
}

function germanTrouble(trouble: AgreementTrouble): string {
  switch (trouble.kind) {
    case "same-party":
      return `ist dasselbe wie bei Beteiligte ${trouble.before + 1}`;
    case "no-party":
      return `„${trouble.id}“ ist kein Beteiligter; Beteiligte sind ${trouble.known.join(", ")}`;
    case "helper-duty":
      return "nur für Fachkräfte und Dienste; für Helfer gibt es Ketten zu bestimmten Stunden";
    case "daily-sign":
      return `${trouble.at} liegt nicht zwischen ${trouble.earliest} und ${trouble.latest}`;
    case "unmanned": {
      const when = `am ${days.de[trouble.weekday]} um ${trouble.time}`;
      return `${when} ist niemand im Dienst; bitte jemanden ohne Dienstzeiten aufnehmen`;
    }
  }
}

function englishTrouble(trouble: AgreementTrouble): string {
  switch (trouble.kind) {
    case "same-party":
      return `is the same as that of party ${trouble.before + 1}`;
    case "no-party":
      return `“${trouble.id}” is not a party; parties are ${trouble.known.join(", ")}`;
    case "helper-duty":
      return "only for professionals and services; a helper has a chain for some hours";
    case "daily-sign":
      return `${trouble.at} is not between ${trouble.earliest} and ${trouble.latest}`;
    case "unmanned": {
      const when = `on ${days.en[trouble.weekday]} at ${trouble.time}`;
      return `nobody is on duty ${when}; name somebody without hours of duty`;
    }
  }
}

const words: Readonly<Record<Language, Words>> = {
  de: {
    whole: "Vereinbarung",
    members: {
      parties: "Beteiligte",
      reach: "Weg",
      duty: "Dienstzeit",
      chains: "Kette",
      steps: "Schritt",
      fallback: "Wenn keine Kette passt, Schritt",
    },
    fields: {
      parties: "Beteiligte",
      id: "Kürzel",
      name: "Name",
      kind: "Art",
      reach: "Wege",
      duty: "Dienstzeiten",
      chains: "Ketten",
      for: "Wofür",
      on: "An diesen Tagen",
      from: "Von",
      until: "Bis",
      holidays: "Feiertage",
      while: "Ob jemand da ist",
      steps: "Schritte",
      tell: "Wen",
      within_s: "Sekunden bis zum nächsten Schritt",
      delivered_within_s: "Sekunden, bis die Nachricht ankommen muss",
      fallback: "Wenn keine Kette passt",
      region: "Welche Feiertage zählen",
      daily_sign: "Tägliches Zeichen bis",
      confirms: "Nur mit Zustimmung abzuwählen",
    },
    issue: germanIssue,
    trouble: germanTrouble,
  },
  en: {
    whole: "Agreement",
    members: {
      parties: "Party",
      reach: "way",
      duty: "hours of duty",
      chains: "Chain",
      steps: "step",
      fallback: "When no chain fits, step",
    },
    fields: {
      parties: "Parties",
      id: "short name",
      name: "name",
      kind: "kind",
      reach: "ways",
      duty: "duty",
      chains: "Chains",
      for: "for what",
      on: "on these days",
      from: "from",
      until: "until",
      holidays: "public holidays",
      while: "whether somebody is there",
      steps: "steps",
      tell: "whom",
      within_s: "seconds until the next step",
      delivered_within_s: "seconds until the message must arrive",
      fallback: "When no chain fits",
      region: "Which public holidays count",
      daily_sign: "Daily sign until",
      confirms: "Dropped only with consent",
    },
    issue: sentence,
    trouble: englishTrouble,
  },
};

/** `Kette 1, Schritt 2, Wen`, as a person would find it in the editor. */
function placeIn(language: Language, path: Path): string {
  const { whole, members, fields } = words[language];
  const places = path.flatMap((part, at) => {
    if (typeof part === "number") return [];
    const name = String(part);
    const nth = path[at + 1];
    const member = typeof nth === "number" ? members[name] : undefined;
    return [member === undefined ? (fields[name] ?? name) : `${member} ${Number(nth) + 1}`];
  });
  return places.length === 0 ? whole : places.join(", ");
}

export const issueIn = (language: Language, issue: Issue): string =>
  `${placeIn(language, issue.path)}: ${words[language].issue(issue)}`;

export const troubleIn = (
  language: Language,
  { path, trouble }: { readonly path: Path; readonly trouble: AgreementTrouble },
): string => `${placeIn(language, path)}: ${words[language].trouble(trouble)}`;

export const hasFaults: Readonly<Record<Language, string>> = {
  de: "Die Vereinbarung hat Fehler.",
  en: "The agreement has faults.",
};
