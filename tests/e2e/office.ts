/** The desk of a house in real processes: the care service's own office, and a lead who is logged in. */
import { readFileSync } from "node:fs";
import { TOTP } from "otpauth";
import type { FaultsView } from "../../protocol/care-office-views.ts";
import { freePort } from "../../sim/demo/free-port.ts";
import { deskLink, type Pages, pagesAt } from "../../sim/demo/pages.ts";
import type { Rig } from "../../sim/demo/rig.ts";
import { Browser } from "../care/office/office-rig.ts";

export type Fault = FaultsView["faults"][number];

/** Where the office of a house will be; `office` goes into the care service's file. */
export const officePages = async (): Promise<Pages> => pagesAt(await freePort());

/** Somebody comes in for the first time: link, password and second factor. */
export async function enterOffice(rig: Rig, pages: Pages): Promise<Browser> {
  const port = Number(new URL(pages.origin).port);
  const browser = new Browser(port, readFileSync(rig.files.careCertificate, "utf8"));
  const token = deskLink(rig, pages).split("/").at(-1);
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const { status, text, json } = await browser.post(path, body);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return json;
  };
  await post("/api/invite", { token, password: "ein ganzer Satz ist gut" });
  const { secret } = await post("/api/me/totp", {});
  await post("/api/me/totp", { code: new TOTP({ secret: String(secret) }).generate() });
  return browser;
}

/** The work orders about strangers, as the desk has them now. */
export async function intrusionsAt(office: Browser): Promise<readonly Fault[]> {
  const { json } = await office.get("/api/faults");
  return (json as unknown as FaultsView).faults.filter(({ what }) => what === "intrusion");
}
