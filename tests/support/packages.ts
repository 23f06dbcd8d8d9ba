/**
 * Before the first test: what tests need of Debian's packages, so that no test waits for an
 * installation. Where it cannot be had, those tests that need it fail by themselves, and say so.
 */
import { execFileSync } from "node:child_process";
import { root } from "../house/source.ts";

const packages = ["chromium", "postgresql", "mosquitto", "mosquitto-clients"];

/** Called by vitest once for a whole run. */
export default function install(): void {
  try {
    const stdio = ["ignore", "ignore", "inherit"] as const;
    execFileSync("sh", ["deploy/packages.sh", ...packages], { cwd: root, stdio: [...stdio] });
  } catch {
    // The script has said what is missing.
  }
}
