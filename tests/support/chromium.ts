/** Debian's Chromium, installed when it is missing, driven as a person would see it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executable = "/usr/bin/chromium";

/** Pages are what people see: without a browser they are not tested, and that is a failure. */
function install(): void {
  if (existsSync(executable)) return;
  process.stderr.write("tests: installing Chromium from Debian's packages (once) ...\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
    execFileSync("apt-get", ["install", "-y", "-qq", "chromium"], { stdio: "ignore", env });
  } catch {
    // Said below, in a sentence.
  }
  if (!existsSync(executable)) {
    throw new Error("the pages are tested in Chromium: apt-get install chromium, then try again");
  }
}

/** A browser that speaks to nobody but the pages under test. */
export function openChromium(): Promise<Browser> {
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
    ],
  });
}
