/** The sentences of the pages behind the home screen. */
import type { Role } from "../../../protocol/home.ts";
import type { DayPart, LookWord } from "../../../protocol/living.ts";
import type { ChoiceView } from "../../../protocol/view.ts";

export interface PageWords {
  /** Asked once a day, where the resident wants that. */
  readonly question: string;
  readonly modules: {
    readonly title: string;
    readonly intro: string;
    readonly unknown: string;
    readonly on: string;
    readonly off: string;
    readonly asked: string;
    readonly sees: Readonly<Record<"less" | "none", string>>;
    readonly open: string;
    readonly whatFor: string;
    readonly devices: string;
    readonly noDevices: string;
    readonly told: string;
    readonly always: string;
    /** Why it cannot be dropped now, by the home's word; the last where that has no sentence. */
    readonly held: Readonly<Record<string, string>>;
    readonly heldElse: string;
    readonly add: string;
    readonly drop: string;
    readonly needsCare: string;
    readonly dropSure: string;
    readonly dropYes: string;
    readonly dropAsk: string;
    readonly dropNo: string;
    readonly keep: string;
    readonly history: string;
    readonly noHistory: string;
    /** With `{when}`; `was` by what the resident wanted, and what became of it. */
    readonly was: {
      readonly on: Readonly<Record<ChoiceView["state"], string>>;
      readonly off: Readonly<Record<ChoiceView["state"], string>>;
    };
    /** With `{name}`. */
    readonly by: string;
    readonly roles: Readonly<Record<Role, string>>;
  };
  readonly services: {
    readonly title: string;
    readonly week: string;
    readonly today: string;
    readonly tomorrow: string;
    readonly nobody: string;
    readonly offers: string;
    readonly none: string;
    readonly order: string;
    readonly price: string;
    readonly told: string;
    readonly whichDay: string;
    readonly whichPart: string;
    readonly parts: Readonly<Record<DayPart, string>>;
    /** With `{title}`, `{day}` and `{part}`. */
    readonly sure: string;
    readonly sureYes: string;
    readonly sureNo: string;
    readonly changeYes: string;
    readonly notSent: string;
    /** By what the resident wants, while nobody has answered. */
    readonly asked: Readonly<Record<"ask" | "change" | "cancel", string>>;
    readonly confirmed: string;
    /** With `{time}`. */
    readonly at: string;
    /** With `{name}`. */
    readonly who: string;
    readonly declined: string;
    readonly cancelled: string;
    readonly done: string;
    /** With `{note}`. */
    readonly note: string;
    readonly change: string;
    readonly cancel: string;
    readonly cancelSure: string;
    readonly cancelYes: string;
    readonly cancelNo: string;
    readonly clockUnknown: string;
  };
  readonly privacy: {
    readonly title: string;
    readonly told: string;
    readonly toldHint: string;
    readonly noneTold: string;
    /** With `{name}` and `{when}`. */
    readonly toldWhom: string;
    readonly looks: string;
    readonly looksHint: string;
    readonly noLooks: string;
    /** With `{name}`, `{role}` and `{when}`. */
    readonly lookedWho: string;
    readonly what: Readonly<Record<LookWord, string>>;
    readonly roles: Readonly<Record<string, string>>;
    readonly modules: string;
  };
  readonly pause: {
    readonly title: string;
    readonly what: string;
    readonly stays: string;
    readonly none: string;
    /** With `{when}`. */
    readonly until: string;
    /** With `{span}`, while no clock is trusted. */
    readonly left: string;
    readonly choose: string;
    readonly choices: readonly { readonly minutes: number; readonly words: string }[];
    readonly end: string;
  };
  readonly fixtures: {
    readonly title: string;
    readonly none: string;
    readonly kinds: Readonly<Record<"light" | "cover" | "door", string>>;
    /** What it is: off or closed, in between (with `{percent}`), on or open. */
    readonly states: Readonly<
      Record<
        "light" | "cover" | "door",
        { readonly zero: string; readonly part: string; readonly full: string }
      >
    >;
    readonly unknown: string;
    readonly set: {
      readonly light: readonly { readonly level: number; readonly words: string }[];
      readonly cover: readonly { readonly level: number; readonly words: string }[];
    };
    readonly sending: string;
    readonly failed: string;
  };
}
