/** A tablet of the home without its page: what it is told, and what a finger on it would ask. */
import { randomUUID } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";
import { answerSchema, type TabletAnswer, type TabletRequest } from "../../protocol/messages.ts";
import { parseJson } from "../../protocol/parse.ts";
import { homeTopics } from "../../protocol/topics.ts";
import { until } from "./process.ts";

export interface TabletSettings {
  readonly port: number;
  readonly client: string;
  readonly token: string;
  /** Over the WebSocket of the page's own port, as a browser does. */
  readonly asPage?: boolean;
}

/** A message as it arrived. */
export interface Shown {
  readonly topic: string;
  readonly payload: Record<string, unknown>;
  readonly retained: boolean;
  /** performance.now() of this process. */
  readonly at: number;
}

export interface Tablet {
  /** Everything that arrived, in order. */
  readonly shown: readonly Shown[];
  /** Keys of the announcements so far, in order. */
  announced(): readonly string[];
  /** The first message, past or to come, that fits. */
  sees(what: string, fits: (shown: Shown) => boolean, withinMs?: number): Promise<Shown>;
  /** Resolves with the home's answer; asked again, by the same id, until it comes. */
  ask(request: TabletRequest["request"], withinMs?: number): Promise<TabletAnswer>;
  close(): Promise<void>;
}

/** So long a request waits for its answer before it is asked again, as a tablet's page does it. */
const askAgainMs = 3_000;

/** Messages kept; older ones give way. */
const shownMax = 10_000;

/** Connects with the client's own token. */
export async function openTablet(settings: TabletSettings): Promise<Tablet> {
  const { client, token, port } = settings;
  const at =
    settings.asPage === true ? `wss://127.0.0.1:${port}/mqtt` : `mqtts://127.0.0.1:${port}`;
  const shown: Shown[] = [];
  const mqtt: MqttClient = await connectAsync(at, {
    // Two tablets of one credential push each other out only where they share this, too.
    clientId: `${client}:${randomUUID()}`,
    username: client,
    password: token,
    protocolVersion: 4,
    // The home's certificate is its own; a real tablet pins it when it is paired.
    rejectUnauthorized: false,
    reconnectPeriod: 500,
  });
  mqtt.on("error", () => undefined);
  mqtt.on("message", (topic, payload, packet) => {
    shown.push({
      topic,
      payload: JSON.parse(payload.toString("utf8")) as Record<string, unknown>,
      retained: packet.retain,
      at: performance.now(),
    });
    if (shown.length > shownMax) shown.splice(0, shown.length - shownMax);
  });
  const topics = ["home/state/#", homeTopics.announcement, homeTopics.answer(client)];
  await mqtt.subscribeAsync(topics, { qos: 1 });
  const sees: Tablet["sees"] = (what, fits, withinMs = 20_000) =>
    until(`the tablet sees ${what}`, () => shown.find(fits), withinMs);
  return {
    shown,
    announced: () =>
      shown
        .filter(({ topic }) => topic === homeTopics.announcement)
        .map(({ payload }) => String(payload["key"])),
    sees,
    ask: async (request, withinMs) => {
      const id = randomUUID();
      const body: TabletRequest = { id, request };
      const publish = (): unknown =>
        mqtt.publish(homeTopics.request(client), JSON.stringify(body), { qos: 1 });
      const topic = homeTopics.answer(client);
      publish();
      // An answer that comes before a new connection is subscribed is lost.
      const asking = setInterval(publish, askAgainMs);
      const isAnswer = (it: Shown): boolean => it.topic === topic && it.payload["of"] === id;
      const answer = await sees(`an answer to ${request.kind}`, isAnswer, withinMs).finally(() =>
        clearInterval(asking),
      );
      const read = parseJson(answerSchema, JSON.stringify(answer.payload));
      if (!read.ok) throw new Error(read.why);
      return read.value;
    },
    close: async () => {
      await mqtt.endAsync(true);
    },
  };
}
