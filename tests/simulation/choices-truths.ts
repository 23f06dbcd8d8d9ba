/**
 * What must be true of choices, pause and daily sign, held against what is seen from outside: facts
 * in, effects and alarms out, and what is shown. It knows no rule's memory.
 */
import type { LivingUp } from "../../protocol/living.ts";
import type { HomeView, ModuleView } from "../../protocol/view.ts";
import type { AnnouncementKey } from "../../rules/effects.ts";
import type { EngineStep } from "../../rules/engine.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { ModuleManifest } from "../../rules/machine.ts";
import { hour, minute, second } from "./timeline.ts";

/** Deadlines are woken for a little late. */
const lateMax = 100;
const longestPause = 3 * 24 * hour;
/** The hour is known to the minute, and so is the half hour before it. */
const questionMin = 29 * minute;
/** The day of a resident begins at four. */
const dayBegins = 4 * hour;
/** The hour is known to the minute, when it is told and when it is counted on. */
const signSlack = 2 * minute;
/** Who does not hear the question hears it again so soon. */
const askedAgain = 10 * minute;
/** So long nobody need say that the hour is unknown. */
const hourMissed = 10 * minute;
/** A call that comes later than this after its hour says so. */
const onTime = minute;

/** The clock of the world as it was told: null while nobody knows it. */
export interface ToldClock {
  /** Local time as milliseconds since a midnight long ago. */
  readonly local: number;
  /** The same by the clock that the home was told last: a clock may be set before it hears so. */
  readonly told: number;
}

export interface Scene {
  readonly view: HomeView;
  readonly clock: ToldClock | null;
}

const guarded: ReadonlySet<string> = new Set(["warned", "cut", "not-off", "proved-off"]);
const stoveWords: ReadonlySet<string> = new Set(["stove-unattended", "stove-cut", "stove-not-off"]);

const dayAt = (local: number): number => Math.floor((local - dayBegins) / (24 * hour));

/** How a module stood before an event. */
interface Stood {
  readonly on: boolean;
  readonly stove: boolean;
}

interface Moment {
  readonly isOn: boolean;
  readonly paused: boolean;
  readonly clock: ToldClock | null;
}

/** What the care service is told of choices and signs. */
const wordsOf = ({ effects }: EngineStep): readonly LivingUp[] =>
  effects.flatMap((one) => (one.kind === "tell-peer-living" ? [one.body] : []));

const says = ({ effects }: EngineStep, key: AnnouncementKey): boolean =>
  effects.some((one) => one.kind === "announce" && one.key === key);

export class ChoicesTruths {
  readonly violations: string[] = [];
  readonly counts = {
    dropped: 0,
    added: 0,
    refused: 0,
    held: 0,
    granted: 0,
    paused: 0,
    pauseEnded: 0,
    questions: 0,
    signs: 0,
    concerns: 0,
    blind: 0,
    calls: 0,
    fires: 0,
    cuts: 0,
  };
  readonly #confirmed: ReadonlySet<string>;
  readonly #manifests: readonly ModuleManifest[];
  #before: ReadonlyMap<string, Stood> = new Map();
  /** The wish of each module that the care service has not answered. */
  readonly #asks = new Map<string, string>();
  #pauseEnd: number | null = null;
  #nth = 0;
  #told: { readonly dropped: readonly string[]; readonly until: number | null } | undefined;
  /** The first question since the last answer, and the last. */
  #asked: number | null = null;
  #askedLast = 0;
  /** When the resident last said that all is well, or came and added the module. */
  #signedAt = Number.NEGATIVE_INFINITY;
  /** Until when the question was shown to stand; not known after a gap that nobody knows. */
  #until: number | null = null;
  /** Since when the module is there and nobody knows the hour. */
  #hourless: number | null = null;
  /** What the care service was told of that. */
  #blindTold = false;
  /** Days of a call, by the clock of the world and by the one that the home has been told. */
  readonly #concernDays = { world: new Set<number>(), told: new Set<number>() };
  #concern: string | null = null;

  constructor(manifests: readonly ModuleManifest[], confirmed: readonly string[]) {
    this.#manifests = manifests;
    this.#confirmed = new Set(confirmed);
  }

  fail(event: RuleEvent, sentence: string): void {
    this.violations.push(`${event.at} ${event.kind}: ${sentence}`);
  }

  /** Looks at one step, and at what is shown after it. */
  after(event: RuleEvent, step: EngineStep, scene: Scene): void {
    this.#pause(event, step, scene);
    this.#vital(event, step);
    this.#modules(event, step, scene.view);
    this.#daily(event, step, scene);
    this.#question(event, scene);
    this.#sight(event, step, scene);
    this.#tells(event, step, scene.view);
  }

