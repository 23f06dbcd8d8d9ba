/** The radio of the gateway: zigbee-herdsman behind the port `Radio`. */
import type { Logger } from "pino";
import type { Controller, Events, Models } from "zigbee-herdsman";
import { rateLimited } from "../../platform/log.ts";
import { wordsOf } from "../../platform/words.ts";
import type { SignalPattern } from "../../rules/effects.ts";
import type { Fact } from "../../rules/events.ts";
import type { ActOutcome, Hear, Radio } from "../ports.ts";
import type { Connection } from "./connection.ts";
import { attempt } from "./deadline.ts";
import { type Prepared, RadioFiles } from "./files.ts";
import { Inbox } from "./inbox.ts";
import { guardFormation } from "./inside.ts";
import { listen } from "./listeners.ts";
import { redirectStackLog } from "./logging.ts";
import { Network } from "./network.ts";
import { Recognition } from "./recognise.ts";
import { RelaySwitch } from "./relay.ts";
import type { RadioSettings } from "./settings.ts";
import { Signals } from "./signals.ts";
import { Supervision } from "./supervise.ts";
import { Wishes } from "./wishes.ts";

export interface RadioParts {
  readonly settings: RadioSettings;
  readonly hear: Hear;
  readonly log: Logger;
  /** Tells of every device that joined, also of those that are not in the plan yet. */
  readonly onJoined?: (device: JoinedDevice) => void;
}

/** A device that joined and was asked what it is; `model` is empty where nobody knows it. */
export interface JoinedDevice {
  readonly ieee: string;
  readonly model: string;
}

/** The port, and what pairing needs besides. */
export interface ZigbeeRadio extends Radio {
  /** Lets new devices join for this long (at most 254 s); 0 closes the door. */
  permitJoin(seconds: number): Promise<ActOutcome>;
}

const pairing_ms = 5_000;
const work_ms = 10_000;
const day_ms = 24 * 3_600_000;
/**
 * A restored stick goes on 2,500 frames after the counter of its backup [zigbee-herdsman], and
 * devices ignore one that is behind. A coordinator sends 240 frames an hour for link status alone.
 */
const backupEvery_ms = 3 * 3_600_000;
/** A card that fails does so at each reconnection. */
const mostWarnings = 20;
const hour_ms = 3_600_000;

class Zigbee implements ZigbeeRadio {
  readonly #parts: RadioParts;
  readonly #hear: Hear;
  readonly #log: Logger;
  readonly #warn: (words: string) => void;
  readonly #files: RadioFiles;
  readonly #recognition: Recognition;
  readonly #relays: RelaySwitch;
  readonly #network: Network;
  readonly #inbox: Inbox;
  readonly #signals: Signals;
  readonly #wishes: Wishes;
  readonly #supervision: Supervision;
  #connection: Connection | undefined;
  #backups: NodeJS.Timeout | undefined;
  #daily: NodeJS.Timeout | undefined;

