/** What is remembered of the resident's choices, and one step of them in the making. */
import { livingMax } from "../../protocol/living.ts";
import type { Instant } from "../../protocol/time.ts";
import type { ChoiceView } from "../../protocol/view.ts";
import type { Effect } from "../effects.ts";
import type { Fact } from "../events.ts";
import type { ModuleManifest, Step, Surroundings } from "../machine.ts";

/** One module as the resident chose it. */
export interface ModuleChoice {
  readonly on: boolean;
  /** Asked for, and not answered by the care service yet. */
  readonly asked: { readonly ask: string; readonly on: boolean; readonly at: Instant } | null;
  /** Newest first; bounded by `livingMax.history`. */
  readonly history: readonly ChoiceView[];
}

/** Choices by module; of one that is not there nothing was said. Bounded by the manifests. */
export interface ChoicesState {
  readonly modules: Readonly<Record<string, ModuleChoice>>;
  readonly pausedUntil: Instant | null;
  /** Counts what was told of it to the care service. */
  readonly nth: number;
}

/** Lives for one step only; nothing outside the step sees it change. */
export interface ChoicesTurn {
  state: ChoicesState;
  readonly manifests: readonly ModuleManifest[];
  readonly around: Surroundings;
  readonly effects: Effect[];
  readonly emits: Fact[];
  readonly why: string[];
  /** Whether the care service is to hear how the choices stand. */
  tells: boolean;
}

/** The choice about a module, also where nothing was said of it. */
export function choiceOf({ modules }: ChoicesState, manifest: ModuleManifest): ModuleChoice {
  const said = modules[manifest.name] ?? {
    on: manifest.offAtFirst !== true,
    asked: null,
    history: [],
  };
  return manifest.droppable ? said : { ...said, on: true };
}

/** Whether the agreement wants the care service's word before the module is dropped. */
export function needsCare(module: string, { plan }: Pick<Surroundings, "plan">): boolean {
  const confirmed: readonly string[] = plan.agreement.confirms ?? [];
  return confirmed.includes(module);
}

/** What became of a wish, at the head of the history: in the place of its question. */
export function withEntry(
  history: readonly ChoiceView[],
  entry: ChoiceView,
): readonly ChoiceView[] {
  const settled = history.filter(({ state }) => state !== "asked");
  const [newest, ...older] = settled;
  const isRepeat = newest !== undefined && entry.state === "refused" && isSame(newest, entry);
  return [entry, ...(isRepeat ? older : settled)].slice(0, livingMax.history);
}

function isSame(one: ChoiceView, other: ChoiceView): boolean {
  return (
    one.on === other.on &&
    one.state === other.state &&
    one.by === other.by &&
    one.note === other.note
  );
}

/** Writes down a choice about a module. */
export function put(turn: ChoicesTurn, module: string, choice: ModuleChoice): void {
  turn.state = { ...turn.state, modules: { ...turn.state.modules, [module]: choice } };
}

/** All choices as they stand, for the care service: once for each step that asks for it. */
function told(turn: ChoicesTurn): void {
  const { state, manifests } = turn;
  const nth = state.nth + 1;
  const dropped = manifests.filter((one) => !choiceOf(state, one).on).map(({ name }) => name);
  const pausedUntil_at_ms = state.pausedUntil;
  turn.state = { ...state, nth };
  turn.effects.push({
    kind: "tell-peer-living",
    body: { kind: "choices", nth, dropped, pausedUntil_at_ms },
  });
}

/** Ends the step. */
export function endTurn(turn: ChoicesTurn): Step<ChoicesState> {
  if (turn.tells) told(turn);
  const because = turn.why.length > 0 ? { because: turn.why.join("; ") } : {};
  return { state: turn.state, effects: turn.effects, emits: turn.emits, ...because };
}
