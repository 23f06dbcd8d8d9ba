/**
 * The chapters of the demonstration. Each acts through the virtual home and holds what it sees to a
 * promise.
 */
import {
  announcement,
  type Cast,
  close,
  closeSilence,
  messageTo,
  mustBeOnDisk,
  nightService,
  numbers,
  since,
} from "./cast.ts";
import { answerLink, readLink } from "./phone.ts";
import { until } from "./process.ts";
import { must } from "./story.ts";

/** A step of the chain lasts several seconds; who declines must not cost the resident these. */
const atOnceMs = 2_000;
/** How late the stove's plug is to act and to answer, so that a proof said too soon is seen. */
const plugLateMs = 1_000;

/**
 * 1. Frau Weber falls: button, custody, daughter declines, neighbour is silent, night service
 * comes.
 */
export async function theFall(cast: Cast): Promise<void> {
  const { rig, story, desk, tablet } = cast;
  story.chapter("1  The fall");
  const care = since(rig, rig.careEvents.length);
  const messages = cast.phones.messages.length;
  story.does("Frau Weber presses the button at her bath");
  await rig.home.press("bath-button");
  let alarmId = "";
  await story.promise('the tablet says "help is called", and it is on disk', async () => {
    const shown = await tablet.sees("help-stored", announcement("help-stored"));
    alarmId = String(shown.payload["alarmId"]);
    await mustBeOnDisk(cast, alarmId);
  });
  await story.promise("the care service has taken custody, durably", async () => {
    await care("custody", (event) => event.alarmId === alarmId);
    await tablet.sees("help-with-care", announcement("help-with-care", alarmId));
  });
  await care("told", (event) => event.alarmId === alarmId);
  let link = "";
  await story.promise(
    "Anna Weber, the daughter, has a message with a link of her own",
    async () => {
      const message = await messageTo(cast, numbers.daughter, messages);
      link = message.link;
      story.says("phone", message.text.replace(/\S+$/, "…"));
      const page = await readLink(link);
      await must(page.state === "open" && page.you.name === "Anna Weber", "the page is not hers");
    },
  );
  story.does('Anna Weber cannot come and says so on her page ("Ich kann nicht")');
  await answerLink(link, false);
  await story.promise("the neighbour is told next, without waiting for the deadline", async () => {
    const declined = await care("declined", (event) => event.alarmId === alarmId);
    const next = await care("told", (event) => event.alarmId === alarmId && event.step === 1);
    const waitedMs = next.wall_ms - declined.wall_ms;
    await must(waitedMs < atOnceMs, `he was told ${waitedMs} ms later`);
  });
  story.says("care", "the neighbour's telephone is off: no receipt, no answer");
  await story.promise("the night service is told without an end to the waiting", async () => {
    await care("told", (event) => event.alarmId === alarmId && event.step === 2);
  });
  await story.promise("until now nobody was told that help is coming", () =>
    must(!tablet.shown.some(announcement("help-coming", alarmId)), "somebody was"),
  );
  story.does("Frau Maier of the night service accepts");
  await desk.accept(alarmId, nightService);
  await story.promise('the tablet says "Frau Maier is coming"', async () => {
    const shown = await tablet.sees("help-coming", announcement("help-coming", alarmId));
    await must(JSON.stringify(shown.payload["words"]).includes("Frau Maier"), "without her name");
  });
  await close(cast, alarmId, "Slipped, not hurt, helped up");
  await story.promise("with its end the helper's page shows no address any more", async () => {
    const page = await readLink(link);
    await must(page.state === "closed" && page.place === null, "it still does");
  });
}

/**
 * Asks at the tablet for power until the relay is closed: the home refuses while power may still
 * flow.
 */
async function giveStovePower({ rig, tablet }: Cast): Promise<void> {
  await until(
    "the stove has power again",
    async () => {
      await tablet.ask({ kind: "stove-reset" });
      return (await rig.home.status()).stove.relayOn ? true : undefined;
    },
    30_000,
  );
}

/**
 * With a slow plug the relay is still closed when the cut is told; whoever said "off" by then, or
 * before the plug answered, is found out.
 */
