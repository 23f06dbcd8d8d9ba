/** Debian's Chromium, installed when it is missing, driven as a person would see it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { root } from "../house/source.ts";

const executable = "/usr/bin/chromium";

/** Pages are what people see: without a browser they are not tested, and that is a failure. */
function install(): void {
  if (existsSync(executable)) return;
  execFileSync("sh", ["deploy/packages.sh", "chromium"], { cwd: root, stdio: "inherit" });
}

/** A browser that speaks to nobody but the pages under test. */
export function openChromium(extra: readonly string[] = []): Promise<Browser> {
  install();
  return chromium.launch({
    executablePath: executable,
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...extra,
    ],
  });
}
