/** The chapters of the line between home and care service: down before a press, and after it. */
import {
  announcement,
  type Cast,
  close,
  closeSilence,
  mustBeOnDisk,
  nightService,
  since,
} from "./cast.ts";
import { ownTells } from "./journal-file.ts";
import { until } from "./process.ts";
import { must } from "./story.ts";
import type { Shown } from "./tablet.ts";

/** Each side watches the other, so neither needs to be told of a dead line. */
async function silenceIsNoticed({ rig, story }: Cast, mark: number): Promise<void> {
  await story.promise("the care service notices the silence by itself: an alarm", async () => {
    await since(rig, mark)("raised", ({ reason }) => reason === "home-silent");
  });
}

/** The first sentence that fits among those that were said after `mark`. */
const saidAfter = ({ tablet }: Cast, mark: number, key: string, alarmId?: string) =>
  until(
    `the tablet says "${key}"`,
    () => tablet.shown.slice(mark).find(announcement(key, alarmId)),
    30_000,
  );

const idOf = ({ payload }: Shown): string => String(payload["alarmId"]);

/** 3. The link is down when the button is pressed. */
export async function theLinkThatWasDown(cast: Cast): Promise<void> {
  const { rig, story, desk, tablet } = cast;
  story.chapter("3  The link that was down");
  story.does("the router restarts: no line to the care service");
  rig.line.cut();
  const mark = rig.careEvents.length;
  const care = since(rig, mark);
  const before = tablet.shown.length;
  await rig.home.press("neck-button");
  story.does("Frau Weber presses the button on her neck");
  let alarmId = "";
  await story.promise('"help is called" is true: the alarm is on the home\'s disk', async () => {
    alarmId = idOf(await saidAfter(cast, before, "help-stored"));
    await mustBeOnDisk(cast, alarmId);
  });
  await story.promise("the home says that the care service cannot be reached", async () => {
    await saidAfter(cast, before, "help-no-path", alarmId);
  });
  await silenceIsNoticed(cast, mark);
  await story.promise("nobody is told that the care service has it, or that help comes", () =>
    must(
      !tablet.shown.slice(before).some(announcement("help-with-care", alarmId)) &&
        !tablet.shown.slice(before).some(announcement("help-coming", alarmId)),
      "somebody was",
    ),
  );
  story.does("the router is back");
  rig.line.heal();
  await story.promise("the same alarm arrives by itself and custody is taken", async () => {
    await care("custody", (event) => event.alarmId === alarmId);
    await saidAfter(cast, before, "help-with-care", alarmId);
  });
  await desk.accept(alarmId, nightService);
  await tablet.sees("help-coming", announcement("help-coming", alarmId));
  await close(cast, alarmId, "Wanted to try the button");
  await closeSilence(cast);
}

/** 4. The link breaks while the care service keeps the alarm's deadlines. */
export async function theLinkThatBroke(cast: Cast): Promise<void> {
  const { rig, story, desk, tablet } = cast;
  story.chapter("4  The link that broke in the middle of an alarm");
  const mark = rig.careEvents.length;
  const care = since(rig, mark);
  await rig.home.press("bath-button");
  story.does("Frau Weber presses the button at her bath");
  const { alarmId = "" } = await care("custody");
  story.says("care", "has custody; the home's own chain rests");
  const { dataDir } = rig.files;
  const rested = ownTells(dataDir, alarmId).length;
  const broken = tablet.shown.length;
  rig.line.cut();
  story.does("a digger cuts the line");
  await story.promise("the home says that the care service cannot be reached", async () => {
    await saidAfter(cast, broken, "help-no-path", alarmId);
  });
  await story.promise("the home has taken custody back: its own chain goes on", async () => {
    await until("somebody is told by the home's chain", () =>
      ownTells(dataDir, alarmId).length > rested ? true : undefined,
    );
  });
  await silenceIsNoticed(cast, mark);
  const healed = tablet.shown.length;
  rig.line.heal();
  story.does("the line is mended");
  await story.promise("the same alarm is handed over again, at a later epoch", async () => {
    await care("custody", (event) => event.alarmId === alarmId && (event.epoch ?? 0) >= 2);
    await saidAfter(cast, healed, "help-with-care", alarmId);
  });
  await story.promise("at the care service it is one call, not two", () => {
    const calls = rig.careEvents
      .slice(mark)
      .filter(({ kind, category }) => kind === "raised" && category === "emergency-call");
    return must(calls.length === 1, `${calls.length} were raised`);
  });
  await desk.accept(alarmId, nightService);
  await tablet.sees("help-coming", announcement("help-coming", alarmId));
  await close(cast, alarmId, "Helped back into bed");
  await closeSilence(cast);
}
