/** Who takes part in the demonstration, and what its chapters have in common. */
import type { Desk } from "../../care/desk-client.ts";
import type { DeskEvent } from "../../protocol/desk.ts";
import { storedAt } from "./journal-file.ts";
import { until } from "./process.ts";
import type { Rig } from "./rig.ts";
import type { ShortMessage, SmsProvider } from "./sms-provider.ts";
import { must, type Story } from "./story.ts";
import type { Shown, Tablet } from "./tablet.ts";

/** Who and what takes part. */
export interface Cast {
  readonly rig: Rig;
  readonly story: Story;
  readonly desk: Desk;
  /** The telephones of the helpers, behind a provider of short messages. */
  readonly phones: SmsProvider;
  tablet: Tablet;
}

export const daughter = { id: "daughter", name: "Anna Weber" };
export const nightService = { id: "night-service", name: "Frau Maier" };

/** Numbers of the helpers; the neighbour's telephone is off. */
export const numbers = { daughter: "+4915100000001", neighbour: "+4915100000002" } as const;

/** The message that this telephone gets, of those that came after the mark. */
export const messageTo = ({ phones }: Cast, number: string, mark: number): Promise<ShortMessage> =>
  until(`a message to ${number}`, () =>
    phones.messages.slice(mark).find(({ to }) => to === number),
  );

/** What happened at the care service since this mark. */
export const since =
  (rig: Rig, mark: number) =>
  (kind: DeskEvent["kind"], fits: (event: DeskEvent) => boolean = () => true) =>
    until(
      `the care service says "${kind}"`,
      () => rig.careEvents.slice(mark).find((event) => event.kind === kind && fits(event)),
      40_000,
    );

export const announcement =
  (key: string, alarmId?: string) =>
  ({ topic, payload }: Shown): boolean =>
    topic === "home/announcement" &&
    payload["key"] === key &&
    (alarmId === undefined || payload["alarmId"] === alarmId);

/** Looks into the journal itself: what is said to be on the disk must be there. */
export function mustBeOnDisk({ rig }: Cast, alarmId: string): Promise<void> {
  const at = storedAt(rig.files.dataDir, alarmId);
  return must(at !== undefined, `${alarmId} is not in the home's journal`);
}

/** Frau Maier ends an alarm; both sides must know. */
export async function close(cast: Cast, alarmId: string, note: string): Promise<void> {
  const { rig, story, desk } = cast;
  const care = since(rig, 0);
  story.does(`Frau Maier closes the alarm: "${note}"`);
  await story.promise("the alarm is closed by a person, on both sides", async () => {
    await desk.closeAlarm(alarmId, { by: nightService, outcome: "helped", note });
    await care("closed", (event) => event.alarmId === alarmId);
    await until("the home has closed it too", async () => {
      const status = await rig.status();
      return status?.open_alarms === 0 ? true : undefined;
    });
  });
}

/** A home that was silent is an alarm at the care service until a person has looked after it. */
export async function closeSilence({ story, desk }: Cast): Promise<void> {
  const silent = desk.openAlarms().filter(({ alarm }) => alarm.reason === "home-silent");
  if (silent.length > 0) story.does("Frau Maier closes the alarm that the home was silent");
  for (const { alarm } of silent) {
    const note = "The line is back, and so is the home";
    await desk.closeAlarm(alarm.id, { by: nightService, outcome: "fault-repaired", note });
  }
  await story.promise("nothing is left open at the care service", () =>
    until("no alarm is open", () => (desk.openAlarms().length === 0 ? true : undefined)),
  );
}
