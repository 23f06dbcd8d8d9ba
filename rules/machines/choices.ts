/**
 * What the resident has chosen: which modules are on, and a pause for visitors that ends by itself.
 * Adding is immediate. Dropping may want the care service's word; what cannot be dropped, or not
 * now, is refused aloud and stays in the history, so that nobody wonders what became of it.
 */
import { after, type Instant, instant, minutes } from "../../protocol/time.ts";
import type { ChoiceView } from "../../protocol/view.ts";
import type { LivingFact, PersonFact, RuleEvent } from "../events.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";
import { choicesManifest } from "./choices-manifest.ts";
import {
  type ChoicesState,
  type ChoicesTurn,
  choiceOf,
  endTurn,
  type ModuleChoice,
  needsCare,
  put,
  withEntry,
} from "./choices-state.ts";

type Said = Extract<PersonFact, { readonly kind: "module-choice-said" }>;
type Answered = Extract<LivingFact, { readonly kind: "module-answered" }>;

/** Ours: visitors who stay longer are no visitors; and a pause that is forgotten must end. */
export const pauseMinutesMax = 4_320;

/** Who refuses what the rules do not allow. */
const home = "home";

/** Why a module cannot be dropped, in one word; undefined when it can. */
function refusalOf({ around }: ChoicesTurn, manifest: ModuleManifest): string | undefined {
  if (!manifest.droppable) return "not-droppable";
  return around.modules.heldBy(manifest.name);
}

function findModule({ manifests }: ChoicesTurn, module: string): ModuleManifest | undefined {
  return manifests.find(({ name }) => name === module);
}

/** Who decided, and with which words. */
interface Ruling {
  readonly from: ChoiceView["from"];
  readonly by: string;
  readonly note: string;
}

const bySelf = (client: string): Ruling => ({ from: "resident", by: client, note: "" });
const byRules = (why: string): Ruling => ({ from: "home", by: home, note: why });

function switchTo(turn: ChoicesTurn, module: string, choice: ModuleChoice, ruling: Ruling): void {
  const on = !choice.on;
  const entry = { on, at: turn.around.now, state: "done", ...ruling } as const;
  put(turn, module, { on, asked: null, history: withEntry(choice.history, entry) });
  turn.emits.push({ kind: "module-switched", module, on });
  const key = on ? "module-added" : "module-dropped";
  turn.effects.push({ kind: "announce", key, words: { module } });
  turn.why.push(`${key}: ${module} by ${ruling.by}`);
  turn.tells = true;
}

function refuse(turn: ChoicesTurn, module: string, choice: ModuleChoice, ruling: Ruling): void {
  const { from, by, note } = ruling;
  const entry = { on: false, at: turn.around.now, state: "refused", ...ruling } as const;
  put(turn, module, { ...choice, asked: null, history: withEntry(choice.history, entry) });
  const words = { module, because: from === "home" ? note : "care", by, note };
  turn.effects.push({ kind: "announce", key: "module-refused", words });
  turn.why.push(`refused: ${module} stays, by ${by}`);
}

function tellWish({ effects }: ChoicesTurn, module: string, ask: string, on: boolean): void {
  effects.push({ kind: "tell-peer-living", body: { kind: "module-wish", ask, module, on } });
}

/** The care service is asked first. */
function askCare(turn: ChoicesTurn, module: string, choice: ModuleChoice, client: string): void {
  const { now, newId } = turn.around;
  const asked = { ask: newId(module), on: false, at: now };
  const entry = { on: false, at: now, state: "asked", ...bySelf(client) } as const;
  put(turn, module, { ...choice, asked, history: withEntry(choice.history, entry) });
  tellWish(turn, module, asked.ask, asked.on);
  turn.why.push(`asked the care service: ${module} by ${client}`);
}

/** The resident keeps a module after all; the care service learns that nobody asks any more. */
function keep(turn: ChoicesTurn, module: string, choice: ModuleChoice, client: string): void {
  const { asked } = choice;
  if (asked === null) return;
  const { now } = turn.around;
  const entry = { on: asked.on, at: now, state: "refused", ...bySelf(client) } as const;
  const history = withEntry(choice.history, entry);
  put(turn, module, { ...choice, asked: null, history });
  tellWish(turn, module, asked.ask, choice.on);
  turn.why.push(`kept after all: ${module} by ${client}`);
}

function chosen(turn: ChoicesTurn, { module, on, client }: Said): void {
  const manifest = findModule(turn, module);
  if (manifest === undefined) {
    const words = { module, because: "unknown", by: home, note: "" };
    turn.effects.push({ kind: "announce", key: "module-refused", words });
    turn.why.push("refused: there is no such module");
    return;
  }
  const choice = choiceOf(turn.state, manifest);
  if (on === choice.on) {
    keep(turn, module, choice, client);
    return;
  }
  // What is asked already is on its way.
  if (choice.asked !== null) return;
  const refusal = on ? undefined : refusalOf(turn, manifest);
  if (refusal !== undefined) refuse(turn, module, choice, byRules(refusal));
  else if (!on && needsCare(module, turn.around)) askCare(turn, module, choice, client);
  else switchTo(turn, module, choice, bySelf(client));
}