async function proof({ rig, story, tablet }: Cast): Promise<void> {
  let closedAt = Number.NaN;
  await story.promise("nobody comes: the relay is open and no power flows", async () => {
    await until("the relay is open", async () => {
      const asked = performance.now();
      const { stove } = await rig.home.status();
      if (stove.relayOn) closedAt = asked;
      return !stove.relayOn && stove.powerW < 5 ? true : undefined;
    });
  });
  await story.promise('"the stove is off" is said after the read-back, not before', async () => {
    const cut = await tablet.sees("stove-cut", announcement("stove-cut"));
    const told = await tablet.sees("stove-proved-off", announcement("stove-proved-off"));
    await must(closedAt > cut.at, "the plug was not slow: this shows nothing");
    await must(told.at > closedAt, "it was said while the relay was closed");
  });
}

/** 2. The forgotten pan: warning, cut, proved off; then switched on again by hand. */
export async function theForgottenPan(cast: Cast): Promise<void> {
  const { rig, story, tablet } = cast;
  story.chapter("2  The forgotten pan");
  story.does(
    "after the last power cut the stove stayed off; Herr Yilmaz gives it power at the tablet",
  );
  await giveStovePower(cast);
  story.does("Herr Yilmaz puts a pan on (1800 W) and leaves the kitchen");
  await rig.home.ask("walk", "kitchen-motion", 2_000);
  await rig.home.ask("stove", "on", 1_800);
  await until("the stove draws power", async () =>
    (await rig.home.status()).stove.powerW > 1_000 ? true : undefined,
  );
  await story.promise("the home warns before it cuts", async () => {
    await tablet.sees("the warning", announcement("stove-unattended"), 60_000);
    const { relayOn } = (await rig.home.status()).stove;
    await must(relayOn, "it was cut without a warning");
  });
  story.says("home", "the stove is on and nobody is in the kitchen");
  story.does("the stove's plug gets slow: it acts and answers a second late");
  await rig.home.ask("fault", "slowness", plugLateMs);
  await rig.home.ask("stove", "fault", "slow");
  await proof(cast);
  // The cut was sent several times; the last of them must not meet a stove that is on again.
  await rig.home.ask("wait", 2 * plugLateMs);
  await rig.home.ask("fault", "clear");
  story.does("back in the kitchen, he turns the stove on again at the tablet");
  await story.promise("a deliberate local reset gives power back", async () => {
    await rig.home.ask("walk", "kitchen-motion", 2_000);
    await giveStovePower(cast);
  });
  await rig.home.ask("stove", "off");
}

/** 5. kill -9 in the middle of an alarm. */
export async function theKill(cast: Cast): Promise<void> {
  const { rig, story, desk } = cast;
  story.chapter("5  kill -9 in the middle of an alarm");
  const mark = rig.careEvents.length;
  const care = since(rig, mark);
  await rig.home.press("bath-button");
  story.does("Frau Weber presses the button");
  const raised = await care("custody");
  const alarmId = raised.alarmId ?? "";
  await cast.tablet.close();
  await rig.gateway.kill("SIGKILL");
  story.does("the gateway is killed (kill -9)");
  await desk.accept(alarmId, nightService);
  story.does("Frau Maier accepts while the home's gateway is dead");
  rig.startGateway();
  await rig.ready();
  cast.tablet = await rig.tablet();
  await story.promise("the gateway is back, and the same alarm is still open", async () => {
    const { open_alarms } = (await rig.status()) ?? { open_alarms: -1 };
    await must(open_alarms === 1, `${open_alarms} alarms are open`);
  });
  await story.promise('and the tablet says "Frau Maier is coming"', () =>
    cast.tablet.sees("help-coming", announcement("help-coming", alarmId), 30_000),
  );
  await story.promise("at the care service it is one alarm, not two", () => {
    const ids = rig.careEvents
      .slice(mark)
      .filter(({ kind, category }) => kind === "raised" && category === "emergency-call")
      .map((event) => event.alarmId);
    return must(ids.length === 1, `${ids.length} were raised`);
  });
  await close(cast, alarmId, "Helped to bed");
  await closeSilence(cast);
}
