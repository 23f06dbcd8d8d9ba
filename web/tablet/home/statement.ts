/** The one sentence that holds now, to be said aloud. Pure. */
import type { AlarmView } from "../../../protocol/view.ts";
import { fill } from "../../common/sentence.ts";
import type { TabletWords } from "../words/words.ts";
import type { HomeNow } from "./now.ts";
import { emergencyOf, isCall, wayOf } from "./truth.ts";

/** `calm`: something was taken; `call`: help is being called; `alarm`: look here at once. */
export type Chime = "calm" | "call" | "alarm";

export interface Statement {
  readonly text: string;
  readonly sound: Chime;
  /** Said again while it holds. */
  readonly again: boolean;
}

/** The same words as the home's own announcement of this step, so that they are said once. */
function callText(alarm: AlarmView, home: HomeNow, words: TabletWords): string {
  const { announcements, emergency } = words;
  const known = home.memory.alarms.find(({ id }) => id === alarm.id);
  const [name] = alarm.acceptedBy.toReversed();
  if (alarm.stage === "coming" && name !== undefined) {
    return fill(announcements["help-coming"] ?? emergency.coming, { name });
  }
  if (known?.nobodyYet === true) return emergency.nobodyYet;
  if (alarm.stage === "with-care") return announcements["help-with-care"] ?? "";
  if (alarm.stage === "stored") return announcements["help-stored"] ?? "";
  return emergency.calling;
}

function alarmText(alarm: AlarmView, home: HomeNow, words: TabletWords): string {
  const { advice, categories, reasons } = words.emergency;
  if (isCall(alarm)) return callText(alarm, home, words);
  const headline = reasons[alarm.reason] ?? categories[alarm.category];
  return `${headline} ${advice[alarm.reason] ?? ""}`.trim();
}

/** The gravest thing that holds now; undefined while all is calm. */
export function statementOf(home: HomeNow, words: TabletWords): Statement | undefined {
  const { announcements, emergency, stove } = words;
  const grave = emergencyOf(home);
  const [alarm] = grave?.alarms ?? [];
  const isAnswered = alarm !== undefined && isCall(alarm) && alarm.stage === "coming";
  const hasNoWay = wayOf(home) === "none";
  const noWay = announcements["help-no-path"] ?? emergency.noPath;
  if (alarm?.category === "hazard") {
    return { text: alarmText(alarm, home, words), sound: "alarm", again: true };
  }
  // Who is coming comes, also when the way is lost after that.
  if (hasNoWay && grave !== undefined && !isAnswered) {
    return { text: noWay, sound: "alarm", again: true };
  }
  if (home.parts.stove?.phase === "warned") {
    return { text: stove.warning, sound: "alarm", again: true };
  }
  if (grave?.unsent !== undefined) {
    const stored = announcements["help-stored"] ?? emergency.stored;
    const text = grave.unsent.taken ? stored : emergency.calling;
    return { text, sound: "call", again: true };
  }
  if (alarm === undefined) {
    return hasNoWay ? { text: noWay, sound: "alarm", again: false } : undefined;
  }
  const sound = alarm.category === "emergency-call" ? "call" : "alarm";
  return { text: alarmText(alarm, home, words), sound, again: true };
}
