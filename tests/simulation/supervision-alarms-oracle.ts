/** Who must be called about faults, and when again: from what is wrong and what people closed. */
import type { Alarm } from "../../protocol/alarm.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { hour, second } from "./timeline.ts";

interface Known {
  open: string | null;
  closedAt: number;
}

/** A deadline comes at most so late. */
const lateMax = 10 * second;

/** How long a cause may last after its alarm was closed, until it is one again. */
const restOf = (key: string): number => (key === "radio-lost" ? hour : 24 * hour);
const levelOf = (key: string): string => (key.startsWith("sos") ? "concern" : "alarm");

export class FaultAlarmsOracle {
  raised = 0;
  again = 0;
  readonly #known = new Map<string, Known>();

  /** The alarms that nobody has closed yet. */
  open(): readonly string[] {
    return [...this.#known.values()].flatMap(({ open }) => open ?? []);
  }

  /** One step under these causes. Returns what is wrong. */
  after(
    event: RuleEvent,
    derived: readonly RuleEvent[],
    causes: ReadonlySet<string>,
  ): readonly string[] {
    const wrong: string[] = [];
    if (event.kind === "alarm-closed") this.#closed(event.alarmId, event.at);
    for (const [key, { open }] of this.#known) {
      if (open === null && !causes.has(key)) this.#known.delete(key);
    }
    const due = new Set([...causes].filter((key) => this.#isDue(key, event, wrong)));
    for (const fact of derived) {
      if (fact.kind === "alarm-raised") wrong.push(...this.#heard(fact.alarm, due));
    }
    for (const key of due) wrong.push(`I4: nobody is called about ${key}`);
    return wrong;
  }

  #heard({ reason, device, level, id }: Alarm, due: Set<string>): readonly string[] {
    const wrong: string[] = [];
    const key = reason === "sos-button-silent" ? `${reason} ${device}` : reason;
    if (!due.delete(key)) wrong.push(`I9: an alarm about ${key} is one too many`);
    if (level !== levelOf(key)) wrong.push(`I4: ${key} is ${level}`);
    this.raised += 1;
    if (this.#known.has(key)) this.again += 1;
    this.#known.set(key, { open: id, closedAt: 0 });
    return wrong;
  }

  #closed(alarmId: string, at: number): void {
    for (const known of this.#known.values()) {
      if (known.open !== alarmId) continue;
      known.open = null;
      known.closedAt = at;
    }
  }

  #isDue(key: string, { at, kind }: RuleEvent, wrong: string[]): boolean {
    const known = this.#known.get(key);
    if (known === undefined) return true;
    if (known.open !== null) return false;
    const over = at - known.closedAt - restOf(key);
    if (over > lateMax && kind !== "gateway-started") {
      wrong.push(`I4: ${key} is an alarm again ${over} ms late`);
    }
    return over >= 0;
  }
}
