// How the browser pages are built: one bundle for each page, named by its content, nothing inline,
// so that the strictest Content-Security-Policy holds.
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../web");
const page = process.env.OBHUT_PAGE ?? "care";

export default {
  root: resolve(root, page),
  base: `/${page}/`,
  publicDir: resolve(root, page, "public"),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: resolve(import.meta.dirname, "../dist/web", page),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  logLevel: "warn",
};
