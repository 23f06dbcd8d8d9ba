/**
 * The button that calls for help. A slide that ends on it is a press too, wherever it began: a hand
 * that reaches for it in need does not land neatly.
 */
import { useEffect, useRef } from "preact/hooks";
import { useTablet } from "../tablet-context.ts";
import { type Lift, liftOf, usePress } from "./press.ts";

export interface HelpButtonParts {
  /** The great one of the home screen, or the one beside the title of every other page. */
  readonly size: "great" | "small";
  readonly words?: string;
}

export function HelpButton({ size, words: own }: HelpButtonParts) {
  const { words, ask } = useTablet();
  const button = useRef<HTMLButtonElement>(null);
  const press = usePress(() => void ask({ kind: "help" }), "always");
  const act = useRef(press.onClick);
  act.current = press.onClick;
  useEffect(() => {
    const lifted = ({ clientX, clientY }: Lift): void => {
      const box = button.current?.getBoundingClientRect();
      if (box === undefined || button.current?.closest("[inert]")) return;
      const isWithinX = clientX >= box.left && clientX <= box.right;
      if (isWithinX && clientY >= box.top && clientY <= box.bottom) act.current();
    };
    const touched = (event: TouchEvent): void => {
      const lift = liftOf(event);
      if (lift !== undefined) lifted(lift);
    };
    window.addEventListener("pointerup", lifted, { capture: true });
    window.addEventListener("touchend", touched, { capture: true });
    return () => {
      window.removeEventListener("pointerup", lifted, { capture: true });
      window.removeEventListener("touchend", touched, { capture: true });
    };
  }, []);
  return (
    <button type="button" ref={button} class={`help ${size}`} {...press}>
      <span class="help-word">{own ?? words.frame.help}</span>
      {size === "great" ? <span class="help-hint">{words.frame.helpHint}</span> : null}
    </button>
  );
}
