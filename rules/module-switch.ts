/**
 * Which machines are run. A module that the resident dropped is not: it decides nothing and asks
 * for nothing. What nobody may drop is run whatever a memory says of it, and so is what may not
 * stop in the middle, such as the guard of a stove that is cut (invariants 3 and 7).
 */
import { oncePer } from "../protocol/once.ts";
import { type Machine, type ModuleManifest, type Modules, unchanged } from "./machine.ts";

/** What the resident said of modules, by name; of the others nothing was said. */
export type Switched = Readonly<Record<string, boolean>>;

type Machines = Readonly<Record<string, Machine<unknown>>>;

/** Holds a machine whose memory cannot even say whether it may stop. */
const unclear = "unclear";

/** What a memory says of a module; believes nothing of it. */
function wordOf(switched: unknown, module: string): boolean | undefined {
  if (typeof switched !== "object" || switched === null) return undefined;
  const said = (switched as Readonly<Record<string, unknown>>)[module];
  return typeof said === "boolean" ? said : undefined;
}

/** Whether the resident has the module, by what the engine remembers. */
export function isChosen(manifest: ModuleManifest, switched: unknown): boolean {
  if (!manifest.droppable) return true;
  return wordOf(switched, manifest.name) ?? manifest.offAtFirst !== true;
}

/** What can be read of what an older version remembered, or of a memory that was damaged. */
export function adoptSwitched(switched: unknown, manifests: readonly ModuleManifest[]): Switched {
  const said = manifests.flatMap(({ name, droppable }) => {
    const word = droppable ? wordOf(switched, name) : undefined;
    return word === undefined ? [] : [[name, word] as const];
  });
  return Object.fromEntries(said);
}

/** Why the module cannot be dropped as its machine stands, in one word; undefined when it can. */
export function heldBy(machine: Machine<unknown>, memory: unknown): string | undefined {
  try {
    return machine.dropping?.heldBy(memory);
  } catch {
    return unclear;
  }
}

/** The module of each machine. */
export const manifestsOf = (machines: Machines): readonly ModuleManifest[] =>
  Object.values(machines).map(({ manifest }) => manifest);

/** Whether the machine takes events. */
export function isRun(machine: Machine<unknown>, memory: unknown, switched: unknown): boolean {
  return isChosen(machine.manifest, switched) || heldBy(machine, memory) !== undefined;
}

/** The machine of a module that can be dropped. */
export function droppableIn(
  machines: Machines,
  module: string,
): readonly [string, Machine<unknown>] | undefined {
  return Object.entries(machines).find(
    ([, { manifest }]) => manifest.droppable && manifest.name === module,
  );
}

/** A dropped machine: it does nothing, whatever it hears. Undefined for one that is not told. */
export const atRest = oncePer((machine: Machine<unknown>): Machine<unknown> | undefined => {
  const { dropping } = machine;
  if (dropping === undefined) return undefined;
  return {
    ...machine,
    step: (state, event, around) => unchanged(dropping.aside(state, event, around)),
    wakeAt: () => undefined,
  };
});

/** How a machine goes, or comes back, and whether that takes effect. */
export function lastStep(
  machine: Machine<unknown>,
  memory: unknown,
  on: boolean,
): { readonly machine: Machine<unknown>; readonly takes: boolean } {
  const standing = (because: string): Machine<unknown> => ({
    ...machine,
    step: (state) => ({ ...unchanged(state), because }),
  });
  if (on) return { machine: standing("added: it is run from here on"), takes: true };
  const held = heldBy(machine, memory);
  if (held !== undefined) return { machine: standing(`cannot be dropped: ${held}`), takes: false };
  const leaving: Machine<unknown> = {
    ...machine,
    step: (state, _, around) => ({
      ...(machine.dropping?.leave(state, around) ?? unchanged(machine.initial(around.plan))),
      because: "dropped: it is not run from here on",
    }),
  };
  return { machine: leaving, takes: true };
}

/** The names of the machines, by those of their modules. */
const namesOf = oncePer((machines: Machines): ReadonlyMap<string, string> => {
  const all = Object.entries(machines);
  return new Map(all.map(([name, { manifest }]) => [manifest.name, name] as const));
});

/** The modules as a machine may ask for them. */
export function modulesOf(
  machines: Machines,
  memories: Readonly<Record<string, unknown>>,
  switched: unknown,
): Modules {
  return {
    isOn: (module) => {
      const name = namesOf(machines).get(module);
      const machine = name && machines[name];
      return !machine || isRun(machine, memories[name], switched);
    },
    heldBy: (module) => {
      const name = namesOf(machines).get(module);
      const machine = name && machines[name];
      return machine ? heldBy(machine, memories[name]) : undefined;
    },
  };
}
