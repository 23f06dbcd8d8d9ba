/** The contract of a rule: a pure state machine with its deadlines in its state. */
import type { Level } from "../protocol/alarm.ts";
import type { HomePlan, Role } from "../protocol/home.ts";
import type { Instant, LocalTime } from "../protocol/time.ts";
import type { Effect } from "./effects.ts";
import type { Fact, RuleEvent } from "./events.ts";

/** What every machine may look at beside its own state. */
export interface Surroundings {
  readonly plan: HomePlan;
  /** Gateway time of the event being handled. */
  readonly now: Instant;
  /** Local time at the home; undefined while no clock is trusted. */
  readonly local: LocalTime | undefined;
  /**
   * Makes an id that is unique to this event and machine and the same in every replay;
   * `word` tells several ids of one step apart.
   */
  readonly newId: (word: string) => string;
  readonly modules: Modules;
}

/** What a machine may ask of the modules of this home, by the names in their manifests. */
export interface Modules {
  /** Whether the module is run; one that this engine does not have is not dropped. */
  readonly isOn: (module: string) => boolean;
  /** Why it cannot be dropped as it stands, in one word; undefined when it can. */
  readonly heldBy: (module: string) => string | undefined;
}

/** The result of one step. Nothing has happened yet: the shell performs the effects. */
export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
  /** Facts that follow from this step; every machine hears them within the same engine step. */
  readonly emits: readonly Fact[];
  /** Why, in a short English sentence for the journal; absent when nothing was decided. */
  readonly because?: string;
}

/** What a resident, an installer and a carer are told of a module. */
export interface ModuleManifest {
  readonly name: string;
  readonly title: { readonly de: string; readonly en: string };
  /** Part of the house itself; not a card that a resident adds or drops. */
  readonly basis: boolean;
  /** What is told to whom while it is on. */
  readonly told: { readonly de: string; readonly en: string };
  readonly benefit: { readonly de: string; readonly en: string };
  /** Roles without which the module cannot work, and roles that make it better. */
  readonly needs: readonly Role[];
  readonly uses: readonly Role[];
  readonly settings: readonly {
    readonly key: string;
    readonly unit: string;
    readonly default: number;
    readonly min: number;
    readonly max: number;
    /** Clause, data sheet, or section of hardware.md. */
    readonly source: string;
  }[];
  readonly messages: readonly { readonly reason: string; readonly level: Level }[];
  readonly changedBy: readonly ("resident" | "helper" | "professional" | "installer")[];
  /** False for modules that a resident cannot drop by a slip, such as the emergency call. */
  readonly droppable: boolean;
  /** Of a module that a resident can drop: it is off until somebody adds it. */
  readonly offAtFirst?: true;
}

/** How a module behaves that a resident can drop. */
export interface Dropping<State> {
  /** Why it cannot be dropped as it stands, in one word; undefined when it can. */
  heldBy(state: State): string | undefined;
  /** Its last step: it lets go of what it holds. The state is its memory until it is back. */
  leave(state: State, around: Surroundings): Step<State>;
  /** What it notices while it is dropped, so that it knows the home when it is back. */
  aside(state: State, event: RuleEvent, around: Surroundings): State;
}

/** A rule. `step` and `wakeAt` are pure: no clock, no chance, no input or output. */
export interface Machine<State> {
  readonly manifest: ModuleManifest;
  initial(plan: HomePlan): State;
  step(state: State, event: RuleEvent, around: Surroundings): Step<State>;
  /**
   * For a machine that may not lose certain events: asked when it threw on `event` with this
   * memory, it says what it must be told again so that it can begin anew and take the event all the
   * same; undefined where losing the event is less harm than losing the memory. Believes nothing of
   * what it finds.
   */
  salvage?(memory: unknown, event: Fact): readonly Fact[] | undefined;
  /** Without it a dropped machine forgets everything, and can always be dropped. */
  readonly dropping?: Dropping<State>;
  /** The earliest instant at which the machine wants a `deadline-reached`; undefined for none. */
  wakeAt(state: State): Instant | undefined;
}

/** Most machines say nothing to most events, and every event passes all of them. */
const nothing: readonly never[] = [];

/** A step that changes nothing. */
export function unchanged<State>(state: State): Step<State> {
  return { state, effects: nothing, emits: nothing };
}

/**
 * For the last branch of a `switch` over a closed union: the compiler proves that it is never
 * reached.
 */
export function unreachable(value: never): never {
  throw new Error(`a case is missing for ${JSON.stringify(value)}`);
}
