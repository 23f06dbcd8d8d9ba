/** What the care service said, in the language of the page. Pure. */
import type { Asked } from "../common/api.ts";
import { fill } from "../common/sentence.ts";
import type { Speech } from "./speech.ts";
import type { ServiceWords } from "./words/words.ts";

const place = /\{(\w+)\}/g;
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The translation of a sentence; without one the sentence itself. */
export function translated(words: ServiceWords, sentence: string): string {
  for (const [said, meant] of words) {
    const pattern = said
      .split(/\{\w+\}/)
      .map(escaped)
      .join("(.+)");
    const found = new RegExp(`^${pattern}$`).exec(sentence);
    if (found === null) continue;
    const names = [...said.matchAll(place)].map(([, name]) => name);
    return fill(meant, Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])));
  }
  return sentence;
}

/** No answer came, or only one that it is not known: both say nothing of what was done. */
const isSilence = ({ status }: { readonly status: number }): boolean =>
  status === 0 || status === 504;

/** Nobody decided against it: the same question may be answered in a moment. */
export const mayPass = (answer: Asked<unknown>): boolean =>
  !answer.ok && (isSilence(answer) || answer.status === 503);

/** Why there is nothing to be seen. */
export function whyUnseen({ own, service }: Speech, answer: Asked<unknown>): string {
  if (answer.ok) return "";
  if (isSilence(answer)) return own.silent;
  return fill(own.failed, { why: translated(service, answer.why) });
}

/** Why an act was not taken; empty where it was. Some answers say it themselves. */
export function whyNot(speech: Speech, answer: Asked<unknown>): string {
  const { own, service } = speech;
  if (!answer.ok) return isSilence(answer) ? own.uncertain : whyUnseen(speech, answer);
  const { value } = answer;
  const told = typeof value === "object" && value !== null && "taken" in value ? value : undefined;
  if (told === undefined || told.taken !== false) return "";
  return fill(own.failed, { why: translated(service, "why" in told ? String(told.why) : "") });
}
