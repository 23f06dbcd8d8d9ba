/**
 * `npm run demo`: the whole system in one terminal, in real processes; then it stays for you to act
 * in.
 */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Cast, nightService, numbers } from "./cast.ts";
import { exampleServices } from "./catalogue.ts";
import { theFall, theForgottenPan, theKill } from "./chapters.ts";
import { freePort } from "./free-port.ts";
import { theLinkThatBroke, theLinkThatWasDown } from "./link-chapters.ts";
import { buildPages, deskLink, type Pages, pagesAt } from "./pages.ts";
import { type Rig, startRig } from "./rig.ts";
import { type SmsProvider, startSmsProvider } from "./sms-provider.ts";
import { Story } from "./story.ts";
import type { Tablet } from "./tablet.ts";
import { openPage, pageTellsTruth, pairingWords } from "./tablet-page.ts";

/**
 * Short times, so that a story of minutes is told in one; the order of things is that of a real
 * home.
 */
const patience = {
  stove: { absence_min: 0.15, pre_alarm_s: 5 },
  link: {
    beat_every_s: 1,
    silent_after_s: 4,
    alarm_after_s: 6,
    custody_within_s: 3,
    repeat_every_s: 5,
  },
  stepWithin_s: 6,
  // The tablet finds the home again after every kill, as in a real home.
  sameHubPort: true,
} as const;

const help = `
The home goes on. You can:
  press bath-button      walk kitchen-motion     open front-door     close front-door
  stove on 1800          stove off               stove fault weld    alarm kitchen-smoke
  accept                 close                   (Frau Maier, for the oldest alarm)
  tablet                 a new one-time link for the tablet's page
  phone                  the last message to a helper, with the link to the helper's page
  cut | heal             the line to the care service
  kill | start           the gateway (kill -9)
  status                 what the gateway says of itself
  help | quit
`;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

/** A second gateway of one home would be refused by the first; here it is not even begun. */
async function start(rig: Rig): Promise<void> {
  if (rig.gateway.runs) {
    say("The gateway runs already; `kill` ends it.");
    return;
  }
  rig.startGateway();
  await rig.ready();
  say("The gateway is back.");
}

async function perform(cast: Cast, line: string): Promise<void> {
  const { rig, desk } = cast;
  const [verb = "", ...words] = line.trim().split(/\s+/);
  const open = desk.openAlarms().map(({ alarm }) => alarm);
  // Who calls for help goes before a home that was silent.
  const oldest = (open.find(({ category }) => category === "emergency-call") ?? open[0])?.id;
  switch (verb) {
    case "":
      return;
    case "help":
      return say(help);
    case "cut":
      return rig.line.cut();
    case "heal":
      return rig.line.heal();
    case "kill":
      await rig.gateway.kill();
      return say("The gateway is dead; `start` brings it back.");
    case "start":
      return start(rig);
    case "status": {
      const status = await rig.status();
      if (status === undefined)
        return say("The gateway does not answer; `start` starts a dead one.");
      return say(JSON.stringify(status, undefined, 2));
    }
    case "accept":
      if (oldest === undefined) return say("No alarm is open.");
      await desk.accept(oldest, nightService);
      return;
    case "tablet":
      return say(pairingWords(rig, "kitchen"));
    case "phone":
      return say(cast.phones.messages.at(-1)?.text ?? "No message was sent yet.");
    case "close":
      if (words[0] !== undefined) break;
      if (oldest === undefined) return say("No alarm is open.");
      await desk.closeAlarm(oldest, { by: nightService, outcome: "helped", note: "by hand" });
      return;
    default:
      break;
  }
  await rig.home.ask(verb, ...words);
}

/** Shows what happens while a person acts. */
function follow(cast: Cast): void {
  let told = cast.rig.careEvents.length;
  let shown = cast.tablet.shown.length;
  setInterval(() => {
    for (; told < cast.rig.careEvents.length; told += 1) {
      cast.story.says("care", cast.rig.careEvents[told]?.text ?? "");
    }
    for (; shown < cast.tablet.shown.length; shown += 1) {
      const seen = cast.tablet.shown[shown];
      if (seen?.topic === "home/announcement") {
        const { key, words } = seen.payload;
        cast.story.says("tablet", `${key} ${JSON.stringify(words)}`);
      }
    }
  }, 200).unref();
}

async function stay(cast: Cast): Promise<void> {
  say(help);
  follow(cast);
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === "quit") break;
    await perform(cast, line).catch((thrown: unknown) => {
      say(thrown instanceof Error ? thrown.message : String(thrown));
    });
    lines.prompt();
  }
  lines.close();
}

/** Where people look while the story goes on. */
function showPages(rig: Rig, pages: Pages): void {
  say(`\nThe desk of the care service: ${pages.origin}/care/`);
  say(`To log in there, once: ${deskLink(rig, pages)}`);
  say("\nThe resident's tablet, as its installer sees it:");
  say(pairingWords(rig, "kitchen"));
  say("(The browser will warn of certificates: they were made for this demonstration.)\n");
}

async function play(rig: Rig, story: Story, phones: SmsProvider): Promise<Cast> {
  const tablet = await rig.tablet();
  const cast: Cast = { rig, story, desk: rig.desk(), phones, tablet };
  story.says("home", "is guarded: radio, broker, journal and care service are up");
  let page: Tablet | undefined;
  await story.promise(
    "the home serves the tablet's page, and a one-time link pairs it",
    async () => {
      page = await openPage(rig);
    },
  );
  const link = [theLinkThatWasDown, theLinkThatBroke];
  for (const chapter of [theFall, theForgottenPan, ...link, theKill]) await chapter(cast);
  await story.promise("the page heard it all, and by itself found the home after the kill", () =>
    pageTellsTruth(page),
  );
  await page?.close();
  return cast;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
  say("Obhut: a virtual home, its gateway and the care service, each a process of its own.");
  const story = new Story();
  buildPages();
  const secret = randomBytes(24).toString("hex");
  const phones = await startSmsProvider(secret);
  phones.off.add(numbers.neighbour);
  const pages = pagesAt(await freePort());
  phones.receiptsTo = `${pages.origin}/api/receipts/sms`;
  const rig = await startRig({
    ...patience,
    care: {
      office: pages.office,
      notify: { sms: { url: phones.url, secret_file: "sms.key" } },
      services: exampleServices(),
    },
    careFiles: { "sms.key": secret },
    reach: {
      daughter: [`sms:${numbers.daughter}`],
      neighbour: [`sms:${numbers.neighbour}`],
    },
  });
  try {
    await rig.ready();
    if (!values.once) showPages(rig, pages);
    const cast = await play(rig, story, phones);
    const held = story.end();
    if (!values.once) await stay(cast);
    return held ? 0 : 1;
  } finally {
    await rig.close();
    await phones.close();
  }
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    say(`The demo broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    process.exit(1);
  },
);
