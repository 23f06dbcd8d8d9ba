/** Many rows in one statement, in few different sizes: each size is a statement kept ready. */

/** SQLite takes 32,766 values in one statement; the widest table has 21 columns. */
const largest = 128;

/** The rows in order, in portions of 128, 64, 32, … 1. */
export function* portions<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  let size = largest;
  for (let at = 0; at < rows.length; ) {
    while (size > rows.length - at) size /= 2;
    yield rows.slice(at, at + size);
    at += size;
  }
}

/**
 * The row as both dialects can hold it: PostgreSQL has no NUL in a text and no fraction in a whole
 * number, and one such value would hold up every row that waits with it.
 */
export function storable<Row extends object>(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]: [string, unknown]) => {
    if (typeof value === "string" && value.includes("\0")) {
      return [name, value.replaceAll("\0", "\uFFFD")];
    }
    if (typeof value === "number") return [name, Math.trunc(value)];
    return [name, value];
  });
  return Object.fromEntries(entries) as Row;
}
