/** Which module a fault blinds, and how much: by the roles that each module's manifest names. */
import {
  devicesByRole,
  type HomePlan,
  type PlannedDevice,
  type Role,
} from "../../protocol/home.ts";
import type { Fault } from "../events.ts";
import type { ModuleManifest } from "../machine.ts";

/** What can be wrong with a device or the radio. */
export type FaultKind = Fault["what"];

/** The subject of faults that concern the radio as a whole, and every device that is on it. */
export const radioSubject = "radio";

/** What a module still sees: `none` when a role that it needs is served by nobody any more. */
export type Sight = "all" | "less" | "none";

/** A weak battery still speaks, and a plug without its fail-safe still acts. */
function blinds(what: FaultKind): boolean {
  return what !== "battery-low" && what !== "not-fail-safe";
}

function rolesOf(plan: HomePlan, subject: string): readonly Role[] {
  return plan.devices.flatMap((device) =>
    device.id === subject || (subject === radioSubject && device.byRadio) ? device.roles : [],
  );
}

/** Faults of the gateway itself, which leave nothing of a module. */
const blindsAll: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "not-storing",
  "rule-failed",
  "clock-unknown",
]);

/** The modules that work with this subject: those that see less, or are without its fail-safe. */
export function blindedBy(
  manifests: readonly ModuleManifest[],
  plan: HomePlan,
  subject: string,
  what: FaultKind,
): readonly string[] {
  if (what === "battery-low") return [];
  const roles = rolesOf(plan, subject);
  return manifests
    .filter(({ needs, uses }) => [...needs, ...uses].some((role) => roles.includes(role)))
    .map((manifest) => manifest.name);
}

/** The faults that keep this module from seeing. */
export function blindFaults(manifest: ModuleManifest, faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(({ what, blind }) => blinds(what) && blind.includes(manifest.name));
}

/** How much a module sees under these faults. */
export function sightOf(manifest: ModuleManifest, faults: readonly Fault[], plan: HomePlan): Sight {
  const blind = blindFaults(manifest, faults);
  if (blind.length === 0) return "all";
  if (blind.some(({ what }) => blindsAll.has(what))) return "none";
  const lost = ({ id, byRadio }: PlannedDevice): boolean =>
    blind.some(({ subject }) => subject === id || (subject === radioSubject && byRadio));
  const unserved = manifest.needs.some((role) => {
    const devices = devicesByRole(plan, role);
    return devices.length > 0 && devices.every(lost);
  });
  return unserved ? "none" : "less";
}
