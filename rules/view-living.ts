/** What may be shown of choices, fixtures, services and privacy. Pure. */
import type { HomePlan, Role } from "../protocol/home.ts";
import { devicesByRole } from "../protocol/home.ts";
import type { FixtureView, ModuleView, PrivacyView, ServicesView } from "../protocol/view.ts";
import type { HomeStates } from "./index.ts";
import type { ModuleManifest } from "./machine.ts";

/** The names of those who were told of this alarm, in this order. */
export function toldOf({ privacy }: HomeStates, alarmId: string): readonly string[] {
  const names = privacy.told.filter((told) => told.alarmId === alarmId).map(({ who }) => who);
  return [...new Set(names.toReversed())];
}

/** A module's card, without whether it sees. */
export function cardOf(
  { name, title, benefit, told, basis, needs, uses, droppable }: ModuleManifest,
  { choices }: HomeStates,
  plan: HomePlan,
): Omit<ModuleView, "sees" | "blindBecause"> {
  const choice = choices.modules[name];
  const devices = [...needs, ...uses].flatMap((role: Role) =>
    devicesByRole(plan, role).map(({ room }) => ({ role, room })),
  );
  return {
    name,
    title,
    benefit,
    told,
    basis,
    devices,
    droppable,
    on: choice?.on ?? true,
    needsCare: false,
    heldBy: null,
    asked: choice?.asked == null ? null : { on: choice.asked.on, at: choice.asked.at },
    history: choice?.history ?? [],
  };
}

/** Lights, covers and doors of the plan, also those of which nothing is known. */
export function fixtureViews({ fixtures }: HomeStates, plan: HomePlan): readonly FixtureView[] {
  const kinds = { light: "light", cover: "cover", "front-door": "door" } as const;
  return plan.devices.flatMap(({ id, roles, room }) =>
    Object.entries(kinds)
      .filter(([role]) => roles.some((one) => one === role))
      .map(([, kind]) => {
        const heard = fixtures.levels[id];
        return { id, kind, room, level: heard?.level ?? null, since: heard?.since ?? null };
      }),
  );
}

/** Services as the care service knows them, with what it has not heard of yet. */
export function servicesView({ services }: HomeStates): ServicesView {
  return {
    offers: services.offers.list,
    orders: services.orders.list.map((order) => ({ ...order, sent: true })),
  };
}

/** Who was told, who looked, and when the resident last said that all is well. */
export function privacyView({ privacy }: HomeStates): PrivacyView {
  return {
    told: privacy.told,
    looks: privacy.looks.list,
    wellbeing: privacy.wellbeingAt === null ? null : { at: privacy.wellbeingAt },
  };
}
