/** A care service in an ordinary night: seven homes, people who answer, a telephone network. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { issueCredential } from "../../platform/credentials.ts";
import type { Alarm } from "../../protocol/alarm.ts";
import { csrfHeader } from "../../protocol/care-http.ts";
import { instant } from "../../protocol/time.ts";
import { type SmsProvider, startSmsProvider } from "../../sim/demo/sms-provider.ts";
import { alarmOf, offerOf, TestHome, until } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig } from "../web/desk-rig.ts";

export const numbers = { daughter: "+4915100000001", neighbour: "+4915100000002" } as const;

const residents = {
  weber: "Frau Weber",
  krause: "Herr Krause",
  yildiz: "Frau Yıldız",
  hoffmann: "Eheleute Hoffmann",
  nowak: "Herr Nowak",
  sommer: "Frau Sommer",
  berger: "Frau Dr. Berger-Mittenzwey",
} as const;
type Name = keyof typeof residents;
export const homeNames = Object.keys(residents) as Name[];

const waysOf = (home: Name, number: string): string[] =>
  home === "weber" ? [`sms:${number}`] : [];

/** Only one home has telephones: what they get is of its alarm. */
const agreementOf = (home: Name) => ({
  version: 1,
  region: "BW",
  parties: [
    { id: "daughter", name: "Anna Weber", kind: "helper", reach: waysOf(home, numbers.daughter) },
    {
      id: "neighbour",
      name: "Herr Yilmaz",
      kind: "helper",
      reach: waysOf(home, numbers.neighbour),
    },
    {
      ...{ id: "care-team", name: "Pflegeteam Nord", kind: "professional", reach: ["desk:"] },
      duty: [{ on: ["mon", "tue", "wed", "thu", "fri"], from: "06:00", until: "20:00" }],
    },
    { id: "night-service", name: "Nachtdienst", kind: "service", reach: [] },
  ],
  chains: [
    {
      ...{ name: "Verreist", for: ["hazard", "stove", "fault"], while: "absent" },
      steps: [
        { tell: ["neighbour"], within_s: 300 },
        { tell: ["night-service"], within_s: 300 },
      ],
    },
    {
      ...{ name: "Feiertags", for: ["emergency-call"], holidays: "only" },
      steps: [{ tell: ["night-service"], within_s: 120 }],
    },
  ],
  fallback: [
    { tell: ["daughter"], within_s: 900 },
    { tell: ["neighbour"], within_s: 900 },
    { tell: ["care-team", "night-service"], within_s: 900 },
  ],
});

const aboutOf = (home: Name) => ({
  resident: residents[home],
  address: `Lindenstraße ${homeNames.indexOf(home) + 7}\n70180 Stuttgart, 2. Stock links`,
  phone: "+49 711 5550100",
  key_safe: "Kasten neben der Klingel, Code bei der Leitstelle",
  notes: "Hört rechts schlecht. Nimmt Blutverdünner.",
  group: homeNames.indexOf(home) < 4 ? "nord" : "sued",
});

export interface Stage {
  readonly desk: DeskRig;
  readonly phones: SmsProvider;
  readonly homes: ReadonlyMap<Name, TestHome>;
  /** Raises an alarm so many seconds ago, and waits until the care service has it. */
  raise(home: Name, alarm: Partial<Alarm> & { readonly id: string }, ago_s: number): Promise<void>;
  /** What the desk's own pages ask of the office, as this person. */
  post(page: Page, path: string, data: object): Promise<void>;
  /** The link in the last message to this number. */
  link(to: string): Promise<string>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const secret = "only-the-provider-knows-this";
  const phones = await startSmsProvider(secret);
  const keys = new Map(homeNames.map((home) => [home, issueCredential()]));
  const desk = await startDeskRig(
    {},
    {
      homes: homeNames.map((home) => ({
        home,
        password_sha256: keys.get(home)?.sha256,
        about: aboutOf(home),
        link: { beat_every_s: 1, silent_after_s: 120 },
        agreement: agreementOf(home),
      })),
      notify: { sms: { url: phones.url, secret_file: "sms.key" } },
    },
    (folder) => writeFileSync(join(folder, "sms.key"), secret),
  );
  phones.receiptsTo = `${desk.origin}/api/receipts/sms`;
  const { line, ca } = desk.rig;
  const homes = new Map<Name, TestHome>(
    // One home has not been installed yet.
    homeNames
      .filter((home) => home !== "nowak")
      .map((home) => {
        const password = keys.get(home)?.secret ?? "";
        return [home, new TestHome({ port: line.port, home, password, ca })];
      }),
  );
  await Promise.all([...homes.values()].map((home) => home.connected()));
  return {
    desk,
    phones,
    homes,
    raise: async (home, { id, ...more }, ago_s) => {
      const raisedAt = instant(Math.max(0, performance.now() - ago_s * 1_000));
      homes.get(home)?.send(offerOf(`m-${id}`, alarmOf(id, { ...more, raisedAt })));
      await homes.get(home)?.custody(id, 30_000);
    },
    post: async (page, path, data) => {
      const headers = { [csrfHeader]: "1" };
      const answer = await page.request.post(`${desk.origin}/api/${path}`, { headers, data });
      if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
    },
    link: async (to) => {
      const of = () => phones.messages.findLast((one) => one.to === to);
      return (await until(`a message to ${to}`, of, 30_000)).link;
    },
    close: async () => {
      for (const home of homes.values()) await home.uplink.close();
      await desk.close();
      await phones.close();
    },
  };
}
