/** A button that works on one press at a time, and keeps the keyboard's place meanwhile. */
import { useRef, useState } from "preact/hooks";

/** Put on the button. A truly disabled one would throw the focus of a keyboard to the page. */
interface Marks {
  readonly "aria-disabled": boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export interface OneAtATime {
  readonly marks: Marks;
  /** Does the work; a press while it is being done is none. */
  readonly press: (work: () => Promise<void>) => void;
}

/** Enter that is held down presses again and again: only the first is meant. */
const heldIsOnePress = (event: KeyboardEvent): void => {
  if (event.repeat) event.preventDefault();
};

export function useOneAtATime(): OneAtATime {
  const working = useRef(false);
  const [busy, setBusy] = useState(false);
  const work = async (what: () => Promise<void>): Promise<void> => {
    working.current = true;
    setBusy(true);
    try {
      await what();
    } finally {
      working.current = false;
      setBusy(false);
    }
  };
  return {
    marks: { "aria-disabled": busy, onKeyDown: heldIsOnePress },
    press: (what) => {
      if (!working.current) void work(what);
    },
  };
}
