/** The hazard rule with one of its sentences broken on purpose. */
import type { Machine, Step } from "../../rules/machine.ts";
import { type HazardState, hazard } from "../../rules/machines/hazard.ts";
import { altered, type Mutant, misled } from "./mutants.ts";

type Detector = HazardState["detectors"][string];
type Hazard = Machine<HazardState>;

function eachDetector(
  state: HazardState,
  change: (one: Detector, key: string) => Detector,
): HazardState {
  const detectors = Object.entries(state.detectors).map(([key, one]) => [key, change(one, key)]);
  return { ...state, detectors: Object.fromEntries(detectors) };
}

/** What a detector said last is believed on, whatever this event may have swallowed. */
const believesOn = (kind: "gateway-started" | "radio-ready"): Hazard =>
  altered(hazard, (step, { before, event }) => {
    if (event.kind !== kind) return step;
    const known = (key: string): Detector["presentAt"] => before.detectors[key]?.presentAt ?? null;
    const state = eachDetector(step.state, (one, key) => ({ ...one, presentAt: known(key) }));
    return { ...step, state };
  });

const withoutFacts = (
  step: Step<HazardState>,
  isKept: (fact: Step<HazardState>["emits"][number]) => boolean,
): Step<HazardState> => ({ ...step, emits: step.emits.filter(isKept) });

export const hazardMutants: readonly Mutant<HazardState>[] = [
  { breaks: "a restart may have swallowed an end", machine: believesOn("gateway-started") },
  { breaks: "an outage may have swallowed an end", machine: believesOn("radio-ready") },
  {
    breaks: "minutes without a word may have swallowed an end",
    machine: misled(hazard, (taken) => ({
      ...taken,
      before: eachDetector(taken.before, (one) =>
        one.presentAt === null ? one : { ...one, presentAt: taken.event.at },
      ),
    })),
  },
  {
    breaks: "danger that comes back is a cry for the open alarm",
    machine: altered(hazard, (step) => withoutFacts(step, (fact) => fact.kind !== "alarm-noted")),
  },
  {
    breaks: "danger that goes on after a closing is an alarm again",
    machine: altered(hazard, (step, { event }) =>
      event.kind === "alarm-closed"
        ? { ...step, state: eachDetector(step.state, (one) => ({ ...one, againAt: null })) }
        : step,
    ),
  },
  {
    breaks: "only a person ends an alarm",
    machine: altered(hazard, (step, { event }) =>
      event.kind === "hazard-sensed" && !event.present
        ? { ...step, state: eachDetector(step.state, (one) => ({ ...one, alarmId: null })) }
        : step,
    ),
  },
  {
    breaks: "a word said again is the same danger",
    machine: misled(hazard, (taken) => ({
      ...taken,
      before: eachDetector(taken.before, (one) => ({ ...one, presentAt: null })),
    })),
  },
  {
    breaks: "the siren is as it should be after a start",
    machine: altered(hazard, (step, { event }) =>
      event.kind === "gateway-started" ? { ...step, effects: [] } : step,
    ),
  },
  {
    breaks: "an alarm that outlived a closing keeps its siren",
    machine: altered(hazard, (step, { before, event }) =>
      event.kind === "alarm-raised" ? { ...step, state: before, effects: [] } : step,
    ),
  },
  {
    breaks: "each detector has its own alarm",
    machine: altered(hazard, (step, { before }) => {
      const isOpen = Object.values(before.detectors).some(({ alarmId }) => alarmId !== null);
      return withoutFacts(step, (fact) => fact.kind !== "alarm-raised" || !isOpen);
    }),
  },
];
