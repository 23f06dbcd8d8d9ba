/** Rows of orders, wishes and choices as the desk sees them. */
import type { LivingView, OrderView, WishView } from "../../protocol/care-living-views.ts";
import { manifests } from "../../rules/index.ts";
import { timeAt } from "../local-time.ts";
import type { TableOf } from "../store/schema.ts";
import { residentOf } from "./directory.ts";

type Resident = { readonly resident: string | null };
type Resided = Resident & { readonly timezone: string };
type Title = OrderView["title"];

const titles: ReadonlyMap<string, Title> = new Map(
  manifests.map(({ name, title }) => [name, title]),
);

/** A module that a newer home has is called by its own name. */
const moduleTitle = (module: string): Title => titles.get(module) ?? { de: module, en: module };

export function orderView(row: TableOf<"orders"> & Resided): OrderView {
  const { home, id, service, act, state, nth, day, part, who, note } = row;
  const from = row.from_wall === null ? null : timeAt(row.timezone, row.from_wall);
  return {
    ...{ home, resident: residentOf(row), id, service, title: JSON.parse(row.title) as Title },
    ...{ act, state, nth, day, part, from, who, note },
    asked_wall: row.asked_wall,
    changed_wall: row.changed_wall,
    answered_by: row.answered_by ?? "",
  };
}

export function wishView(row: TableOf<"wishes"> & Resident): WishView {
  const { home, ask, module, wanted, state, note, by_name, wall } = row;
  return {
    ...{ home, resident: residentOf(row), ask, module, title: moduleTitle(module) },
    ...{ on: wanted === 1, state, note, by: by_name ?? "", wall },
  };
}

function modulesOf(text: string): readonly string[] {
  const read: unknown = JSON.parse(text);
  return Array.isArray(read) ? read.map(String) : [];
}

/** What a home without a row has chosen: nothing is known to be off. */
const unsaid = { dropped: "[]", paused_until_wall: null, wellbeing_wall: null };

type Choices = Pick<TableOf<"living">, keyof typeof unsaid>;

/** A pause is over by itself: the home need not say so. */
export function choicesView(
  row: Choices = unsaid,
  wall: number,
): Omit<LivingView, "orders" | "wishes"> {
  const { paused_until_wall: until, wellbeing_wall } = row;
  return {
    off: modulesOf(row.dropped).map((module) => ({ module, title: moduleTitle(module) })),
    paused_until_wall: until !== null && until > wall ? until : null,
    wellbeing_wall,
  };
}
