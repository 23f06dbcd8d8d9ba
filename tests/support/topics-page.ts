/**
 * The page of topics: made from the topics, the schemas and the access lists that the program runs
 * on.
 */
import type { z } from "zod";
import { neighbourAnswerSchema } from "../../care/neighbours.ts";
import { askedSchema } from "../../care/wishes.ts";
import { type HubClient, mayPublish, maySubscribe } from "../../gateway/hub/acl.ts";
import {
  announcementMessageSchema,
  eventMessageSchema,
  stateMessageSchema,
  wishSchema,
} from "../../protocol/bus.ts";
import {
  deskAnswerSchema,
  deskEventSchema,
  deskRequestSchema,
  deskStateSchema,
} from "../../protocol/desk.ts";
import {
  answerSchema,
  beatSchema,
  downMessageSchema,
  requestSchema,
  upMessageSchema,
} from "../../protocol/messages.ts";
import {
  careTopics,
  deskTopics,
  homeTopics,
  neighbourTopics,
  stateParts,
} from "../../protocol/topics.ts";
import { fieldTable } from "./field-table.ts";

interface Topic {
  readonly topic: string;
  readonly about: string;
  readonly schema: z.ZodType;
}

const kinds = ["tablet", "comfort", "installer", "viewer"] as const;
const self = "NAME";

const home: readonly Topic[] = [
  ...stateParts.map((part) => ({
    topic: homeTopics.state(part),
    about: "QoS 1, retained. The latest state of this part.",
    schema: stateMessageSchema(part),
  })),
  {
    topic: homeTopics.event("KIND"),
    about:
      "QoS 0, never retained. What happened, for onlookers; the first to be left out under load." +
      " `KIND` is `fact.kind`.",
    schema: eventMessageSchema,
  },
  {
    topic: homeTopics.announcement,
    about: "QoS 1, never retained. A sentence to show and say, true when it was sent.",
    schema: announcementMessageSchema,
  },
  {
    topic: homeTopics.request(self),
    about: "QoS 1. What a tablet asks. The broker says who asked; the payload cannot.",
    schema: requestSchema,
  },
  {
    topic: homeTopics.answer(self),
    about: "QoS 1, never retained. `taken` is true only once the request is on disk.",
    schema: answerSchema,
  },
  {
    topic: homeTopics.wish(self),
    about: "QoS 0. Light and cover; the first to give way.",
    schema: wishSchema,
  },
];

const line = careTopics("HOME");
const care: readonly Topic[] = [
  {
    topic: line.up,
    about: "QoS 1. Sent again until a `receipt` for its id comes.",
    schema: upMessageSchema,
  },
  {
    topic: line.down,
    about: "QoS 1. Sent again until a `receipt` for its id comes.",
    schema: downMessageSchema,
  },
  { topic: line.beatUp, about: "QoS 0. Proof of life of the home.", schema: beatSchema },
  { topic: line.beatDown, about: "QoS 0. Proof of life of the care service.", schema: beatSchema },
  {
    topic: deskTopics.state("HOME"),
    about: "QoS 1, retained. One home as a desk sees it.",
    schema: deskStateSchema,
  },
  {
    topic: deskTopics.event("HOME"),
    about: "QoS 0, never retained. What happened in one home.",
    schema: deskEventSchema,
  },
  {
    topic: deskTopics.request("DESK"),
    about: "QoS 1. What a person at a desk does.",
    schema: deskRequestSchema,
  },
  {
    topic: deskTopics.answer("DESK"),
    about: "QoS 1. `taken` is true only once it is on disk.",
    schema: deskAnswerSchema,
  },
  {
    topic: neighbourTopics.request("PROCESS"),
    about:
      "QoS 1. Asked again every second, of a home that another process of the care service has.",
    schema: askedSchema,
  },
  {
    topic: neighbourTopics.answer("PROCESS"),
    about: "QoS 1. `taken` is true only once it is on disk; `again`: nobody decided anything.",
    schema: neighbourAnswerSchema,
  },
];

function section({ topic, about, schema }: Topic): string {
  return `### \`${topic}\`\n\n${about}\n\n${fieldTable(schema)}\n`;
}

/** What each kind may do, asked of the access list itself. */
function rights(): string {
  const cell = (kind: HubClient["kind"], topic: string): string => {
    const client: HubClient = { name: self, kind, local: false };
    const can = [
      mayPublish(client, topic, 0) ? "says" : "",
      maySubscribe(client, topic) ? "hears" : "",
    ];
    return can.filter((word) => word !== "").join(", ") || "–";
  };
  const topics = [
    ...home.map(({ topic }) => topic.replace("KIND", "kind")),
    homeTopics.request("OTHER"),
    homeTopics.answer("OTHER"),
    homeTopics.wish("OTHER"),
    "home/state/#",
    "home/event/#",
    "home/#",
    "#",
  ];
  return [
    `| topic or filter | ${kinds.join(" | ")} |`,
    `| --- |${kinds.map(() => " --- |").join("")}`,
    ...topics.map(
      (topic) => `| \`${topic}\` | ${kinds.map((kind) => cell(kind, topic)).join(" | ")} |`,
    ),
  ].join("\n");
}

export function topicsPage(): string {
  return `<!-- Made by "npm run docs" from protocol/ and gateway/hub/acl.ts; a test holds it so. -->

# Topics and payloads

MQTT 3.1.1 over TLS: at the home (default ports 8883, and 8884 over WebSocket) and at the care
service. Everybody logs in with a name and a secret of their own; the client id is that name, or
begins with it and a colon. Payloads are JSON in UTF-8. Readers drop unknown keys and refuse what is
too long. Only state is retained, and only the home and the care service retain it. No session is
kept for the absent; wills and MQTT 5 are refused; the keep-alive is 1 to 60 s.

What the home says carries where and when it was born: \`id\` (a reader drops what it has seen),
\`boot\` (one start of the gateway), \`at_ms\` (gateway time, never jumps), \`wall_ms\` with
\`wall_trusted\` (UTC; false while no time source has confirmed it). Retained state is the latest
known and no sign of life: that is \`home/state/gateway\` when it arrives without the retain flag.

## At the home

What each kind of client may do; all else is refused. A message that is not allowed ends the
connection, a filter is answered with 0x80. \`presence\` and \`stove-reset\` are taken only from a
client that the configuration marks \`local\`.

${rights()}

${home.map(section).join("\n")}
## At the care service

A home uses its own four topics; a desk hears all homes and uses its own requests and answers. The
last two are between the processes of a care service at a broker that is not theirs, and nobody
else's.

${care.map(section).join("\n")}`;
}
