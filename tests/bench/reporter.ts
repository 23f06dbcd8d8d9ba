/** The one form in which benchmarks and campaigns of this project report: a table, and JSON rows on demand. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** One figure. `target` is null where there is none; `better` says which way is good. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly better: "lower" | "higher";
}

/** Whether a row meets its target; a row without one always does. */
export function meets(row: Row): boolean {
  if (row.target === null) return true;
  return row.better === "lower" ? row.value <= row.target : row.value >= row.target;
}

const rounded = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();

/** The table as people read it. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const sign = row.better === "lower" ? "<=" : ">=";
    const target = row.target === null ? "" : `${sign} ${rounded(row.target)}`;
    const verdict = row.target === null ? "" : meets(row) ? "met" : "MISSED";
    return [row.name, rounded(row.value), row.unit, target, verdict];
  });
  const all = [["figure", "value", "unit", "target", ""], ...lines];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, at) =>
          at === 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * How a bench ends: 0 where every target is met. A quick run is too short for targets; it only shows
 * that everything can be measured.
 */
export function exitCode(rows: readonly Row[], quick: boolean): 0 | 1 {
  const fits = quick ? (row: Row) => Number.isFinite(row.value) : meets;
  return rows.every(fits) ? 0 : 1;
}

/** The p-th percentile (0 to 100) by nearest rank; the values need not be sorted. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil((p / 100) * sorted.length) - 1);
  return sorted[rank] ?? Number.NaN;
}

/** `--json FILE` of a bench's command line. */
export function jsonFile(): string | undefined {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    strict: false,
    options: { json: { type: "string" } },
  });
  return typeof values.json === "string" ? values.json : undefined;
}

/** Prints the table and writes the rows where `--json` asked for them. */
export function report(rows: readonly Row[]): void {
  process.stdout.write(`\n${tableOf(rows)}\n`);
  const file = jsonFile();
  if (file === undefined) return;
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  process.stdout.write(`\nrows written to ${file}\n`);
}
