/** Rows as CSV (RFC 4180), safe to open in a spreadsheet. Pure. */

export type Cell = string | number | boolean | null;

/**
 * A cell that begins like a formula would be computed by a spreadsheet; an apostrophe makes it text
 * (OWASP, "CSV injection"). Numbers are ours and stay numbers.
 */
function textOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  return /^[\s]*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

const quoted = (cell: Cell): string => `"${textOf(cell).replaceAll('"', '""')}"`;

/** The first row has the names of the columns. The mark at the beginning says UTF-8 to Excel. */
export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns, ...rows].map((row) => row.map(quoted).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}
