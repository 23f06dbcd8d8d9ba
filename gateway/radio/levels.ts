/**
 * How lights and covers are, put together from what they say: a light says in one message that it
 * is on, and in another how bright. Only what was said on this connection counts.
 */
import type { Events, Models } from "zigbee-herdsman";
import { brightest, fixtureEndpoint, fixtureKind, isDimmable, openOf } from "./fixture.ts";
import type { RadioDevice } from "./settings.ts";
import type { Reading } from "./standard.ts";

interface Light {
  readonly on?: boolean;
  readonly brightness?: number;
}

/** What is known of a model; undefined while nobody has looked. */
export type CoverModel = (device: Models.Device) => { readonly isInverted: boolean } | undefined;

/** A light that is on and does not say how bright is as bright as it can be. */
function lightLevel({ on, brightness }: Light, dims: boolean): number | undefined {
  if (on !== true) return on === false ? 0 : undefined;
  if (!dims || brightness === undefined) return 100;
  return Math.max(1, Math.round((brightness / brightest) * 100));
}

export class Levels {
  readonly #coverModel: CoverModel;
  readonly #lights = new Map<string, Light>();

  constructor(coverModel: CoverModel) {
    this.#coverModel = coverModel;
  }

  /** The level after this message, 0 to 100; undefined where it says nothing of it. */
  read(
    { id, roles }: RadioDevice,
    { device, endpoint }: Pick<Events.MessagePayload, "device" | "endpoint">,
    { on, brightness, closed_percent }: Reading,
  ): number | undefined {
    const kind = fixtureKind(roles);
    if (kind === undefined || fixtureEndpoint(device, kind) !== endpoint) return undefined;
    if (kind === "cover") {
      const model = this.#coverModel(device);
      if (closed_percent === undefined || model === undefined) return undefined;
      return openOf(closed_percent, model.isInverted);
    }
    if (on === undefined && brightness === undefined) return undefined;
    const light: Light = {
      ...this.#lights.get(id),
      ...(on === undefined ? {} : { on }),
      ...(brightness === undefined ? {} : { brightness }),
    };
    this.#lights.set(id, light);
    return lightLevel(light, isDimmable(endpoint));
  }

  /** What is said while nobody listens is not known. */
  forget(): void {
    this.#lights.clear();
  }
}

/** A tablet needs no more, and a lamp that flickers or a cover that trembles costs no more. */
const pace_ms = 1_000;

interface Paced {
  readonly timer: NodeJS.Timeout;
  waits: number | undefined;
}

/** One level for a device at a time: of those between, only the last is said. */
export class LevelPace {
  readonly #say: (device: string, level: number) => void;
  readonly #paced = new Map<string, Paced>();

  constructor(say: (device: string, level: number) => void) {
    this.#say = say;
  }

  hear(device: string, level: number): void {
    const paced = this.#paced.get(device);
    if (paced !== undefined) {
      paced.waits = level;
      return;
    }
    const timer = setTimeout(() => this.#next(device), pace_ms);
    timer.unref();
    this.#paced.set(device, { timer, waits: undefined });
    this.#say(device, level);
  }

  /** What waits is as old as the connection that it came by. */
  forget(): void {
    for (const { timer } of this.#paced.values()) clearTimeout(timer);
    this.#paced.clear();
  }

  #next(device: string): void {
    const waits = this.#paced.get(device)?.waits;
    this.#paced.delete(device);
    if (waits !== undefined) this.hear(device, waits);
  }
}