  #pause(event: RuleEvent, step: EngineStep, { view }: Scene): void {
    const before = this.#pauseEnd;
    this.#pauseEnd = this.#endAfter(event);
    if (event.kind === "pause-said" && event.minutes > 0) this.counts.paused += 1;
    const isBetween = this.#pauseEnd !== null && event.at >= this.#pauseEnd;
    if (!isBetween && view.pause.until !== this.#pauseEnd) {
      this.fail(event, `a pause until ${view.pause.until} is shown, and not ${this.#pauseEnd}`);
    }
    if (before === null || this.#pauseEnd !== null) return;
    this.counts.pauseEnded += 1;
    if (!says(step, "pause-ended")) this.fail(event, "a pause ended, and nobody was told");
  }

  /** When the pause ends, if there is one after this event; its deadline may come a little late. */
  #endAfter(event: RuleEvent): number | null {
    if (event.kind === "pause-said") {
      const length = Math.min(event.minutes * minute, longestPause);
      return length === 0 ? null : event.at + length;
    }
    const end = this.#pauseEnd;
    if (end === null || (event.kind === "gateway-started" && event.gapMs === null)) return null;
    const isWoken = event.kind === "deadline-reached" || event.kind === "gateway-started";
    return event.at >= end + (isWoken ? 0 : lateMax) ? null : end;
  }

  /** What nobody can drop, whatever is dropped, paused or remembered. */
  #vital(event: RuleEvent, step: EngineStep): void {
    const facts = step.derived;
    const raised = facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm] : []));
    const cries = facts.filter((fact) => fact.kind === "alarm-noted").length;
    if (event.kind === "button-pressed") {
      this.counts.calls += 1;
      if (raised.length + cries === 0) this.fail(event, "I1: a press called nobody");
    }
    if (event.kind === "hazard-sensed" && event.present) {
      this.counts.fires += 1;
      if (raised.length + cries === 0) this.fail(event, "I1: a fire called nobody");
    }
    for (const { id } of raised) {
      const isSent = step.effects.some(
        (one) => one.kind === "offer-custody" && one.alarm.id === id,
      );
      if (!isSent) this.fail(event, `I4: ${id} went to nobody`);
    }
  }

  #modules(event: RuleEvent, step: EngineStep, view: HomeView): void {
    const stove = view.stove !== null && guarded.has(view.stove.phase);
    const now = new Map(view.modules.map(({ name, on }) => [name, { on, stove }]));
    for (const card of view.modules) {
      const before = this.#before.get(card.name);
      if (before !== undefined) this.#module(event, card, before);
    }
    this.#stove(event, step, now.get("stove-guard")?.on === true);
    this.#before = now;
    this.#note(event, step);
  }

  #module(event: RuleEvent, card: ModuleView, before: Stood): void {
    const { name, on } = card;
    if (!on && this.#manifest(name)?.droppable !== true) {
      this.fail(event, `I3: ${name} is dropped, and cannot be`);
    }
    if (before.on && !on) this.#dropped(event, card, before);
    if (!before.on && on) this.#added(event, name);
    if (event.kind !== "module-choice-said" || event.module !== name) return;
    if (!event.on) this.#wished(event, card, before);
    else if (!on) this.fail(event, `${name} was wanted, and is not there`);
  }

  #stove(event: RuleEvent, { effects }: EngineStep, guards: boolean): void {
    const cuts = effects.filter(({ kind }) => kind === "cut-power").length;
    const words = effects.filter((one) => one.kind === "announce" && stoveWords.has(one.key));
    this.counts.cuts += cuts;
    if (!guards && cuts + words.length > 0) this.fail(event, "a guard that was dropped is at work");
  }

  #manifest(module: string): ModuleManifest | undefined {
    return this.#manifests.find(({ name }) => name === module);
  }

  #dropped(event: RuleEvent, { name }: ModuleView, before: Stood): void {
    this.counts.dropped += 1;
    if (name === "stove-guard" && before.stove) {
      this.fail(event, "I7: the guard was dropped in the middle of a warning or a cut");
    }
    if (this.#confirmed.has(name)) {
      const isGranted =
        event.kind === "module-answered" && event.granted && this.#asks.get(name) === event.ask;
      if (isGranted) this.counts.granted += 1;
      else this.fail(event, `${name} was dropped without the care service's word`);
      return;
    }
    const isSaid = event.kind === "module-choice-said" && event.module === name && !event.on;
    if (!isSaid) this.fail(event, `${name} was dropped, and nobody said so`);
  }

  #added(event: RuleEvent, name: string): void {
    this.counts.added += 1;
    const isSaid = event.kind === "module-choice-said" && event.module === name && event.on;
    if (!isSaid) this.fail(event, `${name} came back, and nobody said so`);
    if (name === "daily-sign") this.#signedAt = event.at;
  }

  /** A module that is to be dropped is, or it was refused aloud, or the care service is asked. */
  #wished(event: RuleEvent, card: ModuleView, before: Stood): void {
    const { name, on, asked, history } = card;
    if (!before.on || !on) return;
    if (name === "stove-guard" && before.stove) this.counts.held += 1;
    if (history[0]?.state === "refused") this.counts.refused += 1;
    else if (asked === null) this.fail(event, `nobody knows what became of ${name}`);
    const isRefusable = this.#manifest(name)?.droppable !== true || card.heldBy !== null;
    if (!isRefusable && asked === null) this.fail(event, `${name} could be dropped, and was not`);
  }

  /** Wishes on their way, after what they allow was judged. */
  #note(event: RuleEvent, step: EngineStep): void {
    if (event.kind === "module-answered") {
      for (const [name, ask] of this.#asks) if (ask === event.ask) this.#asks.delete(name);
    }
    for (const body of wordsOf(step)) {
      if (body.kind !== "module-wish") continue;
      const { module, ask, on } = body;
      const known = this.#asks.get(module);
      if (on) this.#asks.delete(module);
      else if (known === undefined) this.#asks.set(module, ask);
      else if (known !== ask) this.fail(event, `${module} is asked for twice`);
    }
    this.#toldAgain(event, step);
  }

  /** What was said may be lost: it is said again when the home starts, and when it is heard again. */
  #toldAgain(event: RuleEvent, step: EngineStep): void {
    if (event.kind !== "gateway-started" && event.kind !== "peer-back") return;
    const bodies = wordsOf(step);
    if (!bodies.some(({ kind }) => kind === "choices")) {
      this.fail(event, "I5: how the choices stand is not told again");
    }
    for (const ask of this.#asks.values()) {
      if (!bodies.some((body) => body.kind === "module-wish" && body.ask === ask)) {
        this.fail(event, `I5: ${ask} is not told again`);
      }
    }
  }

  #daily(event: RuleEvent, step: EngineStep, { view, clock }: Scene): void {
    const paused = this.#pauseEnd !== null && event.at < this.#pauseEnd;
    const isOn = view.modules.some(({ name, on }) => name === "daily-sign" && on);
    const moment = { isOn, paused, clock };
    if (event.kind === "wellbeing-said") {
      this.counts.signs += 1;
      this.#signedAt = event.at;
    }
    if (event.kind === "wellbeing-said" || !isOn || paused) this.#asked = null;
    if (event.kind === "alarm-closed" && event.alarmId === this.#concern) this.#concern = null;
    if (says(step, "daily-sign-asked")) this.#isAsked(event, moment);
    for (const fact of step.derived) {
      if (fact.kind !== "alarm-raised" || fact.alarm.reason !== "no-daily-sign") continue;
      this.counts.concerns += 1;
      this.#concern = fact.alarm.id;
      this.#mayAsk(event, "called", moment);
      this.#lateness(event, fact.alarm.late);
      if (this.#asked === null) this.fail(event, "called, and nobody was asked, or she answered");
      if (clock !== null) this.#once(event, clock);
      this.#asked = null;
    }
  }

  #isAsked(event: RuleEvent, moment: Moment): void {
    this.counts.questions += 1;
    this.#asked ??= event.at;
    this.#askedLast = event.at;
    if (this.#concern !== null) this.fail(event, "asked, and somebody is called already");
    this.#mayAsk(event, "asked", moment);
  }

  #mayAsk(event: RuleEvent, act: string, { isOn, paused, clock }: Moment): void {
    if (!isOn) this.fail(event, `${act}, and the module is not there`);
    if (paused) this.fail(event, `${act} in a pause`);
    if (clock === null) this.fail(event, `I6: ${act}, and nobody knows the hour`);
  }

  /** A call that comes late says so, and no other; after an unknown gap each is late. */
  #lateness(event: RuleEvent, isLate: boolean): void {
    const wasLate = this.#until === null || event.at > this.#until + onTime;
    if (wasLate !== isLate) this.fail(event, `I5: called, and late is ${isLate}`);
  }

  /** The question is shown as long as it stands, and put again and again. */
  #question(event: RuleEvent, { view: { question }, clock }: Scene): void {
    if (question === null && this.#isSigned(event, clock)) this.#asked = null;
    if ((question === null) !== (this.#asked === null)) {
      this.fail(
        event,
        `a question is ${question === null ? "not " : ""}shown, against what was said`,
      );
    }
    if (event.kind === "gateway-started" && event.gapMs === null) this.#until = null;
    else this.#until = question?.until ?? null;
    if (question === null || clock === null) return;
    if (event.at > this.#askedLast + askedAgain + lateMax) {
      this.fail(event, "who has not answered is asked no more");
    }
  }

  /** A clock that was set may tell that a sign was given today after all. */
  #isSigned({ at }: RuleEvent, clock: ToldClock | null): boolean {
    if (clock === null) return false;
    const passed = (clock.local - dayBegins) % (24 * hour);
    return this.#signedAt >= at - passed - signSlack;
  }

  /** A module that cannot know the hour sees nothing, and that is said: here and there. */
  #sight(event: RuleEvent, { effects }: EngineStep, { view, clock }: Scene): void {
    const card = view.modules.find(({ name }) => name === "daily-sign");
    const isUnknown = card?.on === true && clock === null;
    const isBlind = card?.blindBecause.some(({ what }) => what === "clock-unknown") === true;
    if (isBlind && !isUnknown) this.fail(event, "I6: said to be blind, and is not");
    if (!isBlind && this.#hourlessFor(event, isUnknown) > hourMissed + lateMax) {
      this.fail(event, "I6: nobody knows the hour, and nobody says so");
    }
    for (const effect of effects) {
      if (effect.kind !== "tell-peer-fault" || effect.fault.what !== "clock-unknown") continue;
      this.counts.blind += effect.cleared ? 0 : 1;
      this.#blindTold = !effect.cleared;
    }
    if (this.#blindTold !== isBlind) this.fail(event, "I6: told of another sight than is shown");
  }

  /** For how long nobody has known it; counted anew after a gap that nobody knows. */
  #hourlessFor(event: RuleEvent, isUnknown: boolean): number {
    const isAnew = event.kind === "gateway-started" && event.gapMs === null;
    if (!isUnknown) this.#hourless = null;
    else if (isAnew) this.#hourless = event.at;
    else this.#hourless ??= event.at;
    return this.#hourless === null ? 0 : event.at - this.#hourless;
  }

  #once(event: RuleEvent, { local, told }: ToldClock): void {
    const days = this.#concernDays;
    const day = dayAt(told);
    if (days.told.has(day)) this.fail(event, `called twice on day ${day}`);
    days.told.add(day);
    days.world.add(dayAt(local));
  }

  /** After a gap that nobody knows a question is overdue; else it stands half an hour. */
  waits(event: RuleEvent, step: EngineStep, isOverdue: boolean): void {
    const isCalled = step.derived.some(
      (fact) => fact.kind === "alarm-raised" && fact.alarm.reason === "no-daily-sign",
    );
    const since = this.#asked === null ? 0 : event.at - this.#asked;
    if (isCalled && !isOverdue && since < questionMin) {
      this.fail(event, `called ${since / second} s after the question`);
    }
  }

  /** Whether this alarm is that of the sign, and still open. */
  isConcern(alarmId: string): boolean {
    return this.#concern === alarmId;
  }

  /** Whether somebody is called for the sign, or was today. */
  isCalled(clock: ToldClock): boolean {
    const { world, told } = this.#concernDays;
    const isOver = world.has(dayAt(clock.local)) || told.has(dayAt(clock.told));
    return this.#concern !== null || isOver;
  }

  #tells(event: RuleEvent, step: EngineStep, view: HomeView): void {
    for (const body of wordsOf(step)) {
      if (body.kind !== "choices") continue;
      const { nth, dropped, pausedUntil_at_ms: until } = body;
      if (nth <= this.#nth) this.fail(event, `told under ${nth} after ${this.#nth}`);
      this.#nth = nth;
      this.#told = { dropped, until };
    }
    if (this.#told === undefined) return;
    const { dropped, until } = this.#told;
    const off = view.modules.filter(({ on }) => !on).map(({ name }) => name);
    if (dropped.join() !== off.join()) {
      this.fail(event, `told that ${dropped.join()} is dropped, and it is ${off.join()}`);
    }
    if (until !== view.pause.until) this.fail(event, "told of another pause than is shown");
  }
}
