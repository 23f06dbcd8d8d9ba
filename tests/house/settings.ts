/** Settings of the tools that hold a part of the house: read as what they mean, not as text. */
import type { Finding } from "./source.ts";

export const functionLinesMax = 70;

const rule = "noExcessiveLinesPerFunction";
/** The only files in which a function may be longer: a test tells a whole story in one. */
const longIn = ["tests/**", "**/*.test.ts"];

/** The value at a path of keys; undefined where there is none. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined,
    value,
  );
}

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Biome holds the length of functions everywhere, and one override frees the tests, no more. */
export function functionLength(biome: unknown): Finding[] {
  const found: Finding[] = [];
  const fault = (what: string, remedy: string): void => {
    found.push({ path: "biome.json", line: 1, what, remedy });
  };
  const held = at(biome, "linter", "rules", "complexity", rule);
  const isHeld =
    at(held, "level") === "error" && at(held, "options", "maxLines") === functionLinesMax;
  if (!isHeld || at(biome, "linter", "enabled") === false) {
    fault(`${rule} is not an error from ${functionLinesMax} lines on`, "Set it so.");
  }
  const overrides = at(biome, "overrides") ?? [];
  for (const override of Array.isArray(overrides) ? (overrides as readonly unknown[]) : []) {
    const includes = at(override, "includes");
    const complexity = at(override, "linter", "rules", "complexity");
    const isOff = at(override, "linter", "enabled") === false;
    const loosens = isOff || typeof complexity === "string" || at(complexity, rule) !== undefined;
    if (!loosens) continue;
    if (!isOff && isSame(includes, longIn) && isSame(complexity, { [rule]: "off" })) continue;
    fault(`an override loosens ${rule} in ${JSON.stringify(includes)}`, "Split the function.");
  }
  return found;
}
