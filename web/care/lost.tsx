/** What is said, above everything, while the server is not heard. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "../common/api.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { useDesk } from "./desk-context.ts";

const lookEveryMs = 5_000;

/** The line ends for whoever is logged out, too: only the office can say which it is. */
function useSignedOut(): boolean {
  const [isOut, setOut] = useState(false);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const answer = await ask("GET", "/api/me");
      setOut(!answer.ok && answer.status === 401);
    };
    void look();
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => clearInterval(timer);
  }, []);
  return isOut;
}

export interface LostParts {
  /** When the line was last heard, on the server's clock. */
  readonly heardAt: number;
  readonly leave: () => void;
}

/** It stays until somebody logs in again: a desk must not go quiet at the end of a shift. */
export function Lost({ heardAt, leave }: LostParts) {
  const { speech, now } = useDesk();
  const { own, language } = speech;
  const isOut = useSignedOut();
  return (
    <div role="alert" class="lost">
      {isOut ? own.signedOut : own.lost}{" "}
      {fill(own.lostSince, { time: timeOfDay(heardAt, now(), language) })}{" "}
      {isOut ? (
        <button type="button" onClick={leave}>
          {own.login.enter}
        </button>
      ) : null}
    </div>
  );
}
