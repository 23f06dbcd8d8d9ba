/**
 * The devices of the home on the live connection: found, recognised, prepared. Empty while the
 * radio is lost.
 */
import type { Logger } from "pino";
import type { Controller, Models } from "zigbee-herdsman";
import { wordsOf } from "../../platform/words.ts";
import type { Role } from "../../protocol/home.ts";
import type { Hear } from "../ports.ts";
import { pause } from "./deadline.ts";
import { compare } from "./expected.ts";
import { fixtureKind } from "./fixture.ts";
import { Fixtures } from "./fixtures.ts";
import { adapterOf } from "./inside.ts";
import { askPower } from "./meter.ts";
import type { Recognition } from "./recognise.ts";
import { RelayLink } from "./relay-link.ts";
import { type RadioDevice, type RadioSettings, withRole } from "./settings.ts";
import { stoveEndpoints } from "./stove-endpoints.ts";
import { StovePlug } from "./stove-plug.ts";

export interface NetworkParts {
  readonly settings: RadioSettings;
  readonly hear: Hear;
  readonly log: Logger;
  readonly recognition: Recognition;
  readonly isCutting: () => boolean;
  /** Sends the cut that is owed to a relay, where one is. */
  readonly resume: (device: string) => void;
}

/** A plug that did not answer everything is asked again; later and later, at most every 10 min. */
const prepareAgain_ms: readonly number[] = [5_000, 30_000, 120_000, 600_000];

