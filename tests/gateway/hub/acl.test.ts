import { describe, expect, test } from "vitest";
import type { HubClient } from "../../../gateway/hub/acl.ts";
import { clientPayloadMax, mayPublish, maySubscribe, whyNotAsk } from "../../../gateway/hub/acl.ts";
import { homeTopics, stateParts } from "../../../protocol/topics.ts";

const kinds = ["tablet", "comfort", "installer", "viewer"] as const;
const clientOf = (kind: HubClient["kind"]): HubClient => ({
  name: `${kind}-1`,
  kind,
  local: false,
});

/** Every topic of the house, as said by or to the client itself and somebody else. */
const topicsFor = (self: string, other: string) => ({
  state: stateParts.map(homeTopics.state),
  event: [homeTopics.event("door-opened"), homeTopics.event("button-pressed")],
  announcement: [homeTopics.announcement],
  "own request": [homeTopics.request(self)],
  "other's request": [homeTopics.request(other)],
  "own answer": [homeTopics.answer(self)],
  "other's answer": [homeTopics.answer(other)],
  "own wish": [homeTopics.wish(self)],
  "other's wish": [homeTopics.wish(other)],
  foreign: ["home", "home/state", "home/other/x", "obhut/h/up", "", "$SYS/x", "home/state/link/x"],
});

const publishes: Readonly<Record<HubClient["kind"], readonly string[]>> = {
  tablet: ["own request"],
  comfort: ["own wish"],
  installer: [],
  viewer: [],
};

const subscribes: Readonly<Record<HubClient["kind"], readonly string[]>> = {
  tablet: ["state", "event", "announcement", "own answer"],
  comfort: ["state", "event"],
  installer: ["state", "event", "announcement"],
  viewer: ["state"],
};

describe.each(kinds)("I10: a %s", (kind) => {
  const client = clientOf(kind);
  const topics = topicsFor(client.name, "tablet-2");

  test.each(Object.entries(topics))("%s: publishes and hears what the table says", (sort, list) => {
    for (const topic of list) {
      expect([topic, mayPublish(client, topic, 10)]).toEqual([
        topic,
        publishes[kind].includes(sort),
      ]);
      expect([topic, maySubscribe(client, topic)]).toEqual([
        topic,
        subscribes[kind].includes(sort),
      ]);
    }
  });

  test("hears a branch by # or + only where the table gives the whole branch", () => {
    for (const branch of ["state", "event"]) {
      const allowed = subscribes[kind].includes(branch);
      expect(maySubscribe(client, `home/${branch}/#`)).toBe(allowed);
      expect(maySubscribe(client, `home/${branch}/+`)).toBe(allowed);
    }
  });

  test.each([
    "#",
    "+",
    "+/#",
    "home/#",
    "home/+",
    "home/+/#",
    "home/+/tablet-2",
    "+/answer/tablet-2",
    "home/answer/#",
    "home/answer/+",
    "home/request/#",
    "home/request/+",
    "home/wish/#",
    "home/state/+/#",
    "home/state/#/x",
    "home/state/",
    "home/stat+/x",
    "$SYS/#",
    "obhut/#",
    "home/event",
    "home/eventful/x",
  ])("never hears %s", (filter) => {
    expect(maySubscribe(client, filter)).toBe(false);
  });

  test("no wildcard that is allowed reaches another's request, answer or wish", () => {
    const parts = ["home", "state", "event", "answer", "request", "wish", "+", "#", client.name];
    const filters = parts.flatMap((a) =>
      parts.flatMap((b) => [`${a}/${b}`, ...parts.map((c) => `${a}/${b}/${c}`)]),
    );
    const secret = ["request", "answer", "wish"].map((branch) => `home/${branch}/tablet-2`);
    for (const filter of filters) {
      if (!maySubscribe(client, filter)) continue;
      for (const topic of secret)
        expect([filter, topic, reaches(filter, topic)]).toEqual([filter, topic, false]);
    }
  });

  test("a payload past the limit is refused on its own topic too", () => {
    for (const topic of [homeTopics.request(client.name), homeTopics.wish(client.name)]) {
      expect(mayPublish(client, topic, clientPayloadMax + 1)).toBe(false);
    }
  });
});

test("I7: whatever keeps a stove on only from within the home, help from every tablet", () => {
  const near: HubClient = { name: "kitchen", kind: "tablet", local: true };
  const far: HubClient = { name: "daughter", kind: "tablet", local: false };
  for (const kind of ["presence", "stove-reset", "stove-hold"] as const) {
    expect(whyNotAsk(near, kind)).toBeUndefined();
    expect(whyNotAsk(far, kind)).toContain("beside the stove");
  }
  for (const kind of ["help", "false-alarm"] as const) {
    expect(whyNotAsk(far, kind)).toBeUndefined();
  }
});

/**
 * Whether an MQTT filter matches a topic (MQTT 3.1.1, clause 4.7), written apart from the code
 * under test.
 */
function reaches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const given = topic.split("/");
  for (const [index, word] of wanted.entries()) {
    if (word === "#") return true;
    if (word !== "+" && word !== given[index]) return false;
  }
  return wanted.length === given.length;
}
