/**
 * Comfort: lights and covers. The first to give way: few at a time, the latest per device, none
 * during a cut.
 */
import type { Models } from "zigbee-herdsman";
import type { Role } from "../../protocol/home.ts";
import type { ActOutcome } from "../ports.ts";
import { brightest, fixtureEndpoint, fixtureKind, isDimmable, openOf } from "./fixture.ts";
import { brief, request } from "./routine.ts";

export interface WishParts {
  /** The device on the radio, where the plan has it and the radio reaches it. */
  readonly find: (
    id: string,
  ) => { readonly roles: readonly Role[]; readonly device: Models.Device } | undefined;
  /** Whether a cover's firmware counts the other way. */
  readonly isInverted: (device: Models.Device) => boolean;
  readonly isCutting: () => boolean;
}

/** Requests of comfort in flight, all devices together; more are refused. */
const mostWishes = 4;
const fade_ds = 3;

type Command = () => Promise<Readonly<Record<string, unknown>> | undefined>;

const refused = (detail: string): ActOutcome => ({ ok: false, detail });

function lightCommand(endpoint: Models.Endpoint, level: number): Command {
  if (level === 0) return () => endpoint.command("genOnOff", "off", {}, brief);
  if (!isDimmable(endpoint)) return () => endpoint.command("genOnOff", "on", {}, brief);
  const brightness = { level: Math.round((level / 100) * brightest), transtime: fade_ds };
  const options = { optionsMask: 0, optionsOverride: 0 };
  return () =>
    endpoint.command("genLevelCtrl", "moveToLevelWithOnOff", { ...brightness, ...options }, brief);
}

function coverCommand(endpoint: Models.Endpoint, level: number, isInverted: boolean): Command {
  const position = { percentageliftvalue: openOf(Math.round(level), isInverted) };
  return () => endpoint.command("closuresWindowCovering", "goToLiftPercentage", position, brief);
}

export class Wishes {
  readonly #parts: WishParts;
  /** One request per device; what came last waits behind it. */
  readonly #busy = new Set<string>();
  readonly #waiting = new Map<string, { level: number; end: (outcome: ActOutcome) => void }>();

  constructor(parts: WishParts) {
    this.#parts = parts;
  }

  async wish(id: string, level: number): Promise<ActOutcome> {
    if (!Number.isFinite(level) || level < 0 || level > 100) {
      return refused(`a level is a number from 0 to 100, not ${level}`);
    }
    if (this.#parts.isCutting()) return refused("the stove is being cut; try again in a moment");
    if (this.#busy.has(id)) return await this.#wait(id, level);
    if (this.#busy.size >= mostWishes) return refused("too many wishes at a time; try again");
    this.#busy.add(id);
    const outcome = await this.#perform(id, level);
    this.#busy.delete(id);
    this.#next(id);
    return outcome;
  }

  #wait(id: string, level: number): Promise<ActOutcome> {
    this.#waiting.get(id)?.end(refused("a later wish took its place"));
    return new Promise((end) => this.#waiting.set(id, { level, end }));
  }

  #next(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    void this.wish(id, waiting.level).then(waiting.end);
  }

  async #perform(id: string, level: number): Promise<ActOutcome> {
    const found = this.#parts.find(id);
    if (found === undefined) return refused(`the radio does not reach "${id}"`);
    const command = this.#commandFor(found.roles, found.device, level);
    if (command === undefined) return refused(`"${id}" is no light and no cover`);
    const done = await request(id, command);
    return done.ok ? { ok: true, detail: `${id} at ${level}` } : refused(done.why);
  }

  #commandFor(roles: readonly Role[], device: Models.Device, level: number): Command | undefined {
    const kind = fixtureKind(roles);
    const endpoint = kind && fixtureEndpoint(device, kind);
    if (endpoint === undefined) return undefined;
    if (kind === "light") return lightCommand(endpoint, level);
    return coverCommand(endpoint, level, this.#parts.isInverted(device));
  }
}
