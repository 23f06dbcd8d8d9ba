/**
 * What gives way in memory while the disk takes nothing. Never an alarm, an answer to one or its
 * closing; what only repeats one of those may.
 */
import type { EntryWrite, Write } from "./encode.ts";

/** Messages that give way; the last two only where an older entry that waits says the same. */
const lesser: ReadonlySet<string> = new Set([
  "choices",
  "module-wish",
  "order",
  "wellbeing",
  "fault",
  "noted",
  "custody-offered",
  "closed",
]);

/** Somebody who called again so often while the disk took nothing is remembered well enough. */
const notesMax = 8;

/** Whether an entry may go, asked in order from the oldest on: the first of its kind stays. */
export function mayGiveWay(): (write: Write) => boolean {
  const seen = new Map<string, number>();
  return (write) => {
    if (write.kind !== "entry") return false;
    let repeats = true;
    for (const [key, most] of keysOf(write)) {
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      if (before < most) repeats = false;
    }
    const isLesser = write.outbox.every(({ kind }) => lesser.has(kind));
    return repeats && isLesser && write.event !== "gateway-started";
  };
}

/** What the entry says of alarms, and how often that is worth keeping. */
function keysOf({ opened, closed, outbox }: EntryWrite): readonly (readonly [string, number])[] {
  return [
    ...opened.map((id) => [`opened ${id}`, 1] as const),
    ...closed.map((id) => [`closed ${id}`, 1] as const),
    ...outbox
      .filter(({ kind }) => kind === "noted")
      .map(({ body }) => [`noted ${JSON.parse(body).alarmId}`, notesMax] as const),
  ];
}

/**
 * Messages whose receipt came before their entry was written need neither a row nor its deletion.
 * Returns what still has to be written, in order.
 */
export function withoutSettled<Item extends { readonly write: Write }>(
  items: readonly Item[],
  change: (item: Item, write: EntryWrite) => Item,
): Item[] {
  const settled = new Set<string>();
  const waiting = new Set<string>();
  for (const { write } of items) {
    if (write.kind === "settle") settled.add(write.id);
    if (write.kind === "entry") for (const { id } of write.outbox) waiting.add(id);
  }
  return items.flatMap((item) => {
    const { write } = item;
    if (write.kind === "settle") {
      const needed = !waiting.has(write.id) && settled.delete(write.id);
      return needed ? [item] : [];
    }
    if (write.kind !== "entry" || !write.outbox.some(({ id }) => settled.has(id))) return [item];
    const outbox = write.outbox.filter(({ id }) => !settled.has(id));
    return [change(item, { ...write, outbox })];
  });
}
