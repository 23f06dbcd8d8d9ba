/** What every page of the tablet has at hand: the home as it is, words, and how to ask and go. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Language } from "../common/language.ts";
import type { HomeNow } from "./home/now.ts";
import type { Store } from "./home/store.ts";
import type { Asked, Wish } from "./wire/outbox.ts";
import type { TabletWords } from "./words/words.ts";

export const places = [
  "home",
  "stove",
  "rooms",
  "services",
  "more",
  "modules",
  "privacy",
  "pause",
  "settings",
] as const;
export type Place = (typeof places)[number];

export interface TabletContext {
  readonly home: HomeNow;
  readonly words: TabletWords;
  /** The code of the page's language. */
  readonly language: string;
  /** The one of the home's two languages in which it names modules and services. */
  readonly homeLanguage: Language;
  readonly place: Place;
  readonly go: (place: Place) => void;
  /** Asks the home; resolves with `taken` only when it is on its disk. */
  readonly ask: (wish: Wish) => Promise<Asked>;
  readonly chooseLanguage: (language: string) => void;
  /** Told by the page's own button for help whenever it comes into sight or leaves it. */
  readonly sightOfHelp: (isInSight: boolean) => void;
  readonly store: Pick<Store, "read">;
}

export const Context = createContext<TabletContext | undefined>(undefined);

export function useTablet(): TabletContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("a part of the tablet stands outside of it");
  return context;
}
