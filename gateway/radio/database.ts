/**
 * The stack's device database as text: one JSON object per line. Pure: what is in it, and how to
 * mend it.
 */

export type Row = Readonly<Record<string, unknown>>;

export interface ParsedDatabase {
  readonly rows: readonly Row[];
  /**
   * Lines that are no object; the stack would drop them, and their devices with them, without a
   * word.
   */
  readonly brokenLines: number;
}

function parseRow(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const row = value as Row;
    return Number.isInteger(row["id"]) && typeof row["type"] === "string" ? row : undefined;
  } catch {
    return undefined;
  }
}

export function parseDatabase(text: string): ParsedDatabase {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const rows = lines.map(parseRow).filter((row) => row !== undefined);
  return { rows, brokenLines: lines.length - rows.length };
}

export function formatDatabase(rows: readonly Row[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

export function addressOf(row: Row): string | undefined {
  const { ieeeAddr } = row as { readonly ieeeAddr?: unknown };
  return typeof ieeeAddr === "string" ? ieeeAddr : undefined;
}

export function addressesIn(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.map(addressOf).filter((address) => address !== undefined));
}

export interface Mended {
  readonly rows: readonly Row[];
  /** Addresses that were lost and are back. */
  readonly restored: readonly string[];
}

/** Puts expected devices back that `older` databases (newest first) still have. */
export function mend(
  rows: readonly Row[],
  expected: readonly string[],
  older: readonly (readonly Row[])[],
): Mended {
  const present = addressesIn(rows);
  const ids = new Set(rows.map((row) => row["id"]));
  const mended = [...rows];
  const restored: string[] = [];
  for (const address of expected) {
    if (present.has(address)) continue;
    const row = older.flat().find((candidate) => addressOf(candidate) === address);
    if (row === undefined) continue;
    let id = Number(row["id"]);
    while (ids.has(id)) id += 1;
    ids.add(id);
    mended.push({ ...row, id });
    restored.push(address);
  }
  return { rows: mended, restored };
}

/** What must change before a new generation is worth keeping; sightings and readings are not. */
export function essence(rows: readonly Row[]): string {
  const parts = rows.map(({ type, ieeeAddr, nwkAddr, modelId, groupID, members }) =>
    JSON.stringify([type, ieeeAddr, nwkAddr, modelId, groupID, members]),
  );
  return parts.sort().join("\n");
}
