/**
 * The files of the tablet's page, read once into a table: an address that is no key of it leads
 * nowhere, so that no request reaches the disk. Why no library:
 * docs/decisions/pages-from-memory.md.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

export type Encoding = "br" | "gzip";

export interface PageFile {
  readonly type: string;
  readonly etag: string;
  /** Named by its content: it never changes. */
  readonly lasts: boolean;
  readonly body: Buffer;
  /** Smaller forms that the build made. */
  readonly packed: Readonly<Partial<Record<Encoding, Buffer>>>;
}

/** By the path below the folder, with slashes. */
export type Pages = ReadonlyMap<string, PageFile>;

export interface ReadPages {
  readonly pages: Pages;
  /** Sentences about files that are not served. */
  readonly faults: readonly string[];
}

/** What a page is made of; anything else in the folder is not served. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".wav": "audio/wav",
};

const endings: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

/** Limits of what is kept in memory: files beyond them are not served, and it is said. */
export const pagesMax = { files: 300, fileBytes: 1_048_576, bytes: 6_291_456 } as const;

/** The names of the folder's files; links, and what begins with a dot, are none. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => !name.split("/").some((part) => part.startsWith(".")))
    .sort();
}

/** Reads the pages of a folder. None where there is no folder, or no `index.html` in it. */
export async function readPages(folder: string): Promise<ReadPages> {
  const names = await namesIn(folder).catch((): readonly string[] => []);
  const pages = new Map<string, PageFile>();
  const faults: string[] = [];
  if (!names.includes("index.html")) return { pages, faults };
  const all = new Set(names);
  let bytes = 0;
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const file = await readOne(folder, name, all);
    const size = sizeOf(file);
    if (
      pages.size >= pagesMax.files ||
      file.body.length > pagesMax.fileBytes ||
      bytes + size > pagesMax.bytes
    ) {
      faults.push(`the page's file ${name} is not served: it is past what is kept in memory`);
      continue;
    }
    bytes += size;
    pages.set(name, { ...file, type });
  }
  return { pages, faults };
}

/** By its content: the same after a restart. */
export const etagOf = (body: Buffer): string =>
  `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;

const sizeOf = ({ body, packed }: Pick<PageFile, "body" | "packed">): number =>
  body.length + (packed.br?.length ?? 0) + (packed.gzip?.length ?? 0);

async function readOne(
  folder: string,
  name: string,
  all: ReadonlySet<string>,
): Promise<Omit<PageFile, "type">> {
  const body = await readFile(join(folder, name));
  const packed: Partial<Record<Encoding, Buffer>> = {};
  for (const encoding of ["br", "gzip"] as const) {
    const ending = endings[encoding];
    if (all.has(name + ending)) packed[encoding] = await readFile(join(folder, name + ending));
  }
  // Vite puts a digest of the content into the names of this folder.
  return { body, packed, etag: etagOf(body), lasts: name.startsWith("assets/") };
}
