/**
 * Carries out what the rules asked for. Acts are on their way before this returns; nothing is
 * awaited.
 */

import type { HomePlan } from "../protocol/home.ts";
import type { UpBody } from "../protocol/messages.ts";
import {
  type PlannedEffect,
  type SignalPattern,
  strongestSignal,
  type Transmission,
  waitsForDisk,
} from "../rules/effects.ts";
import type { EngineStep } from "../rules/engine.ts";
import type { Fact } from "../rules/events.ts";
import { unreachable } from "../rules/machine.ts";
import { viewOf } from "../rules/view.ts";
import type { Performer } from "./loop.ts";
import type { ActOutcome, Clock, Hear, Hub, OutboxMessage, Radio } from "./ports.ts";

/** Kinds that are journalled but not shown to onlookers. */
const quiet: ReadonlySet<Fact["kind"]> = new Set<Fact["kind"]>([
  "device-heard",
  "deadline-reached",
  "effect-ended",
  "clock-told",
  "peer-heard",
]);

export interface PerformerParts {
  readonly plan: HomePlan;
  readonly clock: Clock;
  readonly radio: Radio;
  /** Hands a message to the uplink: on its way before this returns, and again until a receipt. */
  readonly send: (message: OutboxMessage) => void;
  readonly hub: Hub;
  readonly hear: Hear;
  /** A driver threw although its contract forbids it; reported, the other effects go on. */
  readonly onFault: (thrown: unknown, effect: PlannedEffect) => void;
}

/**
 * The message for the care service that an effect asks for; none for a party told by the home
 * itself.
 */
export function bodyOf(effect: Transmission): UpBody | undefined {
  switch (effect.kind) {
    case "offer-custody":
      return { kind: "custody-offered", alarm: effect.alarm, epoch: effect.epoch };
    case "tell-peer-accepted":
      return { kind: "accepted", alarmId: effect.alarmId, by: effect.by, nth: effect.nth };
    case "tell-peer-declined":
      return { kind: "declined", alarmId: effect.alarmId, by: effect.by, nth: effect.nth };
    case "tell-peer-noted":
      return {
        kind: "noted",
        alarmId: effect.alarmId,
        note: effect.note,
        word: effect.word,
        nth: effect.nth,
      };
    case "tell-peer-closed":
      return {
        kind: "closed",
        alarmId: effect.alarmId,
        closing: effect.closing,
        heard: [...effect.heard],
      };
    case "tell-peer-living":
      return effect.body;
    case "tell-peer-fault": {
      const { subject, what, blind } = effect.fault;
      return {
        kind: "fault",
        fault: { subject, what, blind: [...blind] },
        cleared: effect.cleared,
      };
    }
    case "tell-party":
      return undefined;
    default:
      return unreachable(effect);
  }
}

/** Builds the performer. Ends of actuations come back as `effect-ended` facts. */
export function createPerformer(parts: PerformerParts): Performer {
  const { radio, hub, hear } = parts;
  const patterns = new Map<string, SignalPattern>();

  const follow = (effect: PlannedEffect, outcome: Promise<ActOutcome>): void => {
    outcome.then(
      ({ ok, detail }) => hear({ kind: "effect-ended", effect: effect.id, ok, detail }),
      (thrown: unknown) => parts.onFault(thrown, effect),
    );
  };

  const announce = (effect: Extract<PlannedEffect, { kind: "announce" }>): void => {
    const { id, key, words, alarmId } = effect;
    const at_ms = parts.clock.now();
    hub.announce({ id, key, words, at_ms, ...(alarmId === undefined ? {} : { alarmId }) });
  };

  const perform = (effect: PlannedEffect): OutboxMessage | undefined => {
    switch (effect.kind) {
      case "cut-power":
        // It is on the air since the rule decided it.
        return undefined;
      case "give-power":
        follow(effect, radio.givePower(effect.device));
        return undefined;
      case "read-relay":
        follow(effect, radio.readRelay(effect.device));
        return undefined;
      case "signal":
        patterns.set(effect.source, effect.pattern);
        radio.signal(strongestSignal([...patterns.values()]));
        return undefined;
      case "tell-party":
        // The home has no way of its own to a person yet: said in the journal, never passed over.
        queueMicrotask(() => {
          const detail = `the home has no way of its own to ${effect.party}`;
          hear({ kind: "effect-ended", effect: effect.id, ok: false, detail });
        });
        return undefined;
      case "announce":
        if (!waitsForDisk(effect)) announce(effect);
        return undefined;
      case "take-custody":
      case "confirm-note":
      case "ask-drill":
        return undefined;
      default: {
        const body = bodyOf(effect);
        if (body === undefined) return undefined;
        const message = { id: effect.id, body };
        if (!waitsForDisk(effect)) parts.send(message);
        return message;
      }
    }
  };

  /** The rest goes on, whatever one effect throws. */
  const attempt = <Made>(effect: PlannedEffect, make: () => Made): Made | undefined => {
    try {
      return make();
    } catch (thrown) {
      parts.onFault(thrown, effect);
      return undefined;
    }
  };

  const cut: Performer["cut"] = (effect) => {
    attempt(effect, () => follow(effect, radio.cutPower(effect.device, effect.way)));
  };

  const act = (step: EngineStep): readonly OutboxMessage[] => {
    const outbox: OutboxMessage[] = [];
    for (const effect of step.effects) {
      const message = attempt(effect, () => perform(effect));
      if (message !== undefined) outbox.push(message);
    }
    return outbox;
  };

  const pledge = (step: EngineStep): void => {
    for (const effect of step.effects) {
      if (effect.kind === "announce" && waitsForDisk(effect)) announce(effect);
      if (effect.kind === "tell-peer-living") parts.send({ id: effect.id, body: effect.body });
    }
  };

  const show: Performer["show"] = (state, durable, now) => {
    hub.showState(viewOf(parts.plan, state, now, durable));
  };

  const tell: Performer["tell"] = (event, wall) => {
    // Signs of life, deadlines and ends of effects say nothing to an onlooker.
    if (!quiet.has(event.kind)) hub.showEvent(event, wall);
  };

  return { cut, act, pledge, show, tell };
}
