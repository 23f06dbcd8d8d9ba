/** What every part of the desk knows: who is logged in, the words, the server's time, the line. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { Me, OpenAlarmView } from "../../protocol/care-views.ts";
import type { Speech } from "./speech.ts";

export interface DeskState {
  readonly speech: Speech;
  readonly me: Me;
  /** The server's time, ms since 1970. */
  readonly now: () => number;
  /** Undefined until the server has told them. */
  readonly alarms: readonly OpenAlarmView[] | undefined;
  readonly homes: ReadonlyMap<string, HomeSummaryView>;
  /** False while the server is not heard: everything shown may be old. */
  readonly alive: boolean;
  /** Counts what the line has told, so that pages know when to ask anew. */
  readonly news: number;
}

export const DeskContext = createContext<DeskState | undefined>(undefined);

export function useDesk(): DeskState {
  const state = useContext(DeskContext);
  if (state === undefined) throw new Error("this part stands outside the desk");
  return state;
}
