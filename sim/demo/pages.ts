/** The pages of the care service in the demonstration: built, opened, and a way in. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rig } from "./rig.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export interface Pages {
  readonly origin: string;
  /** What the care service's file says of its office. */
  readonly office: object;
}

/** Builds what is older than its sources. */
export function buildPages(): void {
  execFileSync("sh", ["deploy/pages.sh"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

export function pagesAt(port: number): Pages {
  const origin = `https://127.0.0.1:${port}`;
  return { origin, office: { host: "127.0.0.1", port, public_url: origin } };
}

/** A one-time link for a leader of the desk, made by the care service's own command. */
export function deskLink(rig: Rig, pages: Pages): string {
  const args = ["care/main.ts", "--config", rig.files.careFile];
  const out = execFileSync(
    process.execPath,
    [...args, "--invite", "frau-maier", "--role", "lead"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return new URL(out.trim(), pages.origin).href;
}
