/**
 * The button that calls for help. A slide that ends on it is a press too, wherever it began: a hand
 * that reaches for it in need does not land neatly.
 */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { wayOf } from "../home/truth.ts";
import { useTablet } from "../tablet-context.ts";
import { type Lift, liftOf, usePress } from "./press.ts";

export interface HelpButtonParts {
  /**
   * The great one of the home screen, the one beside the title of every other page, the one below
   * an alarm, or the one at the lower edge of the display while the page's own is out of sight.
   */
  readonly size: "great" | "small" | "foot" | "edge";
  readonly words?: string;
}

/** So much of the word must be seen to be found. */
const inSight = 0.9;

/** Tells the frame whether the word of the page's own button stands on the display. */
function useSight(button: RefObject<Element | null>, size: HelpButtonParts["size"]): void {
  const { sightOfHelp } = useTablet();
  useEffect(() => {
    const word = button.current?.querySelector(".help-word");
    if (word == null || size === "foot" || size === "edge") return;
    const watch = new IntersectionObserver(
      (seen) => sightOfHelp((seen.at(-1)?.intersectionRatio ?? 1) >= inSight),
      { threshold: [0, inSight] },
    );
    watch.observe(word);
    return () => {
      watch.disconnect();
      sightOfHelp(true);
    };
  }, [button, size, sightOfHelp]);
}

export function HelpButton({ size, words: own }: HelpButtonParts) {
  const { words, ask } = useTablet();
  const button = useRef<HTMLButtonElement>(null);
  useSight(button, size);
  const press = usePress(() => void ask({ kind: "help" }), "always");
  const act = useRef(press.onClick);
  act.current = press.onClick;
  useEffect(() => {
    const lifted = ({ clientX, clientY }: Lift): void => {
      const box = button.current?.getBoundingClientRect();
      if (box === undefined || button.current?.closest("[inert]")) return;
      // One that lies below another is not the one under the finger.
      const top = document.elementFromPoint(clientX, clientY);
      if (top?.closest("button.help") !== button.current) return;
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

/**
 * Help at the lower edge of the display while the page's own stands above or below it: a question,
 * a last word and a fault at once, or large letters, must not push it away. Where no call goes out,
 * the number of the telephone has that place.
 */
export function HelpAtTheEdge({ isInSight }: { readonly isInSight: boolean }) {
  const { home } = useTablet();
  if (isInSight || wayOf(home) === "none") return null;
  return (
    <div class="help-edge">
      <HelpButton size="edge" />
    </div>
  );
}
