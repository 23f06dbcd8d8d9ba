/**
 * The built pages. Vite builds them with the bases `/care/` and `/helper/`; a link of a person
 * leads to the page's `index.html`, which reads the rest of the address itself.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OfficeParts } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import type { Ask, Handlers } from "./route.ts";

type Page = "care" | "helper";

async function send(parts: OfficeParts, { reply }: Ask, page: Page, path: string) {
  const folder = join(parts.settings.pagesDir, page);
  if (!existsSync(join(folder, "index.html"))) {
    throw new Refusal(503, "the pages are not built yet; `npm run build` builds them");
  }
  // The helper's service worker also serves the pages behind links, outside of its own folder.
  reply.header("service-worker-allowed", "/");
  // Vite puts a digest of the content into these names: they never change.
  if (path.startsWith("assets/"))
    reply.header("cache-control", "public, max-age=31536000, immutable");
  return await reply.sendFile(path, folder, { cacheControl: false });
}

export function pageRoutes(parts: OfficeParts): Handlers {
  const index = (page: Page) => (ask: Ask) => send(parts, ask, page, "index.html");
  const files = (page: Page) => (ask: Ask) =>
    send(parts, ask, page, ask.param("*") === "" ? "index.html" : ask.param("*"));
  return {
    "GET /": index("care"),
    "GET /care/*": files("care"),
    "GET /invite/:token": index("care"),
    "GET /helper/*": files("helper"),
    "GET /h/:token": index("helper"),
  };
}
