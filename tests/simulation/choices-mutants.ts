/** The engine of a home with one sentence about choices, pause or daily sign broken on purpose. */
import type { LivingUp } from "../../protocol/living.ts";
import { minutes } from "../../protocol/time.ts";
import type { Effect } from "../../rules/effects.ts";
import { stepEngine } from "../../rules/engine.ts";
import { homeMachines } from "../../rules/index.ts";
import { type Machine, type Step, unchanged } from "../../rules/machine.ts";
import type { ChoicesState } from "../../rules/machines/choices-state.ts";
import type { DailySignState } from "../../rules/machines/daily-sign-state.ts";
import { type Engine, realEngine } from "./choices.ts";
import { altered, misled } from "./mutants.ts";

const { choices, dailySign, stoveGuard, emergencyCall, hazard, escalation } = homeMachines;

interface BrokenEngine {
  readonly breaks: string;
  readonly engine: Engine;
}

const withChoices = (machine: Machine<ChoicesState>): Engine => ({
  ...realEngine,
  machines: { ...homeMachines, choices: machine },
});

const withSign = (machine: Machine<DailySignState>): Engine => ({
  ...realEngine,
  machines: { ...homeMachines, dailySign: machine },
});

const withoutFacts = <State>(step: Step<State>, kind: string): Step<State> => ({
  ...step,
  emits: step.emits.filter((fact) => fact.kind !== kind),
});

/** What was chosen is not said again after a start. */
const forgetful = altered(choices, (step, { event }) =>
  event.kind === "gateway-started" ? withoutFacts(step, "module-switched") : step,
);

/** What the care service may have lost is not told again. */
const withoutWords = (kind: LivingUp["kind"]): Machine<ChoicesState> =>
  altered(choices, (step, { event }) => {
    if (event.kind !== "gateway-started" && event.kind !== "peer-back") return step;
    const isSuch = (one: Effect): boolean =>
      one.kind === "tell-peer-living" && one.body.kind === kind;
    return { ...step, effects: step.effects.filter((one) => !isSuch(one)) };
  });

/** A machine that keeps something beside its memory. */
function remembering(): Machine<ChoicesState> {
  let heard = 0;
  return altered(choices, (step) => {
    heard += 1;
    return { ...step, because: `the event ${heard} that was heard` };
  });
}

/** The engine believes a memory by which this machine was dropped. */
const loose = <State>(name: string, machine: Machine<State>): Engine => ({
  ...realEngine,
  machines: {
    ...homeMachines,
    choices: forgetful,
    [name]: { ...machine, manifest: { ...machine.manifest, droppable: true } },
  },
});

