/**
 * The tablet's page in the demonstration: paired as an installer does it, and what it is told.
 * Nothing is drawn here; what stands on its screen is tested in a browser (tests/web).
 */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { announcement } from "./cast.ts";
import { call } from "./phone.ts";
import { until } from "./process.ts";
import type { Rig } from "./rig.ts";
import { must } from "./story.ts";
import { openTablet, type Tablet } from "./tablet.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The gateway's own command: a QR code, the link in letters, and what to know about it. */
export function pairingWords(rig: Rig, client: string): string {
  const args = ["gateway/cli.ts", "pair", client, "--config", rig.files.homeFile];
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

async function pair(page: string, code: string): Promise<{ client: string; secret: string }> {
  const { status, body } = await call(new URL("/pair", page).href, "POST", { code });
  if (status !== 200) throw new Error(`pairing was answered with ${status}: ${body}`);
  return JSON.parse(body) as { client: string; secret: string };
}

/** Fetches the page, pairs it, and connects it the way a browser is. */
export async function openPage(rig: Rig): Promise<Tablet> {
  const [link = ""] = /https:\S+#pair=\S+/.exec(pairingWords(rig, "phone")) ?? [];
  const [page = "", code = ""] = link.split("#pair=");
  const { status, body } = await call(page, "GET");
  await must(status === 200 && body.includes('id="tablet"'), `the page is not there: ${status}`);
  const { client, secret } = await pair(page, code);
  const again = await pair(page, code).then(
    () => "the link is good twice",
    () => "",
  );
  await must(again === "", again);
  const port = Number(new URL(page).port);
  return openTablet({ port, client, token: secret, asPage: true });
}

/** State of the home as the page has it now: the last word of each part, and its boot. */
const lastOf = (page: Tablet, part: string) =>
  page.shown.findLast(({ topic }) => topic === `home/state/${part}`)?.payload;

/** After the story: somebody came, no alarm is open, and what tells so is the living home. */
export async function pageTellsTruth(page: Tablet | undefined): Promise<void> {
  if (page === undefined) throw new Error("it was never paired");
  await must(page.shown.some(announcement("help-coming")), "it never heard that help is coming");
  await until("the page shows a home that lives, and no alarm", () => {
    const [alarms, beat] = [lastOf(page, "alarms"), lastOf(page, "gateway")];
    const isCalm = Array.isArray(alarms?.["state"]) && alarms["state"].length === 0;
    const boots = page.shown.filter(({ retained }) => !retained).map((it) => it.payload["boot"]);
    return isCalm && alarms["boot"] === beat?.["boot"] && boots.at(-1) === beat?.["boot"]
      ? true
      : undefined;
  });
  const boots = new Set(page.shown.map(({ payload }) => payload["boot"]));
  await must(boots.size > 1, "it did not notice that the home began anew");
}
