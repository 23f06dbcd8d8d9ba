/** One mark. Its shape says what it is, filled or hollow how it is: colour only helps. */
import type { Point } from "./timeline-words.ts";

/** Drawn above the others, for it must be seen. */
export const isUrgent = ({ kind, value }: Point): boolean =>
  kind.startsWith("button-") || (hazards.has(kind) && value === true);

const hazards: ReadonlySet<string> = new Set(["smoke-sensed", "heat-sensed", "leak-sensed"]);

export interface MarkParts {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
}

function shapeOf({ kind, value }: Point, x: number, y: number): string {
  if (kind.startsWith("button-")) return `M${x} ${y - 8}l8 8l-8 8l-8 -8z`;
  if (hazards.has(kind)) return `M${x} ${y - 8}l8 14h-16z`;
  if (kind === "contact-sensed") return `M${x - 5} ${y - 6}h10v12h-10z`;
  if (kind === "relay-read") return `M${x - 2} ${y - 8}h4v16h-4z`;
  const r = value === null || value === false ? 3 : 4.5;
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

/** An open door is a frame without a leaf; what is over is hollow. */
function isHollow({ kind, value }: Point): boolean {
  return kind === "contact-sensed" ? value === true : value === false;
}

export function Mark({ point, x, y }: MarkParts) {
  const words = ["mark", isUrgent(point) ? "urgent" : "", isHollow(point) ? "hollow" : ""];
  return <path class={words.filter(Boolean).join(" ")} d={shapeOf(point, x, y)} />;
}