export const choicesMutants: readonly BrokenEngine[] = [
  {
    breaks: "a pause ends by itself",
    engine: withChoices({
      ...choices,
      step: (state, event, around) =>
        event.kind === "deadline-reached" ? unchanged(state) : choices.step(state, event, around),
      wakeAt: () => undefined,
    }),
  },
  {
    breaks: "a pause lasts three days at most",
    engine: withChoices(
      altered(choices, (step, { event }) => {
        if (event.kind !== "pause-said" || event.minutes === 0) return step;
        const pausedUntil = (event.at + minutes(event.minutes)) as typeof event.at;
        return { ...step, state: { ...step.state, pausedUntil } };
      }),
    ),
  },
  {
    breaks: "a gap that nobody knows ends a pause",
    engine: withChoices(
      misled(choices, (taken) =>
        taken.event.kind === "gateway-started"
          ? { ...taken, event: { ...taken.event, gapMs: taken.event.gapMs ?? 0 } }
          : taken,
      ),
    ),
  },
  {
    breaks: "the end of a pause is said",
    engine: withChoices(
      altered(choices, (step) => ({
        ...step,
        effects: step.effects.filter((one) => one.kind !== "announce" || one.key !== "pause-ended"),
      })),
    ),
  },
  {
    breaks: "what the agreement confirms waits for the care service",
    engine: withChoices(
      misled(choices, (taken) => {
        const { plan } = taken.around;
        const agreement = { ...plan.agreement, confirms: [] };
        return { ...taken, around: { ...taken.around, plan: { ...plan, agreement } } };
      }),
    ),
  },
  {
    breaks: "an answer is an answer to one wish",
    engine: withChoices(
      misled(choices, (taken) => {
        const { before, event } = taken;
        const [wish] = Object.values(before.modules).flatMap(({ asked }) => asked ?? []);
        if (event.kind !== "module-answered" || wish === undefined) return taken;
        return { ...taken, event: { ...event, ask: wish.ask } };
      }),
    ),
  },
  {
    breaks: "a no is a no",
    engine: withChoices(
      misled(choices, (taken) =>
        taken.event.kind === "module-answered"
          ? { ...taken, event: { ...taken.event, granted: true } }
          : taken,
      ),
    ),
  },
  {
    breaks: "the choices ask whether a module is held",
    engine: withChoices(
      misled(choices, (taken) => {
        const modules = { ...taken.around.modules, heldBy: () => undefined };
        return { ...taken, around: { ...taken.around, modules } };
      }),
    ),
  },
  {
    breaks: "a wish that stands is not asked again",
    engine: withChoices(
      misled(choices, (taken) => {
        const { event, before } = taken;
        if (event.kind !== "module-choice-said" || event.on) return taken;
        const modules = Object.entries(before.modules).map(([name, one]) => [
          name,
          { ...one, asked: null },
        ]);
        return { ...taken, before: { ...before, modules: Object.fromEntries(modules) } };
      }),
    ),
  },
  {
    breaks: "after a start the engine runs what was chosen",
    engine: withChoices(forgetful),
  },
  {
    breaks: "the care service hears each choice",
    engine: withChoices(
      altered(choices, (step, { event }) =>
        event.kind === "gateway-started"
          ? step
          : { ...step, effects: step.effects.filter(({ kind }) => kind !== "tell-peer-living") },
      ),
    ),
  },
  {
    breaks: "after a start the care service hears the choices anew",
    engine: withChoices(withoutWords("choices")),
  },
  {
    breaks: "a wish that nobody answered is told again",
    engine: withChoices(withoutWords("module-wish")),
  },
  {
    breaks: "what is told of the choices is counted",
    engine: withChoices(
      altered(choices, (step) => ({ ...step, state: { ...step.state, nth: 0 } })),
    ),
  },
  {
    breaks: "a guard that holds a cut cannot be dropped",
    engine: {
      ...realEngine,
      machines: {
        ...homeMachines,
        stoveGuard: {
          ...stoveGuard,
          dropping: { ...stoveGuard.dropping, heldBy: () => undefined },
        } as typeof stoveGuard,
      },
    },
  },
  { breaks: "the emergency call is no choice", engine: loose("emergencyCall", emergencyCall) },
  { breaks: "the hazard alarm is no choice", engine: loose("hazard", hazard) },
  { breaks: "the way to people is no choice", engine: loose("escalation", escalation) },
  { breaks: "a rule knows nothing but its memory", engine: withChoices(remembering()) },
  {
    breaks: "a memory is never written into",
    engine: withSign(
      misled(dailySign, (taken) => {
        Object.assign(taken.before, { wake: taken.event.at });
        return taken;
      }),
    ),
  },
  {
    breaks: "what is dropped is not run",
    engine: {
      ...realEngine,
      step: (machines, plan, { switched, ...rest }, event) => {
        const step = stepEngine(machines, plan, rest, event);
        const said = { ...switched, ...step.state.switched };
        return { ...step, state: { ...step.state, switched: said } };
      },
    },
  },
  {
    breaks: "what is added is run",
    engine: {
      ...realEngine,
      step: (machines, plan, state, event) => {
        const step = stepEngine(machines, plan, state, event);
        const { switched } = state;
        return switched === undefined ? step : { ...step, state: { ...step.state, switched } };
      },
    },
  },
  {
    breaks: "nothing is asked in a pause",
    engine: withSign(
      misled(dailySign, (taken) =>
        taken.event.kind === "pause-switched"
          ? { ...taken, event: { ...taken.event, until: null } }
          : taken,
      ),
    ),
  },
  {
    breaks: "who says that all is well is believed",
    engine: withSign(
      altered(dailySign, (step, { before, event }) =>
        event.kind === "wellbeing-said" ? unchanged(before) : step,
      ),
    ),
  },
  {
    breaks: "who is asked has half an hour",
    engine: withSign(
      altered(dailySign, (step, { event }) => {
        const { question } = step.state;
        if (question === null) return step;
        const soon = { ...question, alarmAt: (event.at + minutes(15)) as typeof event.at };
        return { ...step, state: { ...step.state, question: soon } };
      }),
    ),
  },
  {
    breaks: "a day that is over is over",
    engine: withSign(
      misled(dailySign, (taken) => ({ ...taken, before: { ...taken.before, settled: [] } })),
    ),
  },
  {
    breaks: "while somebody is called nobody is asked",
    engine: withSign(
      misled(dailySign, (taken) =>
        taken.event.kind === "alarm-closed" && taken.before.alarmId !== null
          ? { ...taken, event: { ...taken.event, alarmId: taken.before.alarmId } }
          : taken,
      ),
    ),
  },
  {
    breaks: "a question outlives a start",
    engine: withSign(
      misled(dailySign, (taken) =>
        taken.event.kind === "gateway-started"
          ? { ...taken, before: { ...taken.before, question: null } }
          : taken,
      ),
    ),
  },
  {
    breaks: "a pause takes the question back",
    engine: withSign(
      altered(dailySign, (step, { before, event }) =>
        event.kind === "pause-switched"
          ? { ...step, state: { ...step.state, question: before.question } }
          : step,
      ),
    ),
  },
  {
    breaks: "who has not answered is asked again",
    engine: withSign(
      altered(dailySign, (step) => {
        const { question } = step.state;
        if (question === null) return step;
        return {
          ...step,
          state: { ...step.state, question: { ...question, againAt: question.alarmAt } },
        };
      }),
    ),
  },
  {
    breaks: "a call that was missed says that it is late",
    engine: withSign(
      misled(dailySign, (taken) => {
        const { question } = taken.before;
        if (question === null || taken.event.at <= question.alarmAt) return taken;
        const before = { ...taken.before, question: { ...question, alarmAt: taken.event.at } };
        return { ...taken, before };
      }),
    ),
  },
  {
    breaks: "who cannot know the hour says that it is blind",
    engine: withSign(
      altered(dailySign, (step) => ({
        ...step,
        state: { ...step.state, blind: false },
        effects: step.effects.filter(({ kind }) => kind !== "tell-peer-fault"),
      })),
    ),
  },
  {
    breaks: "a module that is dropped is not blind",
    engine: withSign({
      ...dailySign,
      dropping: {
        ...dailySign.dropping,
        leave: (state, around) => ({
          ...dailySign.dropping?.leave(state, around),
          effects: [],
        }),
      },
    } as Machine<DailySignState>),
  },
  {
    breaks: "somebody is called when no word comes",
    engine: withSign(altered(dailySign, (step) => withoutFacts(step, "alarm-raised"))),
  },
  {
    breaks: "the question is put in time",
    engine: withSign({ ...dailySign, wakeAt: () => undefined }),
  },
  {
    breaks: "nobody is asked while nobody knows the hour",
    engine: withSign(
      misled(dailySign, (taken) => {
        const { event, around } = taken;
        const local = around.local ?? { weekday: 1, minute: 620 };
        const known = event.kind === "gateway-started" ? { ...event, gapMs: 0 } : event;
        return { ...taken, event: known, around: { ...around, local } };
      }),
    ),
  },
  {
    breaks: "a module that is only run again has said nothing",
    engine: withSign(
      misled(dailySign, (taken) =>
        taken.event.kind === "module-switched"
          ? { ...taken, before: { ...taken.before, saidAt: taken.event.at } }
          : taken,
      ),
    ),
  },
];
