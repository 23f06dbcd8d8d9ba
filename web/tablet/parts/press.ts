/**
 * A press as a trembling finger makes it. A long touch, a double touch and a slide that ends on the
 * button are one press; so is a touch that slips off its edge. Keyboard, switch and screen reader
 * click, and that is a press too. Where nothing can be scrolled, no finger scrolls.
 */
import { useRef } from "preact/hooks";

export interface Pressable {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onTouchEnd: (event: TouchEvent) => void;
  readonly onClick: () => void;
}

/** So far beside the button a finger may lift: half the width of a fingertip and its tremor. */
export const slipPx = 40;
/** Two touches within this are one: a double touch of a slow hand takes up to a second. */
export const onceWithinMs = 1_000;

/** Where a finger was lifted. */
export interface Lift {
  readonly clientX: number;
  readonly clientY: number;
}

/**
 * Where a finger was lifted that the browser had taken for the beginning of a scroll: it ends the
 * pointer then, and the touch goes on. Undefined where the page can be scrolled, and it was one.
 */
export function liftOf({ changedTouches }: TouchEvent): Lift | undefined {
  const isScrollable = document.documentElement.scrollHeight > window.innerHeight + 1;
  return isScrollable ? undefined : changedTouches[0];
}

const isNear = ({ clientX, clientY }: Lift, box: DOMRect): boolean =>
  clientX >= box.left - slipPx &&
  clientX <= box.right + slipPx &&
  clientY >= box.top - slipPx &&
  clientY <= box.bottom + slipPx;

let quietUntil = 0;
let allQuietUntil = 0;

/** The finger that brought a page or a question must not press what stands there then. */
export const settlesMs = 300;

/** A screen has changed under the finger: its next touch was meant for what stood there before. */
export function hush(ms: number): void {
  quietUntil = performance.now() + ms;
}

/** A screen has woken under a hand in the dark: not even help is pressed by the same touches. */
export function hushAll(ms: number): void {
  hush(ms);
  allQuietUntil = performance.now() + ms;
}

/** `off`: it does nothing; `always`: also right after the screen has changed. */
export type Readiness = "on" | "off" | "always";

/** The handlers of one button. */
export function usePress(act: () => void, readiness: Readiness = "on"): Pressable {
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  const once = (): void => {
    const now = performance.now();
    const until = readiness === "on" ? quietUntil : allQuietUntil;
    const isQuiet = readiness === "off" || now < until;
    // Counted from the press that acted: who goes on pressing is heard again a second later.
    if (isQuiet || now - pressedAt.current < onceWithinMs) return;
    pressedAt.current = now;
    act();
  };
  const lifted = (button: EventTarget | null, lift: Lift | undefined): void => {
    if (!(button instanceof Element) || lift === undefined) return;
    if (isNear(lift, button.getBoundingClientRect())) once();
  };
  return {
    onPointerDown: (event) => {
      const { currentTarget: button, pointerId } = event;
      // With the pointer held, the button hears of it also when it slips off.
      if (button instanceof Element && event.isTrusted) button.setPointerCapture(pointerId);
    },
    onPointerUp: (event) => lifted(event.currentTarget, event),
    onTouchEnd: (event) => lifted(event.currentTarget, liftOf(event)),
    onClick: once,
  };
}
