/** The care service's watch on a home with one rule broken on purpose. */
import { instant } from "../../protocol/time.ts";
import type { Machine } from "../../rules/machine.ts";
import { type HomeLinkState, homeLink } from "../../rules/machines/home-link.ts";
import { altered, type Mutant, misled } from "./mutants.ts";

/** The memory after these events is otherwise. */
const remembers = (
  kind: string,
  change: (after: HomeLinkState, before: HomeLinkState) => Partial<HomeLinkState>,
): Machine<HomeLinkState> =>
  altered(homeLink, (step, { before, event }) =>
    event.kind === kind
      ? { ...step, state: { ...step.state, ...change(step.state, before) } }
      : step,
  );

export const homeLinkMutants: readonly Mutant<HomeLinkState>[] = [
  {
    breaks: "who slept has heard nobody, and listens anew",
    machine: misled(homeLink, (taken) => {
      const due = homeLink.wakeAt(taken.before);
      if (taken.event.kind !== "deadline-reached" || due === undefined) return taken;
      return { ...taken, around: { ...taken.around, now: due } };
    }),
  },
  {
    breaks: "a silent home is an alarm",
    machine: altered(homeLink, (step) => ({
      ...step,
      emits: step.emits.filter(({ kind }) => kind !== "alarm-raised"),
    })),
  },
  {
    breaks: "a closed alarm comes again while the home is silent",
    machine: remembers("alarm-closed", () => ({ alarmAt: null })),
  },
  {
    breaks: "a closing rests the alarm for a while",
    machine: remembers("alarm-closed", (_, { lateAt }) => ({ alarmAt: instant(lateAt ?? 0) })),
  },
  {
    breaks: "one silence is one alarm over a restart",
    machine: remembers("gateway-started", () => ({ alarm: null })),
  },
  {
    breaks: "a goodbye excuses no silence",
    machine: altered(homeLink, (step) =>
      step.state.leaving === null ? step : { ...step, state: { ...step.state, alarmAt: null } },
    ),
  },
  {
    breaks: "maintenance is no alarm",
    machine: remembers("maintenance-told", (_, before) => before),
  },
  {
    breaks: "maintenance ends when people said that it does",
    machine: remembers("maintenance-told", ({ maintenanceUntil, alarmAt }) => ({
      maintenanceUntil: maintenanceUntil === null ? null : instant(maintenanceUntil * 2),
      alarmAt: alarmAt === null || maintenanceUntil === null ? alarmAt : instant(alarmAt * 2),
    })),
  },
  {
    breaks: "a word ends silence",
    machine: remembers("peer-heard", (_, before) => before),
  },
  {
    breaks: "who was heard is shown so only for a while",
    machine: altered(homeLink, (step) =>
      step.state.peer === "late" ? { ...step, state: { ...step.state, peer: "reachable" } } : step,
    ),
  },
];
