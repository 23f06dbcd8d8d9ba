/** The memory of the rules, as a later version takes it up. */
import type { HomePlan } from "../protocol/home.ts";
import { type EngineState, initialState, type MachineList } from "./engine.ts";
import { adoptSwitched, manifestsOf } from "./module-switch.ts";

function isRecord(memory: unknown): memory is Readonly<Record<string, unknown>> {
  return typeof memory === "object" && memory !== null && !Array.isArray(memory);
}

/** What an older version of a machine did not remember begins at its beginning. */
function completed(old: unknown, fresh: unknown): unknown {
  if (!isRecord(old) || !isRecord(fresh)) return old ?? fresh;
  const isNew = ([name]: readonly [string, unknown]): boolean => !Object.hasOwn(old, name);
  return { ...old, ...Object.fromEntries(Object.entries(fresh).filter(isNew)) };
}

/**
 * A state for this machine list from one that an older version wrote: a machine that is new starts
 * at its beginning, and so does what is new in one; one that is gone is forgotten.
 */
export function adoptState(machines: MachineList, plan: HomePlan, old: EngineState): EngineState {
  const fresh = initialState(machines, plan);
  const states: Record<string, unknown> = {};
  for (const name of Object.keys(machines)) {
    states[name] = completed(old.machines[name], fresh.machines[name]);
  }
  const { switched: said, ...rest } = old;
  const switched = adoptSwitched(said, manifestsOf(machines));
  const isSaid = Object.keys(switched).length > 0;
  return { ...rest, machines: states, ...(isSaid ? { switched } : {}) };
}
