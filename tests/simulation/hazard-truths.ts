/** What detectors said and what people must hear of it: told from the fires, not from the rules. */
import type { PlannedEffect } from "../../rules/effects.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { HazardState } from "../../rules/machines/hazard.ts";
import { minute, second } from "./timeline.ts";

/** Somebody who was told, or said to come, so long ago is told again when there is danger again. */
const staleAfter = 120 * second;
/** A word of danger after so long may be another fire. */
const repeatsWithin = 5 * minute;

interface Detector {
  readonly hazard: "smoke" | "heat" | "leak";
  /** The fire of the last word of danger that was heard; null when its end was heard, too. */
  fire: number | null;
  heardAt: number;
  /** Whether words may have been missed since: nobody listened. */
  doubt: boolean;
  open: string | null;
  /** Cries for the open alarm, of which whoever closes it elsewhere has not heard. */
  cries: number;
  closedAt: number | null;
}

/** One word of a detector, with the fire that it belongs to. */
export interface Word {
  readonly device: string;
  readonly fire: number;
  readonly present: boolean;
}

export class HazardTruths {
  readonly violations: string[] = [];
  readonly counts = { fires: 0, cries: 0, heirs: 0, again: 0, doubted: 0, concerns: 0 };
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #againAfter: number;
  readonly #moved = new Map<string, number>();
  #siren = "none";

