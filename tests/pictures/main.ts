/**
 * `npm run pictures`: the pictures of the documentation, taken anew. With `--all FOLDER` every page
 * in both languages and every size, into that folder: to be looked at, not to be kept. Words behind
 * it name the plays, such as `tablet`; none means all.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../house/source.ts";
import { kept, plays } from "./list.ts";
import { languages, type Picture, type Size, sizes, takeInto } from "./picture.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "string" } },
});
const folder = values.all ?? join(root, "docs/pictures");

const all = (page: string): readonly Picture[] =>
  languages.flatMap((language) =>
    (Object.keys(sizes) as Size[]).map((size) => {
      const name = `${page}-${language}-${size}`;
      return { name, page, language, size, whole: true };
    }),
  );

mkdirSync(folder, { recursive: true });
const take = takeInto(
  folder,
  values.all === undefined ? (page) => kept.filter((one) => one.page === page) : all,
);
for (const [name, play] of Object.entries(plays)) {
  if (positionals.length === 0 || positionals.includes(name)) await play(take);
}
