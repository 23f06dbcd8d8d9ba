/** Puts the wires of one home together: contacts become facts, acts become levels. */
import { wordsOf } from "../../platform/words.ts";
import {
  after,
  between,
  type Duration,
  type Instant,
  milliseconds,
  seconds,
} from "../../protocol/time.ts";
import type { SignalPattern } from "../../rules/effects.ts";
import type { ActOutcome, Clock, Hear } from "../ports.ts";
import { sounds } from "./buzzer.ts";
import type { Gpio, Lines, OutputLine } from "./gpio.ts";
import { type Input, watchInput } from "./input.ts";
import type { GpioSettings } from "./settings.ts";
import { type GuardState, guardFacts, guardState } from "./stove-guard-contacts.ts";
import { createStoveRelay, type StoveRelay } from "./stove-relay.ts";

/** Second way beside interrupts, and the beat of the buzzer. Reading a pin takes microseconds. */
const lookEvery: Duration = milliseconds(50);
/** How often a wired device says that it can be read. */
const heardEvery: Duration = seconds(60);
/** A cord held longer than this is stuck, or its wire is cut: it cannot call again until mended. */
const heldTooLong: Duration = seconds(60);

export interface GpioParts {
  readonly settings: GpioSettings;
  readonly lines: Lines;
  readonly clock: Clock;
  readonly hear: Hear;
  /** A pin does not do what it should; one sentence for the log. */
  readonly onFault: (sentence: string) => void;
}

/** A wired device: looked at regularly, and alive while its inputs can be read. */
interface Wired {
  readonly id: string;
  look(): void;
  readable(): boolean;
}

function wireSos(parts: GpioParts, one: GpioSettings["sos"][number]): Wired {
  const { lines, clock, hear } = parts;
  let said = false;
  const input = watchInput({
    lines,
    clock,
    gpio: one.gpio,
    activeHigh: true,
    shortCounts: true,
    onTurn: (turn) => {
      said = false;
      if (turn === "began") hear({ kind: "button-pressed", device: one.id });
    },
  });
  const look = (): void => {
    input.look();
    const since = input.activeSince();
    if (said || since === undefined || between(since, clock.now()) < heldTooLong) return;
    said = true;
    hear({ kind: "button-unclear", device: one.id, frame: "held: stuck, or the wire is cut" });
  };
  return { id: one.id, look, readable: () => input.active() !== undefined };
}

function wireGuard(parts: GpioParts, guard: NonNullable<GpioSettings["stove_guard"]>): Wired {
  const { lines, clock, hear } = parts;
  let state: GuardState = "unreadable";
  const turned = (): void => {
    const now = guardState({ aux1: aux1?.active(), aux2: aux2?.active() });
    for (const fact of guardFacts(guard.id, state, now)) hear(fact);
    state = now;
  };
  let aux1: Input | undefined;
  let aux2: Input | undefined;
  const watch = (gpio: number): Input =>
    watchInput({ lines, clock, gpio, activeHigh: false, shortCounts: false, onTurn: turned });
  aux1 = watch(guard.aux1);
  aux2 = watch(guard.aux2);
  const look = (): void => {
    aux1?.look();
    aux2?.look();
    turned();
  };
  return { id: guard.id, look, readable: () => state !== "unreadable" };
}

interface WiredRelay extends Wired {
  readonly relay: StoveRelay;
  say(): boolean;
}

function wireRelay(parts: GpioParts, wires: NonNullable<GpioSettings["stove_relay"]>): WiredRelay {
  const { lines, clock, hear, onFault } = parts;
  const say = (): boolean => {
    const closed = mirror.active();
    if (closed !== undefined) hear({ kind: "relay-read", device: wires.id, on: closed });
    return closed !== undefined;
  };
  const pulse = lines.openOutput(wires.pulse);
  const enable = wires.enable === undefined ? undefined : lines.openOutput(wires.enable);
  const mirror = watchInput({
    lines,
    clock,
    gpio: wires.mirror,
    activeHigh: true,
    shortCounts: false,
    onTurn: () => say(),
  });
  const relay = createStoveRelay({
    clock,
    pulse,
    enable,
    mainsClosed: () => mirror.active(),
    onFall: onFault,
  });
  let wasReadable = false;
  const look = (): void => {
    mirror.look();
    const readable = mirror.active() !== undefined;
    // The first level is news, also when it is the quiet one: rules start from what devices say.
    if (readable && !wasReadable) say();
    wasReadable = readable;
    relay.look();
  };
  return { id: wires.id, look, readable: () => mirror.active() !== undefined, relay, say };
}

/** The driver of all wires. Nothing is opened before `start`. */
export function createGpio(parts: GpioParts): Gpio {
  const { settings, lines, clock, hear, onFault } = parts;
  const wired: Wired[] = [];
  let stove: WiredRelay | undefined;
  let buzzer: OutputLine | undefined;
  let sound: { pattern: SignalPattern; from: Instant } = { pattern: "none", from: clock.now() };
  let heardNext = clock.now();
  let timer: NodeJS.Timeout | undefined;

  const attempt = <Part>(open: () => Part): Part | undefined => {
    try {
      return open();
    } catch (thrown) {
      onFault(wordsOf(thrown));
      return undefined;
    }
  };
  const add = <Part extends Wired>(part: Part | undefined): Part | undefined => {
    if (part !== undefined) wired.push(part);
    return part;
  };
  const look = (): void => {
    for (const part of wired) part.look();
    const now = clock.now();
    buzzer?.writeHigh(sounds(sound.pattern, between(sound.from, now)));
    if (now < heardNext) return;
    heardNext = after(now, heardEvery);
    for (const part of wired) {
      if (part.readable()) hear({ kind: "device-heard", device: part.id });
    }
  };
  const withStove = async (
    device: string,
    act: (stove: WiredRelay) => Promise<ActOutcome>,
  ): Promise<ActOutcome> =>
    stove?.id === device ? act(stove) : { ok: false, detail: `${device} hangs on no open pin` };

  return {
    start: () => {
      const { stove_relay: relay, stove_guard: guard, buzzer: buzzerPin } = settings;
      // The contactor first: its lines are low before anything else is done.
      if (relay !== undefined) stove = add(attempt(() => wireRelay(parts, relay)));
      for (const one of settings.sos) add(attempt(() => wireSos(parts, one)));
      if (guard !== undefined) add(attempt(() => wireGuard(parts, guard)));
      if (buzzerPin !== undefined) buzzer = attempt(() => lines.openOutput(buzzerPin));
      look();
      timer = setInterval(look, lookEvery);
    },
    stop: () => {
      clearInterval(timer);
      stove?.relay.stop();
      buzzer?.writeHigh(false);
      lines.close();
    },
    owns: (device) =>
      settings.stove_relay?.id === device ||
      settings.stove_guard?.id === device ||
      settings.sos.some((one) => one.id === device),
    cutPower: (device) => withStove(device, (it) => it.relay.cut()),
    givePower: (device) => withStove(device, (it) => it.relay.give()),
    readRelay: (device) =>
      withStove(device, async (it) => {
        const ok = it.say();
        return { ok, detail: ok ? "read from the mirror contact" : "mirror contact unreadable" };
      }),
    signal: (pattern) => {
      if (pattern !== sound.pattern) sound = { pattern, from: clock.now() };
      buzzer?.writeHigh(sounds(sound.pattern, between(sound.from, clock.now())));
    },
    beat: () => stove?.relay.beat(),
    look,
  };
}
