/** Who waits for the disk. */
import { expect, test } from "vitest";
import { WaitingRows } from "../../../care/store/waiting.ts";
import { entryOf } from "./places.ts";

test("I9: there is room again also where the last row that waited can never be stored", () => {
  const said: string[] = [];
  const rows = new WaitingRows(
    { onTrouble: () => undefined, onRoom: () => void said.push("room") },
    2,
  );
  for (const word of ["one", "two"]) rows.add(entryOf("weber"), () => void said.push(word));
  expect(rows.hasRoom("weber")).toBe(false);
  rows.settle(1);
  expect(said).toEqual(["one"]);
  rows.give(2);
  rows.give(2);
  expect(said).toEqual(["one", "room"]);
  expect(rows.count).toBe(0);
});
