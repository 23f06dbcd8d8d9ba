/** The emergency call and escalation with one rule broken on purpose. */
import { after, hours, seconds } from "../../protocol/time.ts";
import type { Machine, Step } from "../../rules/machine.ts";
import { unchanged } from "../../rules/machine.ts";
import { careLink } from "../../rules/machines/care-link.ts";
import { type CallState, emergencyCall } from "../../rules/machines/emergency-call.ts";
import { careEscalation, homeEscalation } from "../../rules/machines/escalation.ts";
import type { EscalationState, OpenAlarm } from "../../rules/machines/escalation-state.ts";
import { type Machines, realMachines } from "./custody-model.ts";
import { altered, misled } from "./mutants.ts";

type Call = Machine<CallState>;
type Escalation = Machine<EscalationState>;

export interface CustodyMutant {
  readonly breaks: string;
  readonly machines: Machines;
}

const withCall = (breaks: string, machine: Call): CustodyMutant => ({
  breaks,
  machines: {
    home: { emergencyCall: machine, escalation: homeEscalation, careLink },
    care: { escalation: careEscalation },
  },
});

/** The same fault on both sides. */
const withEscalation = (
  breaks: string,
  broken: (machine: Escalation) => Escalation,
): CustodyMutant => ({
  breaks,
  machines: {
    home: { emergencyCall, escalation: broken(homeEscalation), careLink },
    care: { escalation: broken(careEscalation) },
  },
});

const atCareOnly = (breaks: string, machine: Escalation): CustodyMutant => ({
  breaks,
  machines: { ...realMachines, care: { escalation: machine } },
});

const eachOpen = (
  step: Step<EscalationState>,
  change: (open: OpenAlarm) => OpenAlarm,
): Step<EscalationState> => ({
  ...step,
  state: { ...step.state, open: step.state.open.map(change) },
});

/** A machine that never hears of what this fits. */
const deafTo = <State>(machine: Machine<State>, isUnheard: (kind: string) => boolean) =>
  altered(machine, (step, { before, event }) => (isUnheard(event.kind) ? unchanged(before) : step));

