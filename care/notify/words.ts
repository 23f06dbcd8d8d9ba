/**
 * What a helper reads or hears, German or English. A lock screen, a provider and a mail server read
 * along: nothing of health and no address, only who calls and what kind of alarm it is. The rest is
 * behind the link. Pure.
 */
import type { Category } from "../../protocol/alarm.ts";
import { dative } from "../../protocol/names.ts";
import type { Telling } from "./way.ts";

type Words = Pick<
  Telling,
  "category" | "reason" | "resident" | "drill" | "repeat" | "language" | "name" | "link"
>;

const kinds: Readonly<Record<"de" | "en", Readonly<Record<Category, (who: string) => string>>>> = {
  de: {
    "emergency-call": (who) => `${who} hat den Notruf ausgelöst.`,
    stove: (who) => `Herd-Alarm bei ${dative(who)}.`,
    hazard: (who) => `Gefahren-Alarm bei ${dative(who)}.`,
    inactivity: (who) => `Bei ${dative(who)} bewegt sich ungewöhnlich lange nichts.`,
    fault: (who) => `Technische Störung bei ${dative(who)}.`,
    comfort: (who) => `${who} hat eine Bitte.`,
  },
  en: {
    "emergency-call": (who) => `${who} has called for help.`,
    stove: (who) => `Stove alarm at the home of ${who}.`,
    hazard: (who) => `Hazard alarm at the home of ${who}.`,
    inactivity: (who) => `Nothing has moved for unusually long at the home of ${who}.`,
    fault: (who) => `Technical fault at the home of ${who}.`,
    comfort: (who) => `${who} has a wish.`,
  },
};

const silent = {
  de: (who: string) => `Die Wohnung von ${dative(who)} meldet sich nicht mehr.`,
  en: (who: string) => `The home of ${who} is no longer heard.`,
} as const;

/** Said first, so that nobody runs for a test, and nobody takes an alarm for a test. */
const drillMark = "PROBEALARM / TEST";

const repeatMark = { de: "Erneut", en: "Again" } as const;
const ask = { de: "Bitte antworten", en: "Please answer" } as const;

/** One line of text: names come from people. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();

/** The marks and the sentence, without the link. */
export function sentenceOf(telling: Words): string {
  const { language, category, reason, drill, repeat } = telling;
  const who = oneLine(telling.resident);
  const said = reason === "home-silent" ? silent[language](who) : kinds[language][category](who);
  const marks = [drill ? drillMark : "", repeat ? repeatMark[language] : ""].filter(Boolean);
  return [...marks, said].join(": ");
}

/** What the person is asked for. */
export const askText = ({ language }: Pick<Words, "language">): string => ask[language];

/** A short message: the sentence and the link. */
export const shortText = (telling: Words): string =>
  `${sentenceOf(telling)} ${askText(telling)}: ${telling.link}`;

const letter = {
  de: {
    greeting: (name: string) => `Guten Tag ${name},`,
    ask: "Bitte sagen Sie hier, ob Sie kommen können. Dort stehen auch Adresse und Hinweise:",
    drill: "Dies ist eine Probe. Bitte antworten Sie wie im Ernstfall; niemand muss losfahren.",
    end: "Der Link gilt nur für Sie und nur für diesen Alarm. Bitte geben Sie ihn nicht weiter.",
  },
  en: {
    greeting: (name: string) => `Dear ${name},`,
    ask: "Please say here whether you can come. Address and notes are there, too:",
    drill: "This is a test. Please answer as you would in earnest; nobody has to set out.",
    end: "The link is for you and for this alarm only. Please do not pass it on.",
  },
} as const;

/** A letter by e-mail; plain text, which every device shows. */
export function letterText(telling: Words): string {
  const words = letter[telling.language];
  return [
    words.greeting(oneLine(telling.name)),
    "",
    sentenceOf(telling),
    ...(telling.drill ? [words.drill] : []),
    "",
    words.ask,
    telling.link,
    "",
    words.end,
    "",
  ].join("\n");
}

const keys = {
  de: "Drücken Sie die 1, wenn Sie kommen. Drücken Sie die 2, wenn Sie nicht kommen können.",
  en: "Press 1 if you are coming. Press 2 if you cannot come.",
} as const;

/** What a voice says; it asks for a key, and the provider's receipt brings the answer. */
export const spokenText = (telling: Words): string =>
  `${sentenceOf(telling)} ${keys[telling.language]}`;
