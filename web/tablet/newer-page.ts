/**
 * After an update the home serves a newer page than the one that runs. It is taken over while the
 * screen rests, by a reload: what the page must remember is in the device's storage.
 */
import { useEffect, useState } from "preact/hooks";

const answerWithinMs = 10_000;
const askAgainMs = 60_000;
/** No earlier than this again: out of the cache of a slow home comes the same page as before. */
const againMs = 3_600_000;
const key = "obhut-reloaded";

/** The files that this page was made of. They are named by their content. */
const ownFiles = (): readonly string[] =>
  [...document.querySelectorAll("script[type=module], link[rel=stylesheet]")].flatMap(
    (part) => part.getAttribute("src") ?? part.getAttribute("href") ?? [],
  );

/** Whether the home serves other files now; undefined where it serves no page, or is silent. */
async function hasNewerPage(): Promise<boolean | undefined> {
  try {
    // With a query, so that the page that the service worker keeps is no answer.
    const answer = await fetch("/tablet/?newest", {
      cache: "no-store",
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = answer.ok ? await answer.text() : "";
    if (!text.includes("/tablet/assets/")) return undefined;
    return ownFiles().some((file) => !text.includes(`"${file}"`));
  } catch {
    return undefined;
  }
}

/** Whether this device reloaded for it lately, by its own clock, which may be set back. */
const isTooSoon = (): boolean =>
  Math.abs(Date.now() - Number(sessionStorage.getItem(key) ?? Number.NaN)) < againMs;

/**
 * Chromium (and no other browser has this) lets a page that loads itself anew make sound as before,
 * measured with Chromium 156. Elsewhere it would be mute until somebody touches it.
 */
const keepsSound = (): boolean => "userAgentData" in navigator;

/** Takes the newer page over. */
function reload(): void {
  try {
    if (isTooSoon() || !keepsSound()) return;
    sessionStorage.setItem(key, String(Date.now()));
    location.reload();
  } catch {
    // Without storage a page that does not change would be loaded again and again.
  }
}

/**
 * Asks after each opening of the line, which an update always breaks, until there is an answer.
 *
 * @param isOpen whether the line to the home is open
 * @param mayReload whether nobody looks, and nothing runs that must stay in sight
 */
export function useNewerPage(isOpen: boolean, mayReload: boolean): void {
  const [isNewer, setNewer] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const answer = await hasNewerPage();
      if (isOver) return;
      if (answer === undefined) timer = setTimeout(() => void look(), askAgainMs);
      else setNewer(answer);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isOpen]);
  useEffect(() => {
    if (isNewer && isOpen && mayReload) reload();
  }, [isNewer, isOpen, mayReload]);
}
