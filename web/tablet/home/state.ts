/**
 * What the home says, as far as it may be believed. Pure: the time of hearing is an argument. A
 * state counts while the home is heard to live, and only that of the start it lives in now.
 */
import type { AnnouncementMessage, GatewayView, PartState } from "../../../protocol/bus.ts";
import type { Instant } from "../../../protocol/time.ts";
import type { StatePart } from "../../../protocol/topics.ts";

export type Parts = { readonly [Part in StatePart]?: PartState<Part> };

/** The home's clock when it was last heard alive, and when that was on the tablet's own. */
export interface HomeClock {
  readonly at_ms: number;
  readonly wall_ms: number;
  readonly trusted: boolean;
  readonly heardAt: number;
}

export interface HomeState {
  /** The start of the gateway that speaks now; undefined until one was heard. */
  readonly boot: string | undefined;
  /** Earlier starts: what is theirs is old, whenever it arrives. */
  readonly oldBoots: readonly string[];
  readonly parts: Parts;
  readonly clock: HomeClock | undefined;
  /** When the wait for a proof of life began: the start of the page, or the last proof. */
  readonly provedAt: number;
  readonly proved: boolean;
  /** Ids of announcements that were heard. */
  readonly heard: readonly string[];
}

/** One message of the home, read as JSON. */
export interface HomeMessage {
  readonly topic: string;
  readonly value: unknown;
  readonly retained: boolean;
}

/** How the home lives: heard lately; not heard for a while; gone. */
export type Life = "alive" | "waiting" | "lost";

const oldBootsMax = 20;
const heardMax = 100;

/** The home's word for its pace is believed within these: what is told as lost must be lost. */
const beatMs = { usual: 5_000, least: 1_000 } as const;

export const emptyHome = (now: number): HomeState => ({
  boot: undefined,
  oldBoots: [],
  parts: {},
  clock: undefined,
  provedAt: now,
  proved: false,
  heard: [],
});

/** Lost before three beats are over: fifteen seconds after the last one it must have been said. */
export function lifeOf({ parts, provedAt, proved }: HomeState, now: number): Life {
  const told = parts.gateway?.everyMs ?? beatMs.usual;
  const every = Math.min(beatMs.usual, Math.max(beatMs.least, told));
  const silence = now - provedAt;
  if (silence >= 3 * every - 1_000) return "lost";
  return proved && silence < 1.8 * every ? "alive" : "waiting";
}

interface Birth {
  readonly id: string;
  readonly boot: string;
  readonly at_ms: number;
  readonly wall_ms: number;
  readonly wall_trusted: boolean;
}

function isBirth(value: unknown): value is Birth {
  if (typeof value !== "object" || value === null) return false;
  const { id, boot, at_ms, wall_ms, wall_trusted } = value as Partial<Birth>;
  const words = [id, boot].every((word) => typeof word === "string");
  const counts = [at_ms, wall_ms].every((count) => typeof count === "number");
  return words && counts && typeof wall_trusted === "boolean";
}

/** The parts that are lists or a word; the others are objects, and some of them may be null. */
const lists: readonly string[] = ["alarms", "modules", "fixtures"] satisfies StatePart[];
const plainWords: readonly string[] = ["signal"] satisfies StatePart[];
const nullable: readonly string[] = ["stove", "question"] satisfies StatePart[];

function isShaped(part: string, state: unknown): boolean {
  if (lists.includes(part)) return Array.isArray(state);
  if (plainWords.includes(part)) return typeof state === "string";
  if (state === null) return nullable.includes(part);
  return typeof state === "object" && !Array.isArray(state);
}

/** Another start of the gateway: nothing of the one before is believed any more. */
function inBoot(state: HomeState, boot: string): HomeState {
  if (state.boot === boot) return state;
  const oldBoots = state.boot === undefined ? state.oldBoots : [...state.oldBoots, state.boot];
  return { ...state, boot, oldBoots: oldBoots.slice(-oldBootsMax), parts: {}, clock: undefined };
}

/** What is heard live proves life; what was kept for late readers does not. */
function proof(state: HomeState, now: number): HomeState {
  return { ...state, provedAt: now, proved: true };
}

/** Only of a state the time is that of its sending: a sentence may have waited for the disk. */
function clockOf({ at_ms, wall_ms, wall_trusted: trusted }: Birth, now: number): HomeClock {
  return { at_ms, wall_ms, trusted, heardAt: now };
}

export interface Heard {
  readonly state: HomeState;
  /** A sentence to show and say, once. */
  readonly announcement?: AnnouncementMessage;
}

const partTopic = /^home\/state\/([a-z]+)$/;

export function hearHome(before: HomeState, message: HomeMessage, now: number): Heard {
  const { topic, value, retained } = message;
  if (!isBirth(value) || before.oldBoots.includes(value.boot)) return { state: before };
  const inIt = inBoot(before, value.boot);
  const state = retained ? inIt : proof(inIt, now);
  const part = partTopic.exec(topic)?.[1];
  if (part !== undefined) {
    const timed = retained ? state : { ...state, clock: clockOf(value, now) };
    const told = "state" in value ? value.state : undefined;
    if (!isShaped(part, told)) return { state: timed };
    return { state: { ...timed, parts: { ...timed.parts, [part]: told } } };
  }
  if (topic !== "home/announcement" || retained || state.heard.includes(value.id)) return { state };
  const heard = [...state.heard, value.id].slice(-heardMax);
  return { state: { ...state, heard }, announcement: value as AnnouncementMessage };
}

/** Whether the home lives, and what time it is there, must be heard anew. */
export const doubted = (state: HomeState, now: number): HomeState => ({
  ...state,
  clock: undefined,
  provedAt: now,
  proved: false,
});

/** The home's gateway time now; undefined while nobody knows it. */
export function instantNow({ clock }: HomeState, now: number): Instant | undefined {
  return clock === undefined ? undefined : ((clock.at_ms + now - clock.heardAt) as Instant);
}

/** The wall time of an instant of the home, in ms; undefined while its clock is not trusted. */
export function wallOf({ clock }: HomeState, at: Instant): number | undefined {
  if (clock === undefined || !clock.trusted) return undefined;
  return clock.wall_ms + at - clock.at_ms;
}

/** The number to call, kept on the device for when nothing else is there. */
export type Kept = Pick<GatewayView, "phone">;
