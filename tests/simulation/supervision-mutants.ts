/** Supervision with one rule broken on purpose. */
import { instant } from "../../protocol/time.ts";
import { homeMachines } from "../../rules/index.ts";
import type { Machine, Step } from "../../rules/machine.ts";
import type { SupervisionState, Watched } from "../../rules/machines/supervision-state.ts";
import { altered, type Mutant, misled } from "./mutants.ts";

type Supervision = Machine<SupervisionState>;
const { supervision } = homeMachines;

function eachWatched(
  step: Step<SupervisionState>,
  change: (watched: Watched) => Watched,
): Step<SupervisionState> {
  const devices = Object.entries(step.state.devices).map(([id, one]) => [id, change(one)]);
  return { ...step, state: { ...step.state, devices: Object.fromEntries(devices) } };
}

/** Every wait begins anew with this event. */
const waitsAnewOn = (kind: "gateway-started" | "radio-ready"): Supervision =>
  altered(supervision, (step, { event }) =>
    event.kind === kind ? eachWatched(step, (one) => ({ ...one, heardAt: event.at })) : step,
  );

/** A deadline that passes while another event is handled is neither judged nor kept. */
const judgesOnDeadlinesOnly: Supervision = altered(supervision, (step, { before, event }) => {
  if (event.kind === "deadline-reached" || event.kind === "gateway-started") return step;
  const isOld = (subject: string): boolean =>
    before.faults.some((fault) => fault.subject === subject && fault.what === "silent");
  const faults = step.state.faults.filter(
    ({ subject, what }) => what !== "silent" || isOld(subject),
  );
  const emits = step.emits.filter(
    (fact) => fact.kind !== "fault-found" || fact.fault.what !== "silent",
  );
  return { ...step, state: { ...step.state, faults }, emits };
});

const raisesNo = (reason: string): Supervision =>
  altered(supervision, (step) => ({
    ...step,
    emits: step.emits.filter(
      (fact) => fact.kind !== "alarm-raised" || fact.alarm.reason !== reason,
    ),
  }));

export const supervisionMutants: readonly Mutant<SupervisionState>[] = [
  { breaks: "a restart is no silence", machine: waitsAnewOn("gateway-started") },
  { breaks: "a reconnect is no silence", machine: waitsAnewOn("radio-ready") },
  { breaks: "what passes meanwhile is judged", machine: judgesOnDeadlinesOnly },
  { breaks: "a lost radio calls people", machine: raisesNo("radio-lost") },
  { breaks: "a silent button calls people", machine: raisesNo("sos-button-silent") },
  {
    breaks: "a closed alarm whose cause stays comes again",
    machine: altered(supervision, (step, { event }) => {
      if (event.kind !== "alarm-closed") return step;
      const alarms = Object.entries(step.state.alarms).map(([key, one]) => [
        key,
        { ...one, againAt: null },
      ]);
      return { ...step, state: { ...step.state, alarms: Object.fromEntries(alarms) } };
    }),
  },
  {
    breaks: "one alarm for each cause until a person closes it",
    machine: altered(supervision, (step, { event }) =>
      event.kind === "gateway-started" ? { ...step, state: { ...step.state, alarms: {} } } : step,
    ),
  },
  {
    breaks: "a wire is heard without the radio",
    machine: misled(supervision, (taken) => {
      const { plan } = taken.around;
      const devices = plan.devices.map((device) => ({ ...device, byRadio: true }));
      return { ...taken, around: { ...taken.around, plan: { ...plan, devices } } };
    }),
  },
  {
    breaks: "more time is given three times and no more",
    machine: altered(supervision, (step) => eachWatched(step, (one) => ({ ...one, spared: 0 }))),
  },
  {
    breaks: "a word ends silence",
    machine: altered(supervision, (step, { before }) => {
      const lost = before.faults.filter(
        (fault) => fault.what === "silent" && !step.state.faults.includes(fault),
      );
      return { ...step, state: { ...step.state, faults: [...step.state.faults, ...lost] } };
    }),
  },
  {
    breaks: "every deadline is kept",
    machine: altered(supervision, (step, { event }) => {
      const { wake } = step.state;
      const late = wake === null ? null : instant(wake + 30_000);
      return event.kind === "device-heard"
        ? { ...step, state: { ...step.state, wake: late } }
        : step;
    }),
  },
];
