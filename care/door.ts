/** The care service's own broker: whom it lets in, and to whom what it hears belongs. */
import { type Broker, startBroker } from "../platform/broker.ts";
import { careLimits } from "../platform/broker-limits.ts";
import { type DeskRequest, deskRequestSchema } from "../protocol/desk.ts";
import { careTopics, deskTopics } from "../protocol/topics.ts";
import { type CareClient, doorOf, mayPublish, maySubscribe } from "./access.ts";
import type { Common, Place } from "./places.ts";
import { Requests } from "./requests.ts";

/** Bytes of a home's own gateway. */
export function hearGateway({ home, link, drawn }: Place, topic: string, payload: Buffer): void {
  link.receive(topic, payload, {
    message: (message, durable) => {
      if (!drawn(message, durable)) home.receive(message, durable);
    },
    beat: (beat) => home.heardBeat(beat),
    holds: () => [...home.holds()],
  });
}

/** Asks the rules of the home that a request is about; `alone` answers for every home. */
export function deskRequestsOf({ places }: Common, alone: boolean): Requests<DeskRequest> {
  return new Requests({
    schema: deskRequestSchema,
    answerTopic: deskTopics.answer,
    ask: (asked, answer) => {
      const place = places.get(asked.home);
      if (place === undefined) answer({ taken: false, why: `there is no home ${asked.home}` });
      else place.home.request(asked, answer);
    },
    isMine: (home) => alone || places.has(home),
  });
}

/** Opens the broker. Rejects with a sentence when the port cannot be used. */
export function openDoor(
  common: Common,
  tls: { readonly cert: string; readonly key: string },
): Promise<Broker> {
  const { configuration, print, places } = common;
  const { host, port } = configuration;
  const door = doorOf(configuration.desks, (home) => places.get(home)?.known.passwordSha256);
  const requests = deskRequestsOf(common, true);
  const note = (kind: "connected" | "gone", name: string): void => {
    const text = kind === "connected" ? "the gateway is connected" : "the gateway is gone";
    print({ kind, home: name, text });
  };
  return startBroker<CareClient>({
    listeners: [{ kind: "tcp", host, port, tls }],
    limits: careLimits,
    authenticate: ({ user, password }) => door(user, password),
    mayPublish,
    maySubscribe: (who, filter) => {
      const may = maySubscribe(who, filter);
      if (may && filter === careTopics(who.name).down) places.get(who.name)?.link.subscribed();
      return may;
    },
    onIntrusion: (text) => print({ kind: "warning", text }),
    onConnected: ({ kind, name }) => {
      if (kind === "home") note("connected", name);
    },
    onGone: ({ kind, name }) => {
      if (kind !== "home") return;
      note("gone", name);
      places.get(name)?.link.gone();
    },
    onPublish: ({ kind, name }, topic, payload) => {
      const place = places.get(name);
      if (kind === "desk" && common.broker !== undefined) {
        requests.take(common.broker, name, payload);
      } else if (place !== undefined) hearGateway(place, topic, payload);
    },
  });
}
