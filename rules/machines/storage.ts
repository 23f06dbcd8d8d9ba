/**
 * The home's memory. A disk that takes nothing does not stop the call for help, but what is said
 * then rests on nothing that survives a power cut: a person must know, and mend it.
 */
import type { Fault } from "../events.ts";
import { type Machine, type ModuleManifest, type Step, unchanged } from "../machine.ts";

/** Whether the disk was last said to take nothing. */
export interface StorageState {
  readonly lost: boolean;
}

const manifest: ModuleManifest = {
  name: "storage",
  title: { de: "Gedächtnis der Wohnung", en: "Memory of the home" },
  basis: true,
  told: {
    de: "Der Techniker erfährt, wenn der Speicher streikt.",
    en: "The technician learns when the storage fails.",
  },
  benefit: {
    de: "Behält, was geschehen und versprochen ist, auch über einen Stromausfall hinweg.",
    en: "Remembers what happened and what was promised, over a power cut as well.",
  },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: ["installer"],
  droppable: false,
};

const fault: Fault = { subject: "storage", what: "not-storing", blind: [manifest.name] };

/** The faults in force. */
export function storageFaults({ lost }: StorageState): readonly Fault[] {
  return lost ? [fault] : [];
}

function told(lost: boolean, because: string): Step<StorageState> {
  const words = {
    module: manifest.name,
    sight: lost ? "none" : "all",
    what: fault.what,
    device: fault.subject,
  };
  return {
    state: { lost },
    effects: [
      { kind: "tell-peer-fault", fault, cleared: !lost },
      { kind: "announce", key: "module-blind", words },
    ],
    emits: [{ kind: lost ? "fault-found" : "fault-cleared", fault }],
    because,
  };
}

/** The memory of a home. */
export const storage: Machine<StorageState> = {
  manifest,
  initial: () => ({ lost: false }),
  step(state, event) {
    switch (event.kind) {
      case "storage-lost":
        return state.lost ? unchanged(state) : told(true, `nothing is stored: ${event.cause}`);
      case "storage-ready":
        return state.lost ? told(false, "the disk takes entries again") : unchanged(state);
      default:
        return unchanged(state);
    }
  },
  wakeAt: () => undefined,
};