export class Network {
  readonly #parts: NetworkParts;
  readonly #links = new Map<string, RelayLink>();
  readonly #preparing = new Map<string, AbortController>();
  readonly #fixtures: Fixtures;
  #controller: Controller | undefined;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    const { isCutting, log } = parts;
    const find: Network["find"] = (id) => this.find(id);
    this.#fixtures = new Fixtures({ find, stick: () => this.#stick, isCutting, log });
  }

  get controller(): Controller | undefined {
    return this.#controller;
  }

  get #stick(): Models.Endpoint | undefined {
    return this.#controller?.getDevicesByType("Coordinator")[0]?.getEndpoint(1);
  }

  /** The plan's device with this radio address. */
  planned(ieee: string): RadioDevice | undefined {
    return this.#parts.settings.devices.find((device) => device.ieee === ieee);
  }

  link(id: string): RelayLink | undefined {
    return this.#links.get(id);
  }

  /** A planned device that the radio knows. */
  find(
    id: string,
  ): { readonly roles: readonly Role[]; readonly device: Models.Device } | undefined {
    const planned = this.#parts.settings.devices.find((device) => device.id === id);
    const device = planned && this.#controller?.getDeviceByIeeeAddr(planned.ieee);
    return planned && device && { roles: planned.roles, device };
  }

  /** A stove's relay is nothing else besides: as a light, an SOS press would switch it on. */
  byRole(role: Role): ReadonlyMap<string, Models.Device> {
    const named = withRole(this.#parts.settings, role).filter(
      ({ roles }) => role === "stove-meter" || !roles.includes("stove-relay"),
    );
    const found = named.map(({ id }) => [id, this.find(id)?.device]);
    return new Map(found.filter((pair): pair is [string, Models.Device] => pair[1] !== undefined));
  }

  /** Links to the relays first: what is owed to a stove must not wait for anything else. */
  enter(controller: Controller): void {
    this.#controller = controller;
    for (const { id } of withRole(this.#parts.settings, "stove-relay")) this.#linkTo(id);
  }

  /** Says which devices are there, and sets the stove's plugs up. */
  begin(): void {
    const { settings, hear, recognition } = this.#parts;
    const known = new Set(this.#controller?.getDeviceIeeeAddresses() ?? []);
    for (const fact of compare(settings.devices, known)) hear(fact);
    for (const { id } of settings.devices) {
      const device = this.find(id)?.device;
      if (device !== undefined && !recognition.knows(device)) void this.#learn(id, device);
    }
    // Rules start from levels, not from the next change.
    for (const link of this.#links.values()) link.ask();
    this.prepare();
  }

  leave(): void {
    this.#controller = undefined;
    this.#fixtures.leave();
    this.#links.clear();
    for (const preparing of this.#preparing.values()) preparing.abort();
    this.#preparing.clear();
  }

  /** A device joined, or came back from a power cut. */
  arrived(id: string): void {
    const planned = this.#parts.settings.devices.find((device) => device.id === id);
    if (planned?.roles.includes("stove-relay")) {
      this.#linkTo(id);
      // It may have come back closed: what is owed to it first, then what it says now.
      this.#parts.resume(id);
      this.#links.get(id)?.ask();
    }
    if (planned?.roles.some((role) => role === "stove-relay" || role === "stove-meter")) {
      this.askPower();
      this.#prepare(planned);
    }
    if (fixtureKind(planned?.roles ?? []) !== undefined) this.#fixtures.prepare(id);
  }

  /** What became of a wish for a light or a cover. */
  look(id: string): void {
    this.#fixtures.look(id);
  }

  departed(id: string): void {
    this.#links.delete(id);
    this.#preparing.get(id)?.abort();
  }

  /** At each start and daily: a plug or a lamp may have forgotten. The stove's first. */
  prepare(): void {
    for (const device of this.#parts.settings.devices) {
      const { id, roles } = device;
      if (roles.includes("stove-relay") || roles.includes("stove-meter")) this.#prepare(device);
      if (fixtureKind(roles) !== undefined) this.#fixtures.prepare(id);
    }
  }

  /** A cover is read by its model, which may count the other way. */
  async #learn(id: string, device: Models.Device): Promise<void> {
    await this.#parts.recognition.learn(device);
    if (fixtureKind(this.find(id)?.roles ?? []) === "cover") this.#fixtures.prepare(id);
  }

  /** Relay and meter answer for the stove together: a state without its power proves nothing. */
  askPower(): void {
    for (const [id, device] of this.byRole("stove-meter")) {
      const link = this.#links.get(id);
      const { meter } = stoveEndpoints(device);
      if (link !== undefined && link.endpoint === meter) link.askPower();
      else if (meter !== undefined) void askPower(meter);
    }
  }

  #linkTo(id: string): void {
    const device = this.find(id)?.device;
    const adapter = this.#controller && adapterOf(this.#controller);
    const relay = device && stoveEndpoints(device).relay;
    if (relay === undefined || adapter === undefined) return;
    this.#links.set(id, new RelayLink(adapter, relay));
  }

  #prepare(planned: RadioDevice): void {
    this.#preparing.get(planned.id)?.abort();
    const stop = new AbortController();
    this.#preparing.set(planned.id, stop);
    this.#prepareUntilHeld(planned, stop.signal).catch((thrown: unknown) => {
      this.#parts.log.error({ device: planned.id, why: wordsOf(thrown) }, "plug not set up");
    });
  }

  async #prepareUntilHeld(planned: RadioDevice, stop: AbortSignal): Promise<void> {
    for (let nth = 0; !stop.aborted; nth += 1) {
      const plug = this.#plug(planned);
      if (plug === undefined || (await plug.prepare(stop))) return;
      const [first = 0] = prepareAgain_ms.slice(-1);
      await pause(prepareAgain_ms[nth] ?? first, stop);
    }
  }

  #plug({ id, roles }: RadioDevice): StovePlug | undefined {
    const { hear, log, isCutting } = this.#parts;
    const stick = this.#stick;
    const device = this.find(id)?.device;
    if (device === undefined || stick === undefined) return undefined;
    const { relay = device.endpoints[0], meter } = stoveEndpoints(device);
    return new StovePlug({
      device: id,
      relay: roles.includes("stove-relay") ? relay : undefined,
      meter: roles.includes("stove-meter") ? meter : undefined,
      stick,
      hear,
      log,
      isCutting,
    });
  }
}
