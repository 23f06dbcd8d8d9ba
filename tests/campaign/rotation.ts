/** Which plan comes when: dealt, not drawn, so that a short campaign holds each of them, too. */

export type Plan =
  | "press"
  | "link-down"
  | "link-lost"
  | "accepted"
  | "care-too"
  | "chain"
  | "stove";

/** Half of the kills meet a press on its way; twenty hold every plan. */
export const rotation: readonly Plan[] = [
  ...(["press", "link-down", "press", "accepted", "press", "link-lost"] as const),
  ...(["press", "care-too", "press", "chain", "press", "stove"] as const),
  ...(["press", "link-down", "press", "accepted", "press", "link-lost"] as const),
  ...(["press", "care-too"] as const),
];

/** The plan of the nth kill, counted from 1. */
export function planFor(nth: number): Plan {
  return rotation[(nth - 1) % rotation.length] ?? "press";
}

/** Plans with a deadline that the kill must not lose. */
const withDeadline: ReadonlySet<Plan> = new Set(["link-down", "link-lost", "chain", "stove"]);

/**
 * What so many kills must have seen at least, or they proved nothing. Some presses are swallowed by
 * the kill itself, and some kills come after the deadline: three in four are expected.
 */
export function floorsFor(kills: number): { readonly calls: number; readonly deadlines: number } {
  const plans = Array.from({ length: kills }, (_, at) => planFor(at + 1));
  const pressed = plans.filter((plan) => plan !== "stove").length;
  const due = plans.filter((plan) => withDeadline.has(plan)).length;
  return { calls: Math.floor(pressed * 0.75), deadlines: Math.floor(due * 0.75) };
}
