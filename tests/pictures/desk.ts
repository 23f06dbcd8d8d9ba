/** The desk and the helper's page, through one night: from the login to a server that is lost. */
import type { Page } from "playwright-core";
import { password } from "../web/desk-rig.ts";
import { morning } from "../web/morning.ts";
import { homeNames, numbers, openStage, type Stage } from "./desk-stage.ts";
import { rememberMonth } from "./past.ts";
import { type Play, sizes, type Take } from "./picture.ts";

interface Scene {
  readonly stage: Stage;
  readonly take: Take;
}

async function atDoor({ stage: { desk }, take }: Scene): Promise<void> {
  const page = await (await desk.context()).newPage();
  await page.goto(`${desk.origin}/care/`);
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  await take("login", page);
  await page.getByLabel("Name").fill("Frau Maier");
  await page.getByLabel("Passwort").fill("nicht das richtige");
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("alert").waitFor();
  await take("login-wrong", page);
  await page.goto(desk.invite("Herr Neumann", "staff"));
  await page.getByLabel("Passwort", { exact: true }).waitFor();
  await take("invite", page);
  await page.getByLabel("Passwort", { exact: true }).fill(password);
  await page.getByLabel("Passwort noch einmal").fill(password);
  await page.getByRole("button", { name: "Passwort setzen" }).click();
  await page.locator(".qr").waitFor();
  await take("enrolment", page);
  await page.context().close();
}

/** Opens a section of the desk and waits until it stands. */
async function go({ stage: { desk } }: Scene, page: Page, place: string): Promise<void> {
  await page.goto(`${desk.origin}/care/#/${place}`);
  await page.locator("main h1").waitFor();
  await page.waitForLoadState("networkidle");
}

async function phoneAt({ stage }: Scene, link: string): Promise<Page> {
  const phone = await (await stage.desk.context(sizes.narrow)).newPage();
  await phone.goto(link);
  await phone.locator("h1").waitFor();
  return phone;
}

/** Four alarms: one waits, one has somebody coming, one only asks, one is a test. */
async function alarms(scene: Scene, lead: Page): Promise<void> {
  const { stage } = scene;
  const other = await stage.desk.person("Herr Brandt", "staff");
  const smoke = { category: "hazard", reason: "smoke", room: "kitchen" } as const;
  await stage.raise("krause", { id: "smoke", ...smoke }, 190);
  await stage.post(other.page, "homes/krause/alarms/smoke/accept", {});
  const stove = { category: "stove", level: "concern", reason: "stove-unguarded" } as const;
  await stage.raise("yildiz", { id: "stove", ...stove, room: "kitchen" }, 60);
  await stage.raise("hoffmann", { id: "drill", reason: "drill", drill: true }, 20);
  await stage.raise("weber", { id: "fall", room: "bath" }, 45);
  const points = morning();
  stage.homes.get("weber")?.send({ id: "c1", body: { kind: "context", alarmId: "fall", points } });
  const daughter = await phoneAt(scene, await stage.link(numbers.daughter));
  await scene.take("helper", daughter);
  await daughter.getByRole("button", { name: "Ich kann nicht" }).click();
  await daughter.getByText("Wir fragen die Nächsten.", { exact: false }).waitFor();
  await scene.take("helper-declined", daughter);
  await daughter.context().close();
  await stage.link(numbers.neighbour);
  await go(scene, lead, "alarms");
  await lead.locator(".card").nth(3).waitFor();
  await scene.take("alarms", lead);
  await other.context.close();
}

