/**
 * The care service at a broker that exists already: one session for all homes. The broker's list of
 * rights says that only a home's own gateway speaks on its topics; receipts and beats are bound to
 * it by that. Homes that another process looks after are not heard.
 */
import type { Broker } from "../platform/broker.ts";
import { careLimits } from "../platform/broker-limits.ts";
import { openSession } from "../platform/broker-session.ts";
import { rateLimited } from "../platform/log.ts";
import { Buckets } from "../platform/throttle.ts";
import { messageBytesMax } from "../protocol/parse.ts";
import { deskTopics, neighbourTopics } from "../protocol/topics.ts";
import type { BrokerSettings } from "./config.ts";
import { deskRequestsOf, hearGateway } from "./door.ts";
import { Neighbours, neighbourRequestsOf } from "./neighbours.ts";
import type { Common } from "./places.ts";

/** Publishes on their way without the broker's acknowledgement; further ones are not sent. */
const inFlightMax = 8_192;
/** Bytes that wait for the broker to read them; the same. */
const unsentBytesMax = 16_777_216;
/** Homes whose state is published anew in one turn, after a connection or without room. */
const togetherMax = 100;
const turnMs = 100;
const sentencesPerMinute = 20;

/** What the rest of the service sees of a broker, whoever runs it. */
export type Door = Pick<Broker, "publish" | "drop" | "ports" | "close">;

type Words = readonly [string, ...string[]];

/** Connects, and stays connected; nothing here waits for the broker or rejects without it. */
export function openBrokerLink(common: Common, broker: BrokerSettings): Door {
  const { places, boot, print } = common;
  const warn = rateLimited((text) => print({ kind: "warning", text }), sentencesPerMinute, 60_000);
  const requests = deskRequestsOf(common, false);
  const wishes = neighbourRequestsOf(common);
  const rate = { burst: careLimits.publishesBurst, perSecond: careLimits.publishesPerSecond };
  const rates = new Buckets(rate, careLimits.clients);
  /** Homes whose retained state the broker does not have. */
  const unshown = new Set<string>();
  let lastCause = "";
  const neighbours = new Neighbours(`care-${boot}`, (topic, payload) =>
    door.publish(topic, payload, { retain: false, qos: 1 }),
  );
  common.neighbours = neighbours;

  const hear = (home: string, topic: string, payload: Buffer): void => {
    const place = places.get(home);
    if (place === undefined) return;
    if (payload.length > messageBytesMax) warn(`${home}: a message too long was refused`);
    else if (rates.take(home, performance.now())) hearGateway(place, topic, payload);
    // What matters is said again until it has a receipt: it is late, and not lost.
    else warn(`${home} sends more than it may; what was too much was not heard`);
  };

  const message = (topic: string, payload: Buffer): void => {
    const [first, second = "", third] = topic.split("/") as [...Words];
    if (first === "obhut") hear(second, topic, payload);
    else if (topic === neighbourTopics.answer(neighbours.name)) neighbours.hear(payload);
    else if (first === "care" && third !== undefined) wishes.take(door, third, payload);
    else if (first === "desk" && third !== undefined) requests.take(door, third, payload);
  };

  const session = openSession(
    {
      url: broker.url,
      ...(broker.certificate === null ? {} : { ca: broker.certificate }),
      clientId: `${broker.user}:${boot}`,
      user: broker.user,
      password: broker.password,
      inFlight: inFlightMax,
      unsentBytes: unsentBytesMax,
      subscriptions: [
        { topic: "obhut/+/up", qos: 1 },
        { topic: "obhut/+/beat/up", qos: 0 },
        { topic: deskTopics.request("+"), qos: 1 },
        { topic: neighbourTopics.request("+"), qos: 1 },
        { topic: neighbourTopics.answer(neighbours.name), qos: 1 },
      ],
    },
    {
      up: () => {
        lastCause = "";
        print({ kind: "warning", text: `connected to the broker ${broker.url}` });
        for (const [home, { link }] of places) {
          link.subscribed();
          unshown.add(home);
        }
      },
      down: (cause) => {
        if (cause !== lastCause) warn(`no connection to the broker ${broker.url}: ${cause}`);
        lastCause = cause;
        for (const { link } of places.values()) link.gone();
      },
      message,
    },
  );

  /** A few states at a time: beats and alarms go between them. */
  const showing = setInterval(() => {
    for (const home of [...unshown].slice(0, togetherMax)) {
      unshown.delete(home);
      places.get(home)?.home.show();
    }
  }, turnMs);

  const door: Door = {
    ports: [],
    publish: (topic, payload, { retain, qos }) => {
      const sent = session.publish(topic, payload.toString(), qos, retain);
      // All else that must arrive stands in an outbox; a state stands nowhere but at its home.
      if (!sent && retain) unshown.add(topic.slice(deskTopics.state("").length));
    },
    drop: (home, why) => warn(`${home}: ${why}; take its login away at the broker too`),
    close: async () => {
      clearInterval(showing);
      await session.close();
    },
  };
  session.start();
  return door;
}
