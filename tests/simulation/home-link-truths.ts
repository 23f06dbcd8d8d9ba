/** When a home's silence is late, an alarm, or expected: from what was really sent and told. */
import type { LinkSettings } from "../../protocol/home.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { ShownLink } from "../../rules/machines/home-link.ts";
import { second } from "./timeline.ts";

/** A deadline comes at most so late, unless the process slept. */
const lateMax = 6 * second;
/** What was sent so shortly before may still be on its way. */
const underway = second;

export class HomeLinkTruths {
  readonly violations: string[] = [];
  readonly counts = { beats: 0, late: 0, alarms: 0, again: 0, maintained: 0, restarting: 0 };
  /** The open alarm about this home. */
  open: string | null = null;
  readonly #link: LinkSettings;
  /** When the home last spoke, and was not lost on the way. */
  #sentAt = Number.NEGATIVE_INFINITY;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Since when the care service has been there and listened. */
  #listensSince = 0;
  #maintenanceUntil = Number.NEGATIVE_INFINITY;
  #raisedAt = 0;
  #closedAt: number | null = null;
  #leaving: "restart" | "maintenance" | null = null;

  constructor(link: LinkSettings) {
    this.#link = link;
  }

  /** The home spoke, and its beat arrives. */
  sent(at: number): void {
    this.#sentAt = at;
  }

  /** The care service slept, or was away: until now it heard nobody. */
  listens(at: number): void {
    this.#listensSince = at;
  }

  /** One step of the care service, and what its desks are shown then. */
  after(event: RuleEvent, derived: readonly RuleEvent[], shown: ShownLink): void {
    const fail = (sentence: string): void => {
      this.violations.push(`${event.at / 1_000} s, ${event.kind}: ${sentence}`);
    };
    this.#hear(event);
    for (const fact of derived) {
      if (fact.kind === "peer-late") this.counts.late += 1;
      if (fact.kind !== "alarm-raised") continue;
      if (fact.alarm.level !== "alarm") fail(`I6: a silent home is ${fact.alarm.level}`);
      this.#raised(fact.alarm.id, event.at, fail);
    }
    this.#missed(event.at, fail);
    this.#shows(event.at, shown, fail);
  }

  #hear(event: RuleEvent): void {
    switch (event.kind) {
      case "peer-heard":
        this.counts.beats += 1;
        this.#heardAt = event.at;
        this.#leaving = event.leaving ?? null;
        return;
      case "maintenance-told":
        // What was over stays over: only what runs can be ended.
        this.#maintenanceUntil =
          event.until > event.at
            ? event.until
            : Math.min(this.#maintenanceUntil, Math.max(event.at, 0));
        return;
      case "alarm-closed":
        if (event.alarmId !== this.open) return;
        this.open = null;
        // An alarm about an older silence says nothing of this one, which is called for on its own.
        if (this.#heardAt < this.#raisedAt) this.#closedAt = event.at;
        else this.#listensSince = event.at;
        return;
      case "gateway-started":
        this.#leaving = null;
        return;
      default:
    }
  }

  /** From when silence counts: a word, the beginning of listening, the end of maintenance. */
  #counts(now: number): number {
    const ended = Math.min(this.#maintenanceUntil, now);
    return Math.max(this.#heardAt, this.#listensSince, ended);
  }

  #raised(id: string, at: number, fail: (sentence: string) => void): void {
    const { alarmAfter, closeWithin } = this.#link;
    this.counts.alarms += 1;
    if (this.open !== null) fail("I9: a second alarm about one silence");
    if (this.#maintenanceUntil > at) fail("I6: an alarm in planned maintenance");
    const sent = Math.min(this.#sentAt, at - underway);
    const spoke = this.#sentAt > at - underway ? this.#heardAt : sent;
    if (at - spoke < alarmAfter - underway) fail("I6: called silent, and it had spoken");
    if (this.#closedAt !== null && this.#closedAt > this.#heardAt) {
      this.counts.again += 1;
      const rested = at - this.#closedAt >= Math.min(closeWithin, alarmAfter);
      if (!rested) fail("I9: an alarm again before the closing had its time");
    }
    this.open = id;
    this.#raisedAt = at;
    this.#closedAt = null;
  }

  /** Silence for its whole time, with nobody called. */
  #missed(at: number, fail: (sentence: string) => void): void {
    if (this.open !== null || this.#maintenanceUntil > at) return;
    const { alarmAfter, closeWithin } = this.#link;
    const over = at - this.#counts(at) - alarmAfter;
    const closed = this.#closedAt === null ? over : at - this.#closedAt - closeWithin;
    const wasLost = this.#closedAt !== null && this.#closedAt > this.#heardAt;
    if (over > lateMax && (!wasLost || closed > lateMax)) {
      fail(`I4: silent for its time, and nobody is called (${over} ms)`);
    }
  }

  /** What is shown is so: nobody is called reachable who was not heard, or lost without an alarm. */
  #shows(at: number, shown: ShownLink, fail: (sentence: string) => void): void {
    const { silentAfter } = this.#link;
    const quiet = at - this.#counts(at);
    const runs = this.#maintenanceUntil > at;
    if (shown === "restarting") this.counts.restarting += 1;
    if (shown === "maintenance" && runs) this.counts.maintained += 1;
    if (shown === "reachable" && (this.#leaving !== null || quiet > silentAfter + lateMax)) {
      fail("I6: shown as reachable, and was not heard");
    }
    if (shown === "restarting" && this.#leaving !== "restart") fail("I6: no goodbye was said");
    if (shown === "late" && at - this.#heardAt < silentAfter) fail("I6: shown as late too soon");
    if (shown === "maintenance" && !runs && this.#leaving !== "maintenance") {
      const since = at - this.#maintenanceUntil;
      if (since > lateMax) fail("I6: shown as in maintenance, and nobody said so");
    }
  }
}