async function oneAlarm(scene: Scene, lead: Page): Promise<void> {
  const { stage, take } = scene;
  await go(scene, lead, "alarm/weber/fall");
  await lead.getByRole("img", { name: "Was die Sensoren sagen" }).waitFor();
  await take("alarm", lead);
  await lead.getByRole("button", { name: "Übergeben" }).click();
  await take("alarm-hand-over", lead);
  const neighbour = await phoneAt(scene, await stage.link(numbers.neighbour));
  await neighbour.getByRole("button", { name: "Ich gehe hin" }).click();
  await neighbour.getByText("Danke. Sie haben zugesagt", { exact: false }).waitFor();
  await take("helper-going", neighbour);
  await neighbour.getByText("Was ist geschehen?").click();
  await neighbour.getByRole("button", { name: "Alarm beenden" }).click();
  await take("helper-finish", neighbour);
  await neighbour.context().setOffline(true);
  await neighbour.locator(".lost").waitFor();
  await take("helper-offline", neighbour);
  await neighbour.context().setOffline(false);
  await lead.getByText("Es kommt: Herr Yilmaz").waitFor();
  await lead.getByRole("button", { name: "Beenden", exact: true }).click();
  await take("alarm-close", lead);
  await lead.getByLabel("Es wurde geholfen").check();
  await lead.getByLabel("Was wurde vorgefunden, was wurde getan?").fill("Aufgeholfen.");
  await lead.getByRole("button", { name: "Alarm beenden" }).click();
  await lead.getByText("Dieser Alarm ist beendet.").waitFor();
  await take("alarm-closed", lead);
  await neighbour.getByText("Frau Maier hat den Alarm beendet.").waitFor();
  await take("helper-closed", neighbour);
  await neighbour.goto(`${stage.desk.origin}/h/${"A".repeat(43)}`);
  await neighbour.getByText("Dieser Link gilt nicht mehr.").waitFor();
  await take("helper-gone", neighbour);
  await neighbour.context().close();
}

/** What is to be mended, who is away, and where nobody is alarmed by silence. */
async function unrest({ stage }: Scene, lead: Page): Promise<void> {
  const { homes, post } = stage;
  const fault = (subject: string, what: "battery-low" | "silent", blind: string[]) =>
    ({ kind: "fault", fault: { subject, what, blind }, cleared: false }) as const;
  const blind = ["emergency-call"];
  homes.get("hoffmann")?.send({ id: "f1", body: fault("bath-button", "silent", blind) });
  homes.get("berger")?.send({ id: "f2", body: fault("kitchen-smoke", "battery-low", []) });
  const until_wall = Date.now() + 2 * 86_400_000;
  await post(lead, "homes/sommer/absence", { until_wall });
  await post(lead, "homes/berger/maintenance", { until_wall: Date.now() + 3_600_000 });
}

async function office(scene: Scene, lead: Page): Promise<void> {
  const { stage, take } = scene;
  rememberMonth(stage.desk.rig.folder, homeNames, 64);
  await unrest(scene, lead);
  for (const [name, place] of [
    ["homes", "homes"],
    ["home", "home/sommer"],
    ["agreement", "agreement/weber"],
    ["faults", "faults"],
    ["history", "history"],
    ["statistics", "statistics"],
  ] as const) {
    await go(scene, lead, place);
    if (name === "agreement") {
      await lead.getByRole("button", { name: "Nachsehen" }).click();
      await lead.locator("[role=status] ol").waitFor();
    }
    await take(name, lead);
  }
  const admin = await stage.desk.person("Frau Kern", "administrator");
  await go(scene, admin.page, "accounts");
  await take("accounts", admin.page);
  await go(scene, admin.page, "home/weber");
  await take("home-administrator", admin.page);
  await admin.context.close();
}

export const deskPlay: Play = async (take) => {
  const stage = await openStage();
  const scene = { stage, take };
  try {
    await atDoor(scene);
    const { page: lead } = await stage.desk.person("Frau Maier", "lead");
    await go(scene, lead, "alarms");
    await take("alarms-empty", lead);
    await alarms(scene, lead);
    await oneAlarm(scene, lead);
    await office(scene, lead);
    await go(scene, lead, "alarms");
    await stage.desk.rig.care.kill("SIGKILL");
    await lead.locator(".lost").waitFor({ timeout: 30_000 });
    await take("alarms-lost", lead);
  } finally {
    await stage.close();
  }
};
