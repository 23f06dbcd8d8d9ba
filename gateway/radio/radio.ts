/** The radio of the gateway: zigbee-herdsman behind the port `Radio`. */
import type { Logger } from "pino";
import type { Controller, Models } from "zigbee-herdsman";
import type { SignalPattern } from "../../rules/effects.ts";
import type { Fact } from "../../rules/events.ts";
import type { ActOutcome, Hear, Radio } from "../ports.ts";
import type { Connection } from "./connection.ts";
import { attempt, sentence } from "./deadline.ts";
import { compare } from "./expected.ts";
import { RadioFiles } from "./files.ts";
import { Inbox } from "./inbox.ts";
import { adapterOf, guardFormation } from "./inside.ts";
import { redirectStackLog } from "./logging.ts";
import { Recognition } from "./recognise.ts";
import { RelaySwitch } from "./relay.ts";
import { RelayLink } from "./relay-link.ts";
import { type RadioDevice, type RadioSettings, withRole } from "./settings.ts";
import { Supervision } from "./supervise.ts";

export interface RadioParts {
  readonly settings: RadioSettings;
  readonly hear: Hear;
  readonly log: Logger;
}

/** The port, and what pairing needs besides. */
export interface ZigbeeRadio extends Radio {
  /** Lets new devices join for this long (at most 254 s); 0 closes the door. */
  permitJoin(seconds: number): Promise<ActOutcome>;
}

const pairing_ms = 5_000;
const dailyWork_ms = 24 * 3_600_000;

class Zigbee implements ZigbeeRadio {
  readonly #settings: RadioSettings;
  readonly #hear: Hear;
  readonly #log: Logger;
  readonly #files: RadioFiles;
  readonly #recognition: Recognition;
  readonly #inbox: Inbox;
  readonly #supervision: Supervision;
  readonly #relays: RelaySwitch;
  readonly #links = new Map<string, RelayLink>();
  #controller: Controller | undefined;
  #daily: NodeJS.Timeout | undefined;