/** Faults that whole days must show. */
export const emergencyMutants: readonly CustodyMutant[] = [
  withCall(
    "a press beside an open call is passed on",
    altered(emergencyCall, (step, { event }) =>
      event.kind === "button-pressed"
        ? { ...step, emits: step.emits.filter(({ kind }) => kind !== "alarm-noted") }
        : step,
    ),
  ),
  withCall(
    "a second press never cancels",
    altered(emergencyCall, (step, { before, event }) =>
      event.kind === "button-pressed" && before.call !== null
        ? { ...unchanged({ ...before, call: null }), effects: step.effects }
        : step,
    ),
  ),
  withCall(
    "what is said is said again",
    altered(emergencyCall, (step, { event }) =>
      event.kind === "deadline-reached" ? { ...step, effects: [] } : step,
    ),
  ),
  withCall(
    "lamp and sentence come back with a start",
    deafTo(emergencyCall, (kind) => kind === "gateway-started"),
  ),
  withCall(
    "who withdrew is named no longer",
    misled(emergencyCall, (taken) => {
      const { before, event } = taken;
      if (event.kind !== "alarm-stands" || event.coming.length > 0) return taken;
      return { ...taken, event: { ...event, coming: before.call?.coming ?? [] } };
    }),
  ),
  withCall(
    "a promise ends with its time",
    altered(emergencyCall, (step, { around }) => {
      const { call } = step.state;
      if (call === null) return step;
      const coming = call.coming.map((one) => ({ ...one, until: after(around.now, hours(9)) }));
      return { ...step, state: { ...step.state, call: { ...call, coming } } };
    }),
  ),
  withCall(
    "custody is nobody's coming",
    misled(emergencyCall, (taken) => {
      const { event, around } = taken;
      if (event.kind !== "alarm-stands" || event.holder === "self") return taken;
      const coming = [{ id: "anna", name: "Anna", until: after(around.now, hours(1)) }];
      return { ...taken, event: { ...event, coming } };
    }),
  ),
  withCall(
    "the lamp goes out with the closing",
    altered(emergencyCall, (step, { event }) =>
      event.kind === "alarm-closed"
        ? { ...step, effects: step.effects.filter(({ kind }) => kind !== "signal") }
        : step,
    ),
  ),
  withCall(
    "a cry that outlives its alarm is a call again",
    deafTo(emergencyCall, (kind) => kind === "alarm-raised"),
  ),
  withEscalation("a false alarm closes nothing", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "false-alarm-said"
        ? {
            ...step,
            state: {
              ...step.state,
              open: step.state.open.filter(({ alarm }) => alarm.id !== event.alarmId),
            },
          }
        : step,
    ),
  ),
  withEscalation("people know of a false alarm before it is called told", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "false-alarm-said"
        ? {
            ...step,
            effects: step.effects.map((effect) =>
              effect.kind === "announce" ? { ...effect, key: "false-alarm-told" } : effect,
            ),
          }
        : step,
    ),
  ),
  withEscalation("a false alarm is confirmed", (machine) =>
    deafTo(machine, (kind) => kind === "note-taken"),
  ),
  withEscalation("a false alarm does not outlive a new cry", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "alarm-noted" && event.note === "pressed-again"
        ? eachOpen(step, (open) => ({
            ...open,
            words: open.words.map((word) =>
              word.note === "false-alarm-said" ? { ...word, nth: word.nth + 100 } : word,
            ),
          }))
        : step,
    ),
  ),
  withEscalation("the chain goes on without end", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "deadline-reached"
        ? eachOpen(step, (open) => ({
            ...open,
            dueAt: (open.chain?.round ?? 0) > 0 ? null : open.dueAt,
          }))
        : step,
    ),
  ),
  withEscalation("a rest ends", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "alarm-accepted"
        ? eachOpen(step, (open) => ({
            ...open,
            dueAt: open.restUntil !== null && open.dueAt === open.restUntil ? null : open.dueAt,
          }))
        : step,
    ),
  ),
  withEscalation("who withdraws is not coming", (machine) =>
    deafTo(machine, (kind) => kind === "alarm-declined"),
  ),
  withEscalation("an older answer gives way to a younger one", (machine) =>
    misled(machine, (taken) => {
      const { event } = taken;
      const isAnswer = event.kind === "alarm-accepted" || event.kind === "alarm-declined";
      if (!isAnswer || event.from === "here") return taken;
      return { ...taken, event: { ...event, nth: event.nth + event.at } };
    }),
  ),
  withEscalation("nobody is said to come after an unknown gap", (machine) =>
    misled(machine, (taken) =>
      taken.event.kind === "gateway-started"
        ? { ...taken, event: { ...taken.event, gapMs: 0 } }
        : taken,
    ),
  ),
  withEscalation("a lost peer's alarms come back", (machine) =>
    deafTo(machine, (kind) => kind === "peer-lost"),
  ),
  withEscalation("custody is offered until it is taken", (machine) =>
    deafTo(machine, (kind) => kind === "peer-back" || kind === "peer-heard"),
  ),
  withEscalation("only a person ends an alarm", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "alarm-accepted"
        ? eachOpen(step, (open) => ({ ...open, dueAt: null, restUntil: null }))
        : step,
    ),
  ),
  atCareOnly(
    "the care service hears that it is pressed again",
    deafTo(careEscalation, (kind) => kind === "alarm-noted"),
  ),
  atCareOnly(
    "the care service tells people, whomever the home tells",
    altered(careEscalation, (step) => ({
      ...step,
      effects: step.effects.filter(({ kind }) => kind !== "tell-party"),
    })),
  ),
  withEscalation("the home hears who withdraws", (machine) =>
    altered(machine, (step) => ({
      ...step,
      effects: step.effects.filter(({ kind }) => kind !== "tell-peer-declined"),
    })),
  ),
  atCareOnly(
    "a chain whose messages reach nobody does not spin",
    altered(careEscalation, (step, { around }) =>
      eachOpen(step, (open) => ({
        ...open,
        deliverBy: open.deliverBy === null ? null : after(around.now, seconds(1)),
      })),
    ),
  ),
  withEscalation("a closing that did not hear a cry leaves it open", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "alarm-closed" ? { ...step, emits: [] } : step,
    ),
  ),
  withEscalation("a closing says only what it heard", (machine) =>
    misled(machine, (taken) => {
      const { before, event } = taken;
      if (event.kind !== "alarm-closed" || event.from === "here") return taken;
      const heard = before.open.flatMap(({ words }) => words.map(({ id }) => id));
      return { ...taken, event: { ...event, heard } };
    }),
  ),
];

/** Faults that need an order of things that days seldom have: exploration must find it. */
export const custodyMutants: readonly CustodyMutant[] = [
  withEscalation("custody is believed from a side that lives", (machine) =>
    misled(machine, (taken) =>
      taken.event.kind === "custody-taken"
        ? { ...taken, before: { ...taken.before, peerLost: false } }
        : taken,
    ),
  ),
  withEscalation("what two beats do not list is taken back", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "peer-heard" ? eachOpen(step, (open) => ({ ...open, unlisted: 0 })) : step,
    ),
  ),
  withEscalation("a withdrawal outweighs the acceptance that comes after it", (machine) =>
    misled(machine, (taken) => {
      const { before, event } = taken;
      if (event.kind !== "alarm-accepted" || event.from === "here") return taken;
      const open = before.open.map((one) => ({
        ...one,
        answers: one.answers.map((answer) => ({ ...answer, heard: 0 })),
      }));
      return { ...taken, before: { ...before, open } };
    }),
  ),
  withEscalation("what was answered before is told with custody", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "custody-offered" || event.kind === "custody-taken"
        ? { ...step, effects: step.effects.filter(({ kind }) => kind === "take-custody") }
        : step,
    ),
  ),
  withEscalation("a cry that crosses a closing is an alarm", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "alarm-closed" || event.kind === "alarm-noted"
        ? { ...step, emits: step.emits.filter(({ kind }) => kind !== "alarm-raised") }
        : step,
    ),
  ),
  withEscalation("notes are told again with custody", (machine) =>
    altered(machine, (step, { event }) =>
      event.kind === "custody-taken" || event.kind === "peer-heard"
        ? { ...step, effects: step.effects.filter(({ kind }) => kind !== "tell-peer-noted") }
        : step,
    ),
  ),
];
