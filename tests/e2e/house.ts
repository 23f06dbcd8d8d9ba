/** A house in real processes with a tablet and a desk, and what every story asks of it. */

import { pathToFileURL } from "node:url";
import type { Desk } from "../../care/desk-client.ts";
import type { DeskEvent } from "../../protocol/desk.ts";
import { ownTells, storedAt, type Tell } from "../../sim/demo/journal-file.ts";
import { until } from "../../sim/demo/process.ts";
import { type Rig, type RigOptions, startRig } from "../../sim/demo/rig.ts";
import type { Shown, Tablet } from "../../sim/demo/tablet.ts";

export const daughter = { id: "daughter", name: "Anna Weber" };
export const nightService = { id: "night-service", name: "Frau Maier" };

/** Environment of a gateway on a machine that was started anew, with a wall clock that is off. */
export const otherKernel = (wallShiftMs = 0): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${pathToFileURL("tests/e2e/other-kernel.ts").href}`,
  E2E_WALL_SHIFT_MS: String(wallShiftMs),
});

/** Generous: the machine may be busy with other tests. No story depends on how long things take. */
const patienceMs = 60_000;

/** What happened at the care service and at the tablet since a moment. */
export interface Since {
  /** The first such event, past or to come. */
  care(kind: DeskEvent["kind"], fits?: (event: DeskEvent) => boolean): Promise<DeskEvent>;
  /**
   * Alarms of this category that were raised until now, each as often as it was. The care service
   * raises others by itself, when the home is silent.
   */
  raised(category: DeskEvent["category"]): readonly string[];
  /** The first such sentence at the tablet, past or to come. */
  says(key: string, alarmId?: string): Promise<Shown>;
  /** Keys of all sentences until now. */
  said(alarmId?: string): readonly string[];
}

const isAnnouncement = ({ topic }: Shown, alarmId: string | undefined, payload: Shown["payload"]) =>
  topic === "home/announcement" && (alarmId === undefined || payload["alarmId"] === alarmId);

export class House {
  readonly rig: Rig;
  readonly desk: Desk;
  tablet: Tablet;

  constructor(rig: Rig, tablet: Tablet) {
    this.rig = rig;
    this.tablet = tablet;
    this.desk = rig.desk();
  }

  /** From now on. */
  since(): Since {
    const { rig, tablet } = this;
    const careMark = rig.careEvents.length;
    const tabletMark = tablet.shown.length;
    const care = (): readonly DeskEvent[] => rig.careEvents.slice(careMark);
    const sentences = (alarmId?: string): readonly Shown[] =>
      tablet.shown.slice(tabletMark).filter((it) => isAnnouncement(it, alarmId, it.payload));
    return {
      care: (kind, fits = () => true) =>
        until(
          `the care service says "${kind}"`,
          () => care().find((event) => event.kind === kind && fits(event)),
          patienceMs,
        ),
      raised: (category) =>
        care()
          .filter((event) => event.kind === "raised" && event.category === category)
          .map(({ alarmId = "" }) => alarmId),
      says: (key, alarmId) =>
        until(
          `the tablet says "${key}"`,
          () => sentences(alarmId).find(({ payload }) => payload["key"] === key),
          patienceMs,
        ),
      said: (alarmId) => sentences(alarmId).map(({ payload }) => String(payload["key"])),
    };
  }

  /** Presses a button until the call is in custody at the care service; resolves with its id. */
  async callArrives(button: string): Promise<string> {
    const since = this.since();
    await this.rig.home.press(button);
    // A frame of a button that nobody understood is a concern of the same category, and no call.
    const isCall = ({ category, level }: DeskEvent): boolean =>
      category === "emergency-call" && level === "alarm";
    const { alarmId = "" } = await since.care("raised", isCall);
    await since.care("custody", (event) => event.alarmId === alarmId);
    return alarmId;
  }

  /** A person ends every open alarm; then none is open on either side. */
  async closeAll(): Promise<void> {
    await until(
      "no alarm is open on either side",
      async () => {
        for (const { alarm } of this.desk.openAlarms()) {
          const closing = { by: nightService, outcome: "helped", note: "" } as const;
          await this.desk.closeAlarm(alarm.id, closing);
        }
        const status = await this.rig.status();
        const none = status?.open_alarms === 0 && this.desk.openAlarms().length === 0;
        return none ? true : undefined;
      },
      patienceMs,
    );
  }

  /** Asks at the tablet for power at the stove until its relay is closed. */
  async giveStovePower(): Promise<void> {
    await until(
      "the stove has power",
      async () => {
        await this.tablet.ask({ kind: "stove-reset" }, patienceMs);
        return (await this.rig.home.status()).stove.relayOn ? true : undefined;
      },
      patienceMs,
    );
  }

  /** Whom the home's own chain told, from its journal. */
  ownTells(alarmId: string): readonly Tell[] {
    return ownTells(this.rig.files.dataDir, alarmId);
  }

  /** Whether the alarm is in the home's journal, whatever was said of it. */
  isOnDisk(alarmId: string): boolean {
    return storedAt(this.rig.files.dataDir, alarmId) !== undefined;
  }

  /** Starts the gateway that was killed, and the tablet finds it again. */
  async comeBack(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.tablet.close();
    this.rig.startGateway(env);
    const status = await until(
      "the gateway is back",
      async () => {
        const now = await this.rig.status();
        return now !== undefined && now.radio === "ready" && "mqtt" in now.ports ? now : undefined;
      },
      patienceMs,
    );
    this.tablet = await this.rig.tabletAt(status.ports["mqtt"] ?? 0);
  }

  /** After a story, however it went: the line is whole, the stove off, and no alarm open. */
  async calm(): Promise<void> {
    const { rig } = this;
    rig.line.heal();
    await rig.home.ask("fault", "clear");
    await rig.home.ask("stove", "off");
    if ((await rig.status()) === undefined) await this.comeBack();
    await rig.ready(patienceMs);
    await this.closeAll();
  }

  close(): Promise<void> {
    return this.rig.close();
  }
}

/** Everything runs, and the tablet and the desk are connected. */
export async function openHouse(options: RigOptions = {}): Promise<House> {
  const rig = await startRig({
    stove: { absence_min: 0.1, pre_alarm_s: 5 },
    link: { beat_every_s: 1, silent_after_s: 5, custody_within_s: 3, repeat_every_s: 5 },
    stepWithin_s: 5,
    ...options,
  });
  await rig.ready(patienceMs);
  return new House(rig, await rig.tablet());
}
