/**
 * `npm run pictures`: the pictures of the documentation, taken anew. With `--all FOLDER` every page
 * in both languages and sizes, into that folder: to be looked at, not to be kept.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../house/source.ts";
import { kept, plays } from "./list.ts";
import { languages, type Picture, type Size, sizes, takeInto } from "./picture.ts";

const { values } = parseArgs({ options: { all: { type: "string" } } });
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
for (const play of plays) await play(take);
