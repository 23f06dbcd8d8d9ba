/**
 * The product on one screen: which machines watch a home, and which watch many at the care service.
 */
import type { EngineState, MachineList } from "./engine.ts";
import type { Machine, ModuleManifest } from "./machine.ts";
import { careLink } from "./machines/care-link.ts";
import { choicesFor } from "./machines/choices.ts";
import { choicesManifest } from "./machines/choices-manifest.ts";
import { dailySign } from "./machines/daily-sign.ts";
import { emergencyCall } from "./machines/emergency-call.ts";
import { careEscalation, homeEscalation } from "./machines/escalation.ts";
import { fixtures } from "./machines/fixtures.ts";
import { hazard } from "./machines/hazard.ts";
import { homeLink } from "./machines/home-link.ts";
import { intrusion } from "./machines/intrusion.ts";
import { privacy } from "./machines/privacy.ts";
import { services } from "./machines/services.ts";
import { storage } from "./machines/storage.ts";
import { stoveGuard } from "./machines/stove-guard.ts";
import { supervisionFor } from "./machines/supervision.ts";
import { supervisionManifest } from "./machines/supervision-manifest.ts";

/** The manifests of everything a home can do; supervision tells by them which module is blind. */
export const manifests: readonly ModuleManifest[] = [
  emergencyCall.manifest,
  stoveGuard.manifest,
  hazard.manifest,
  dailySign.manifest,
  homeEscalation.manifest,
  careLink.manifest,
  supervisionManifest,
  storage.manifest,
  intrusion.manifest,
  choicesManifest,
  fixtures.manifest,
  services.manifest,
  privacy.manifest,
];

/**
 * The home. The order is the order of effects within one event: first what acts in the room (call
 * for help, cut the stove, siren, the daily question), then who carries the alarm onward, then who
 * watches the link and the devices, and last what the resident chose. Facts that follow from a fact
 * are heard by all, so no machine depends on its place.
 */
export const homeMachines = {
  emergencyCall,
  stoveGuard,
  hazard,
  dailySign,
  escalation: homeEscalation,
  careLink,
  supervision: supervisionFor(manifests),
  storage,
  intrusion,
  choices: choicesFor(manifests),
  fixtures,
  services,
  privacy,
} as const satisfies MachineList;

/** The care service, once per home: custody of its alarms, and whether it is still there. */
export const careMachines = {
  escalation: careEscalation,
  homeLink,
} as const satisfies MachineList;

type StatesOf<List> = {
  readonly [Name in keyof List]: List[Name] extends Machine<infer State> ? State : never;
};

/** The memory of each machine of a home, by name. */
export type HomeStates = StatesOf<typeof homeMachines>;

/** The memory of each machine of the care service, by name. */
export type CareStates = StatesOf<typeof careMachines>;

/** The states of a home's engine. The engine made them with `homeMachines`, by the same names. */
export function homeStates(state: EngineState): HomeStates {
  return state.machines as HomeStates;
}

/** The states of a care engine, made with `careMachines`. */
export function careStates(state: EngineState): CareStates {
  return state.machines as CareStates;
}
