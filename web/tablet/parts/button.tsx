/** The button of the tablet: large, and as tolerant as `usePress`. */
import type { ComponentChildren } from "preact";
import { usePress } from "./press.ts";

export interface BigButtonParts {
  readonly children: ComponentChildren;
  readonly press: () => void;
  /** How it looks: plain, the first of several, or red. */
  readonly look?: "plain" | "first" | "alarm" | "calm";
  readonly pressed?: boolean;
  readonly isOff?: boolean;
  /** For screen readers, where the words on the button are not enough. */
  readonly label?: string;
  readonly lang?: string;
}

export function BigButton(parts: BigButtonParts) {
  const { children, press, look = "plain", pressed, isOff = false, label, lang } = parts;
  return (
    <button
      type="button"
      class={`big ${look}`}
      aria-disabled={isOff}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(lang === undefined ? {} : { lang })}
      {...usePress(press, isOff ? "off" : "on")}
    >
      {children}
    </button>
  );
}