  constructor({ settings, hear, log }: RadioParts) {
    this.#settings = settings;
    this.#log = log;
    this.#hear = (fact) => {
      try {
        hear(fact);
      } catch (thrown) {
        log.error({ why: sentence(thrown), fact: fact.kind }, "a fact was not taken");
      }
    };
    this.#files = new RadioFiles(settings);
    this.#recognition = new Recognition(log);
    this.#relays = new RelaySwitch((device) => this.#links.get(device));
    this.#inbox = new Inbox({
      devices: settings.devices,
      hear: (fact) => this.#take(fact),
      log,
      recognition: this.#recognition,
      now: () => performance.now(),
    });
    this.#supervision = new Supervision({
      settings,
      hear: this.#hear,
      log,
      prepare: () => this.#prepare(),
      accepts: (ieee) => this.#accepts(ieee),
      opening: (connection) => this.#listen(connection.controller),
      opened: (connection) => this.#opened(connection),
      closed: () => this.#closed(),
    });
  }

  start(): void {
    redirectStackLog(this.#log);
    this.#supervision.start();
    this.#daily ??= setInterval(() => void this.#dailyWork(), dailyWork_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.#daily);
    await this.#supervision.stop();
  }

  cutPower(device: string, way: "direct" | "group"): Promise<ActOutcome> {
    return this.#relays.cut(device, way);
  }

  givePower(device: string): Promise<ActOutcome> {
    return this.#relays.give(device);
  }

  readRelay(device: string): Promise<ActOutcome> {
    return this.#relays.read(device);
  }

  signal(_pattern: SignalPattern): void {}

  wish(_device: string, _level: number): Promise<ActOutcome> {
    return Promise.resolve({ ok: false, detail: "not yet" });
  }

  async permitJoin(seconds: number): Promise<ActOutcome> {
    const controller = this.#controller;
    if (controller === undefined) return { ok: false, detail: "the radio is not connected" };
    const done = await attempt(pairing_ms, "the stick", () => controller.permitJoin(seconds));
    return done.ok
      ? { ok: true, detail: `new devices may join for ${seconds} s` }
      : { ok: false, detail: done.why };
  }

  #take(fact: Fact): void {
    this.#hear(fact);
    if (fact.kind === "relay-read") this.#relays.noticed(fact.device, fact.on);
  }

  async #prepare(): Promise<void> {
    const { mayForm, reports } = await this.#files.prepare();
    for (const report of reports) this.#log.warn({ report }, "radio files");
    guardFormation(mayForm);
  }

  /** Members of the plan may come back at any time; strangers only while pairing is open. */
  #accepts(ieee: string): boolean {
    if (this.#device(ieee) !== undefined || this.#controller?.getPermitJoin() === true) return true;
    this.#log.warn({ ieee }, "a device that is not in the plan wanted to join; refused");
    return false;
  }

  #device(ieee: string): RadioDevice | undefined {
    return this.#settings.devices.find((device) => device.ieee === ieee);
  }

  /** Every listener is wrapped: an exception inside one would end the process. */
  #listen(controller: Controller): void {
    const guarded =
      <T>(what: string, listener: (data: T) => void) =>
      (data: T): void => {
        try {
          listener(data);
        } catch (thrown) {
          this.#log.error({ what, why: sentence(thrown) }, "a listener failed");
        }
      };
    controller.on("message", (message) => this.#inbox.receive(message));
    controller.on(
      "lastSeenChanged",
      guarded("sign of life", ({ device, reason }) => {
        const spoke = reason === "messageNonEmitted" || reason === "deviceAnnounce";
        if (spoke) this.#inbox.alive(device.ieeeAddr);
      }),
    );
    controller.on(
      "deviceLeave",
      guarded("leave", ({ ieeeAddr }) => this.#left(ieeeAddr)),
    );
    controller.on(
      "deviceInterview",
      guarded("interview", ({ status, device }) => {
        if (status === "successful") void this.#joined(device);
      }),
    );
  }

  #opened({ controller }: Connection): void {
    this.#controller = controller;
    for (const { id, ieee } of withRole(this.#settings, "stove-relay")) {
      const device = controller.getDeviceByIeeeAddr(ieee);
      if (device !== undefined) this.#link(id, device, controller);
    }
    // What is owed to the stove comes before all else.
    this.#relays.resume();
    this.#hear({ kind: "radio-ready" });
    const known = new Set(controller.getDeviceIeeeAddresses());
    for (const fact of compare(this.#settings.devices, known)) this.#hear(fact);
    void attempt(pairing_ms, "the files", () => this.#files.started());
    for (const device of controller.getDevicesIterator()) {
      if (device.type !== "Coordinator") void this.#recognition.learn(device);
    }
  }

  #closed(): void {
    this.#controller = undefined;
    this.#links.clear();
  }

  #link(id: string, device: Models.Device, controller: Controller): void {
    const endpoint = device.endpoints.find((one) => one.supportsInputCluster("genOnOff"));
    const adapter = adapterOf(controller);
    if (endpoint === undefined || adapter === undefined) return;
    // A request that failed must not be kept and sent when the plug speaks again: it may be an "on".
    device.pendingRequestTimeout = 0;
    this.#links.set(id, new RelayLink(adapter, endpoint));
  }

  #left(ieee: string): void {
    const device = this.#device(ieee);
    if (device === undefined) return;
    this.#log.error({ device: device.id }, "an expected device left the network");
    this.#links.delete(device.id);
    this.#hear({ kind: "device-missing", device: device.id });
    void attempt(pairing_ms, "the files", () => this.#files.departed(ieee, true));
  }

  async #joined(device: Models.Device): Promise<void> {
    await this.#recognition.learn(device);
    const planned = this.#device(device.ieeeAddr);
    const { ieeeAddr } = device;
    this.#log.info({ ieeeAddr, model: this.#recognition.model(ieeeAddr) }, "device joined");
    const controller = this.#controller;
    if (controller === undefined) return;
    if (planned !== undefined) {
      if (planned.roles.includes("stove-relay")) this.#link(planned.id, device, controller);
      this.#hear({ kind: "device-found", device: planned.id });
      void attempt(pairing_ms, "the files", () => this.#files.departed(ieeeAddr, false));
    }
    const [stick] = controller.getDevicesByType("Coordinator");
    const endpoint = stick?.getEndpoint(1);
    if (endpoint !== undefined) await this.#recognition.configure(device, endpoint);
  }

  async #dailyWork(): Promise<void> {
    const kept = await attempt(pairing_ms, "the files", () => this.#files.keep());
    if (!kept.ok) this.#log.error({ why: kept.why }, "no generation of the radio files was kept");
  }
}

export function createRadio(parts: RadioParts): ZigbeeRadio {
  return new Zigbee(parts);
}