/** The care service's word on a wish that still stands; of any other it is a repeat. */
function answered(turn: ChoicesTurn, { ask, granted, by, note }: Answered): void {
  const manifest = turn.manifests.find(({ name }) => turn.state.modules[name]?.asked?.ask === ask);
  if (manifest === undefined) return;
  const { name } = manifest;
  const choice = choiceOf(turn.state, manifest);
  const refusal = granted ? refusalOf(turn, manifest) : undefined;
  const ruling = { from: "care", by: by.name, note } as const;
  if (refusal !== undefined) refuse(turn, name, choice, byRules(refusal));
  else if (granted) switchTo(turn, name, choice, ruling);
  else refuse(turn, name, choice, ruling);
}

function endPause(turn: ChoicesTurn, why: string): void {
  turn.state = { ...turn.state, pausedUntil: null };
  turn.emits.push({ kind: "pause-switched", until: null });
  turn.effects.push({ kind: "announce", key: "pause-ended", words: {} });
  turn.why.push(`the pause ended: ${why}`);
  turn.tells = true;
}

function pause(turn: ChoicesTurn, count: number, client: string): void {
  if (count <= 0) {
    if (turn.state.pausedUntil !== null) endPause(turn, `by ${client}`);
    return;
  }
  const length = Math.min(count, pauseMinutesMax);
  const until = after(turn.around.now, minutes(length));
  turn.state = { ...turn.state, pausedUntil: until };
  turn.emits.push({ kind: "pause-switched", until });
  const words = { minutes: String(length) };
  turn.effects.push({ kind: "announce", key: "pause-begun", words });
  turn.why.push(`a pause of ${length} min by ${client}`);
  turn.tells = true;
}

/**
 * Told again, for the outbox gives way under load, and routine first: how the choices stand, and
 * each wish that nobody has answered. Under its own id a wish is harmless a second time.
 */
function tellAgain(turn: ChoicesTurn): void {
  turn.tells = true;
  for (const manifest of turn.manifests) {
    const { asked } = choiceOf(turn.state, manifest);
    if (asked === null) continue;
    tellWish(turn, manifest.name, asked.ask, asked.on);
    turn.why.push(`not answered by the care service: ${manifest.name}`);
  }
}

function isOver(until: Instant | null, now: Instant): boolean {
  return until !== null && now >= until;
}

/** After a gap that nobody knows a pause has ended: watched too much is better than too little. */
function pauseAfterStart(turn: ChoicesTurn, gapMs: number | null): void {
  const { now } = turn.around;
  const { pausedUntil } = turn.state;
  if (pausedUntil === null) return;
  if (gapMs === null || isOver(pausedUntil, now)) {
    endPause(turn, "its time passed while the gateway was away");
    return;
  }
  const latest = after(now, minutes(pauseMinutesMax));
  const until = instant(Math.min(pausedUntil, latest));
  turn.state = { ...turn.state, pausedUntil: until };
  turn.emits.push({ kind: "pause-switched", until });
}

/**
 * After a start, on level: what the engine runs is what was chosen, modules that are gone are
 * forgotten, and the care service hears how it stands: what it had may be older than an update.
 */
function started(turn: ChoicesTurn, gapMs: number | null): void {
  const known = turn.manifests.flatMap(({ name }) => {
    const choice = turn.state.modules[name];
    return choice === undefined ? [] : [[name, choice] as const];
  });
  turn.state = { ...turn.state, modules: Object.fromEntries(known) };
  for (const manifest of turn.manifests) {
    const { on } = choiceOf(turn.state, manifest);
    if (turn.around.modules.isOn(manifest.name) === on) continue;
    turn.emits.push({ kind: "module-switched", module: manifest.name, on });
  }
  pauseAfterStart(turn, gapMs);
  tellAgain(turn);
}

/** Takes a fact in. False for a fact that says nothing to the choices. */
function hear(turn: ChoicesTurn, event: RuleEvent): boolean {
  switch (event.kind) {
    case "module-choice-said":
      chosen(turn, event);
      return true;
    case "module-answered":
      answered(turn, event);
      return true;
    case "pause-said":
      pause(turn, event.minutes, event.client);
      return true;
    case "deadline-reached":
      if (!isOver(turn.state.pausedUntil, turn.around.now)) return false;
      endPause(turn, "its time is over");
      return true;
    case "gateway-started":
      started(turn, event.gapMs);
      return true;
    case "peer-back":
      tellAgain(turn);
      return true;
    default:
      return false;
  }
}

/** The choices of a home whose modules these manifests describe. */
export function choicesFor(manifests: readonly ModuleManifest[]): Machine<ChoicesState> {
  return {
    manifest: choicesManifest,
    initial: () => ({ modules: {}, pausedUntil: null, nth: 0 }),
    step(state, event, around): Step<ChoicesState> {
      const turn = { state, manifests, around, effects: [], emits: [], why: [], tells: false };
      return hear(turn, event) ? endTurn(turn) : unchanged(state);
    },
    wakeAt: (state) => state.pausedUntil ?? undefined,
  };
}