  constructor(hazards: Readonly<Record<string, Detector["hazard"]>>, againAfter: number) {
    this.#againAfter = againAfter;
    this.#detectors = new Map(
      Object.entries(hazards).map(([device, hazard]) => [
        device,
        {
          hazard,
          fire: null,
          heardAt: 0,
          doubt: false,
          open: null,
          cries: 0,
          closedAt: null,
        },
      ]),
    );
  }

  /** Nobody heard these detectors for a while. */
  deaf(devices: readonly string[]): void {
    for (const device of devices) {
      const detector = this.#detectors.get(device);
      if (detector !== undefined) detector.doubt = true;
    }
  }

  /** One step; `word` where a detector spoke. */
  after(
    event: RuleEvent,
    step: { readonly derived: readonly RuleEvent[]; readonly effects: readonly PlannedEffect[] },
    heard: { readonly state: HazardState; readonly word: Word | undefined },
  ): void {
    const fail = (sentence: string): void => {
      this.violations.push(`${event.at / 1_000} s, ${event.kind}: ${sentence}`);
    };
    if (event.kind === "gateway-started") this.#siren = "unknown";
    const expected = this.#expected(event, heard.word);
    this.#take(event, step.derived, expected, fail);
    this.#told(event, step, fail);
    this.#room(step.effects, fail);
    for (const [key, { alarmId }] of Object.entries(heard.state.detectors)) {
      const [device = ""] = key.split(":");
      const open = this.#detectors.get(device)?.open ?? null;
      if (open !== alarmId) fail(`I3: ${key} has ${alarmId} open, not ${open}`);
    }
  }

  /** What this word is: the beginning of danger for sure, perhaps, or not. */
  #expected(event: RuleEvent, word: Word | undefined): "onset" | "perhaps" | "nothing" {
    const detector = this.#detectors.get(word?.device ?? "");
    if (word === undefined || detector === undefined) return "nothing";
    if (!word.present) {
      detector.fire = null;
      return "nothing";
    }
    const { fire, doubt } = detector;
    const lasts = this.#lasts(detector, event.at);
    const news = fire !== word.fire;
    const paused = event.at - detector.heardAt >= repeatsWithin;
    const noticed = fire === null || doubt || paused || lasts;
    if (news && noticed) this.counts.fires += 1;
    if (doubt && fire !== null) this.counts.doubted += 1;
    if (lasts && !news) this.counts.again += 1;
    detector.fire = word.fire;
    detector.heardAt = event.at;
    detector.doubt = false;
    if (noticed && (news || lasts)) return "onset";
    return noticed ? "perhaps" : "nothing";
  }

  /** Whether danger that a person closed goes on for so long that it is an alarm again. */
  #lasts({ open, closedAt }: Detector, now: number): boolean {
    return open === null && closedAt !== null && now - closedAt >= this.#againAfter;
  }

  #take(
    event: RuleEvent,
    derived: readonly RuleEvent[],
    expected: "onset" | "perhaps" | "nothing",
    fail: (sentence: string) => void,
  ): void {
    let found = 0;
    if (event.kind === "alarm-closed") this.#closed(event, derived, fail);
    for (const fact of derived) {
      if (fact.kind === "alarm-raised" && event.kind === "hazard-sensed") {
        found += 1;
        this.#raised(fact.alarm, fail);
      }
      if (fact.kind === "alarm-noted" && fact.note === "danger-again") {
        found += 1;
        this.#cried(fact.alarmId, fail);
      }
    }
    if (found > 1) fail("I9: one word was two alarms");
    if (expected === "onset" && found === 0) fail("I4: danger began, and nobody was called");
    if (expected === "nothing" && found > 0) fail("I9: nothing began, and somebody was called");
  }

  #raised(
    alarm: Extract<RuleEvent, { kind: "alarm-raised" }>["alarm"],
    fail: (sentence: string) => void,
  ): void {
    const detector = this.#detectors.get(alarm.device ?? "");
    if (detector === undefined || detector.open !== null) {
      fail(`I9: ${alarm.device} has an alarm already`);
      return;
    }
    const level = detector.hazard === "leak" ? "concern" : "alarm";
    if (alarm.level !== level || alarm.reason !== detector.hazard) {
      fail(`I4: ${alarm.device} is ${alarm.level} ${alarm.reason}`);
    }
    if (level === "concern") this.counts.concerns += 1;
    detector.open = alarm.id;
    detector.cries = 0;
    detector.closedAt = null;
  }

  #cried(alarmId: string, fail: (sentence: string) => void): void {
    const detector = [...this.#detectors.values()].find(({ open }) => open === alarmId);
    this.counts.cries += 1;
    if (detector === undefined) fail(`I3: a cry for ${alarmId}, which is not open`);
    else detector.cries += 1;
  }

  /** A person who could not have heard the cries for it does not end those. */
  #closed(
    event: Extract<RuleEvent, { kind: "alarm-closed" }>,
    derived: readonly RuleEvent[],
    fail: (sentence: string) => void,
  ): void {
    const detector = [...this.#detectors.values()].find(({ open }) => open === event.alarmId);
    if (detector === undefined) return;
    const unheard = event.from === "peer" && detector.cries > 0;
    // The first of them is an alarm now, and the later ones are cries for that.
    const rest = unheard ? detector.cries - 1 : 0;
    detector.open = null;
    detector.cries = rest;
    detector.closedAt = event.at;
    const heir = derived.find((fact) => fact.kind === "alarm-raised");
    if ((heir !== undefined) !== unheard) fail("I3: cries and what outlives a closing differ");
    if (heir === undefined) return;
    this.counts.heirs += 1;
    detector.open = heir.alarm.id;
  }

  /** Danger that begins anew tells the next, unless somebody was told or said to come just now. */
  #told(
    event: RuleEvent,
    { derived, effects }: { derived: readonly RuleEvent[]; effects: readonly PlannedEffect[] },
    fail: (sentence: string) => void,
  ): void {
    const told = new Set(
      effects.flatMap((effect) => (effect.kind === "tell-party" ? [effect.alarm.id] : [])),
    );
    for (const fact of derived) {
      if (fact.kind === "alarm-raised" && !told.has(fact.alarm.id)) {
        fail(`I4: nobody was told of ${fact.alarm.id}`);
      }
      if (fact.kind !== "alarm-noted" || fact.note !== "danger-again") continue;
      const stale = event.at - (this.#moved.get(fact.alarmId) ?? 0) >= staleAfter;
      if (stale && !told.has(fact.alarmId)) fail(`I4: the cry for ${fact.alarmId} moved nobody`);
    }
    for (const alarmId of told) this.#moved.set(alarmId, event.at);
    if (event.kind === "alarm-accepted") this.#moved.set(event.alarmId, event.at);
  }

  #room(effects: readonly PlannedEffect[], fail: (sentence: string) => void): void {
    for (const effect of effects) {
      if (effect.kind === "signal" && effect.source === "hazard") this.#siren = effect.pattern;
    }
    const open = [...this.#detectors.values()].filter((detector) => detector.open !== null);
    const loud = open.some(({ hazard }) => hazard !== "leak");
    const due = loud ? "alarm" : open.length > 0 ? "warning" : "none";
    if (this.#siren !== due) fail(`I5: the siren is at ${this.#siren}, not ${due}`);
  }
}