  constructor(parts: RadioParts) {
    const { settings, log } = parts;
    this.#parts = parts;
    this.#log = log;
    this.#warn = rateLimited((words) => log.warn(words), mostWarnings, hour_ms);
    this.#hear = (fact) => this.#pass(fact);
    this.#files = new RadioFiles(settings);
    this.#recognition = new Recognition(log);
    this.#relays = new RelaySwitch((device) => this.#network.link(device));
    const isCutting = (): boolean => this.#relays.isCutting;
    const recognition = this.#recognition;
    this.#network = new Network({
      settings,
      hear: this.#hear,
      log,
      recognition,
      isCutting,
      resume: (device) => this.#relays.resume([device]),
    });
    this.#inbox = new Inbox({
      devices: settings.devices,
      hear: this.#hear,
      log,
      recognition,
      now: () => performance.now(),
    });
    this.#signals = new Signals({
      lights: () => this.#network.byRole("light"),
      sirens: () => this.#network.byRole("siren"),
      recognition,
      isCutting,
    });
    this.#wishes = new Wishes({
      find: (id) => this.#network.find(id),
      isInverted: (device) => recognition.isInverted(device),
      isCutting,
    });
    this.#supervision = this.#supervise();
  }

  #supervise(): Supervision {
    return new Supervision({
      settings: this.#parts.settings,
      hear: this.#hear,
      log: this.#log,
      prepare: () => this.#prepare(),
      accepts: (ieee) => this.#accepts(ieee),
      opening: (connection) => this.#listen(connection.controller),
      opened: (connection, prepared) => this.#opened(connection, prepared),
      notSaved: (why) => this.#warn(`the device database is not saved: ${why}`),
      backUp: (connection) => this.#backUp(connection),
      closed: () => {
        this.#connection = undefined;
        this.#network.leave();
        this.#inbox.forget();
      },
    });
  }

  start(): void {
    redirectStackLog(this.#log);
    void this.#work("loading the device models", () => this.#recognition.load());
    this.#supervision.start();
    this.#daily ??= setInterval(() => void this.#dailyWork(), day_ms);
    this.#backups ??= setInterval(
      () => void this.#work("the backup", () => this.#backUp(this.#connection)),
      backupEvery_ms,
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.#daily);
    clearInterval(this.#backups);
    this.#signals.stop();
    await this.#supervision.stop();
  }

  cutPower(device: string, way: "direct" | "group"): Promise<ActOutcome> {
    return this.#relays.cut(device, way);
  }

  givePower(device: string): Promise<ActOutcome> {
    return this.#relays.give(device);
  }

  readRelay(device: string): Promise<ActOutcome> {
    this.#network.askPower();
    return this.#relays.read(device);
  }

  signal(pattern: SignalPattern): void {
    this.#signals.show(pattern);
  }

  /** Also after a wish that failed: it may have been done, and its answer lost. */
  async wish(device: string, level: number): Promise<ActOutcome> {
    const outcome = await this.#wishes.wish(device, level);
    this.#network.look(device);
    return outcome;
  }

  async permitJoin(seconds: number): Promise<ActOutcome> {
    const { controller } = this.#network;
    if (controller === undefined) return { ok: false, detail: "the radio is not connected" };
    const done = await attempt(pairing_ms, "the stick", () => controller.permitJoin(seconds));
    if (!done.ok) return { ok: false, detail: done.why };
    return { ok: true, detail: `new devices may join for ${seconds} s` };
  }

  #pass(fact: Fact): void {
    try {
      this.#parts.hear(fact);
    } catch (thrown) {
      this.#log.error({ why: wordsOf(thrown), fact: fact.kind }, "a fact was not taken");
    }
    if (fact.kind === "relay-read") this.#relays.noticed(fact.device, fact.on);
  }

  async #prepare(): Promise<Prepared> {
    const prepared = await this.#files.prepare();
    for (const report of prepared.reports) this.#warn(report);
    guardFormation(prepared.mayForm);
    return prepared;
  }

  /** Members of the plan may come back at any time; strangers only while pairing is open. */
  #accepts(ieee: string): boolean {
    const { controller } = this.#network;
    if (this.#network.planned(ieee) !== undefined || controller?.getPermitJoin()) return true;
    this.#log.warn({ ieee }, "a device that is not in the plan wanted to join; refused");
    return false;
  }

  #listen(controller: Controller): void {
    const listener = {
      message: (message: Events.MessagePayload) => this.#inbox.receive(message),
      alive: (ieee: string) => this.#inbox.alive(ieee),
      announced: (device: Models.Device) => this.#arrived(device),
      left: (ieee: string) => this.#left(ieee),
      joined: (device: Models.Device) => this.#joined(device),
    };
    listen(controller, listener, this.#log);
  }

  #opened(connection: Connection, { hasBackup }: Prepared): void {
    this.#connection = connection;
    this.#network.enter(connection.controller);
    // What is owed to the stove comes before all else.
    this.#relays.resume();
    this.#hear({ kind: "radio-ready" });
    this.#network.begin();
    this.#signals.again();
    void this.#work("the files", () => this.#files.started());
    if (!hasBackup) void this.#work("the backup", () => this.#backUp(connection));
  }

  /** Power came back to a plug: its relay, its fail-safe and its group are asked for anew. */
  #arrived(device: Models.Device): void {
    const planned = this.#network.planned(device.ieeeAddr);
    if (planned !== undefined) this.#network.arrived(planned.id);
  }

  #left(ieee: string): void {
    const planned = this.#network.planned(ieee);
    if (planned === undefined) return;
    this.#log.error({ device: planned.id }, "an expected device left the network");
    this.#network.departed(planned.id);
    this.#hear({ kind: "device-missing", device: planned.id });
    void this.#work("the files", () => this.#files.departed(ieee, true));
  }

  async #joined(device: Models.Device): Promise<void> {
    const ieee = device.ieeeAddr;
    const planned = this.#network.planned(ieee);
    if (planned !== undefined) {
      this.#hear({ kind: "device-found", device: planned.id });
      void this.#work("the files", () => this.#files.departed(ieee, false));
    }
    await this.#recognition.learn(device);
    const model = this.#recognition.model(ieee) ?? "";
    this.#log.info({ ieee, model }, "device joined");
    this.#parts.onJoined?.({ ieee, model });
    const [stick] = this.#network.controller?.getDevicesByType("Coordinator") ?? [];
    const endpoint = stick?.getEndpoint(1);
    if (endpoint !== undefined) await this.#recognition.configure(device, endpoint);
    if (planned !== undefined) this.#network.arrived(planned.id);
    // The backup must know the new device's key.
    await this.#work("the backup", () => this.#backUp(this.#connection));
  }

  async #dailyWork(): Promise<void> {
    this.#network.prepare();
    await this.#work("the files", () => this.#files.keep());
  }

  async #backUp(connection: Connection | undefined): Promise<void> {
    if (connection !== undefined) await this.#files.saveBackup(await connection.readBackup());
  }

  async #work(what: string, start: () => Promise<unknown>): Promise<void> {
    const done = await attempt(work_ms, what, start);
    if (!done.ok) this.#log.error({ what, why: done.why }, "work beside the radio failed");
  }
}

export function createRadio(parts: RadioParts): ZigbeeRadio {
  return new Zigbee(parts);
}
