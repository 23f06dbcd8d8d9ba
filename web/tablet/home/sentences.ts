/** The sentences that are said aloud. Pure. */
import type { AnnouncementMessage } from "../../../protocol/bus.ts";
import type { ModuleView } from "../../../protocol/view.ts";
import { fill, type Language } from "../../common/sentence.ts";
import type { TabletWords } from "../words/words.ts";
import { outcomeWords } from "./memory.ts";

export interface Around {
  readonly words: TabletWords;
  readonly modules: readonly ModuleView[];
}

/** In which of its two languages the home's own names are shown; German while none of them fits. */
export const homeLanguageOf = ({ homeSpeaks }: TabletWords): Language =>
  homeSpeaks === "en" ? "en" : "de";

/** Machine words inside a sentence, each put into the resident's language. */
function valuesOf(said: AnnouncementMessage, { words, modules }: Around) {
  const language = homeLanguageOf(words);
  const { because, emergency, rooms } = words;
  return Object.fromEntries(
    Object.entries(said.words).map(([name, value]) => {
      if (name === "room") return [name, rooms[value] ?? value];
      if (name === "outcome") return [name, outcomeWords(emergency.outcomes, value) ?? value];
      if (name === "hazard") return [name, emergency.reasons[value] ?? value];
      if (name === "module") {
        return [name, modules.find((module) => module.name === value)?.title[language] ?? value];
      }
      if (name === "name") return [name, value];
      return [name, because[value] ?? value];
    }),
  );
}

/** Undefined where the home said a key that this page has no words for. */
export function sentenceOf(said: AnnouncementMessage, around: Around): string | undefined {
  const sentence = around.words.announcements[said.key];
  if (sentence === undefined || sentence === "") return undefined;
  return fill(sentence, valuesOf(said, around)).replaceAll(/\{\w+\}/g, "");
}
