/** What may be shown of choices, fixtures, services and privacy. Pure. */
import type { HomePlan, Role } from "../protocol/home.ts";
import { devicesByRole } from "../protocol/home.ts";
import type { Order } from "../protocol/living.ts";
import type {
  FixtureView,
  ModuleView,
  PrivacyView,
  QuestionView,
  ServicesView,
} from "../protocol/view.ts";
import type { HomeStates } from "./index.ts";
import type { ModuleManifest, Surroundings } from "./machine.ts";
import { needsCare } from "./machines/choices-state.ts";
import type { WaitingWord } from "./machines/services.ts";

type ShownOrder = ServicesView["orders"][number];

/** The names of those who were told of this alarm, in this order. */
export function toldOf({ privacy }: HomeStates, alarmId: string): readonly string[] {
  const names = privacy.told.filter((told) => told.alarmId === alarmId).map(({ who }) => who);
  return [...new Set(names.toReversed())];
}

/** A module's card, without whether it sees. What is on is what the engine runs. */
export function cardOf(
  { name, title, benefit, told, basis, needs, uses, droppable }: ModuleManifest,
  { choices }: HomeStates,
  { plan, modules }: Pick<Surroundings, "plan" | "modules">,
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
    on: modules.isOn(name),
    needsCare: needsCare(name, { plan }),
    heldBy: modules.heldBy(name) ?? null,
    asked: choice?.asked == null ? null : { on: choice.asked.on, at: choice.asked.at },
    history: choice?.history ?? [],
  };
}

/** Lights, covers and doors of the plan, also those of which nothing is known. */
export function fixtureViews({ fixtures }: HomeStates, plan: HomePlan): readonly FixtureView[] {
  const kinds = { light: "light", cover: "cover", "front-door": "door" } as const;
  return plan.devices.flatMap(({ id, roles, room }) =>
    Object.entries(kinds)
      .filter(([role]) => roles.some((one) => one === role) && !roles.includes("stove-relay"))
      .map(([, kind]) => {
        const heard = fixtures.levels[id];
        return { id, kind, room, level: heard?.level ?? null, since: heard?.since ?? null };
      }),
  );
}

/** A service's name where the catalogue no longer has it. */
function titleOf({ services }: HomeStates, service: string): Order["title"] {
  const offer = services.offers.list.find(({ id }) => id === service);
  const bare = service.slice(0, 60);
  return offer?.title ?? { de: bare, en: bare };
}

/**
 * A word of the resident that the care service is not known to have. Who was said to come still
 * comes until a cancelling is heard; for another day nobody has said so.
 */
function waitingOrder(states: HomeStates, word: WaitingWord, told: Order | undefined): ShownOrder {
  const { orderId: id, nth, service, act, day, part } = word;
  const stands = act === "cancel" ? told : undefined;
  return {
    id,
    service,
    title: told?.title ?? titleOf(states, service),
    act,
    nth,
    state: "asked",
    day,
    part,
    from_ms: stands?.from_ms ?? null,
    who: stands?.who ?? "",
    note: told?.note ?? "",
    sent: false,
  };
}

/** Services as the care service knows them, with what it has not heard of yet. */
export function servicesView(states: HomeStates): ServicesView {
  const { offers, orders, waiting } = states.services;
  const told = orders.list.filter(({ id }) => !waiting.some(({ orderId }) => orderId === id));
  const unheard = waiting.map((word) => {
    const before = orders.list.find(({ id }) => id === word.orderId);
    return waitingOrder(states, word, before);
  });
  return {
    offers: offers.list,
    orders: [...told.map((one) => ({ ...one, sent: true })), ...unheard],
  };
}

/** Who was told, who looked, and when the resident last said that all is well. */
export function privacyView({ privacy }: HomeStates): PrivacyView {
  return {
    told: privacy.told.map(({ person: _, ...row }) => row),
    looks: privacy.looks.list,
    wellbeing: privacy.wellbeingAt === null ? null : { at: privacy.wellbeingAt },
  };
}

/** The daily question, from when it was first asked until it is answered or somebody is called. */
export function questionView({ dailySign }: HomeStates): QuestionView | null {
  const { question } = dailySign;
  return question === null ? null : { kind: "daily-sign", until: question.alarmAt };
}
