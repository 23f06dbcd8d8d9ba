/** Open alarms as the line tells them: all in parts, then each change. Pure. */
import type { AlarmsEvent, OpenAlarmView } from "../../protocol/care-views.ts";
import { alarmKey, byUrgency } from "../../protocol/open-alarms.ts";

export class ToldAlarms {
  #open = new Map<string, OpenAlarmView>();

  /** All that are open, most urgent first; undefined while parts are missing. */
  hear({ anew, set, gone, more }: AlarmsEvent): readonly OpenAlarmView[] | undefined {
    if (anew) this.#open = new Map();
    for (const one of gone) this.#open.delete(alarmKey(one));
    for (const one of set) this.#open.set(alarmKey(one), one);
    return more ? undefined : [...this.#open.values()].sort(byUrgency);
  }
}
