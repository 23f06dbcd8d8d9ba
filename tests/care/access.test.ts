/** I10: every topic of the care service × everybody who can log in, foreign homes and desks included. */
import { describe, expect, test } from "vitest";
import { type CareClient, doorOf, mayPublish, maySubscribe } from "../../care/access.ts";
import { credentialOf } from "../../platform/credentials.ts";
import { careTopics, deskTopics } from "../../protocol/topics.ts";

const weber: CareClient = { kind: "home", name: "weber" };
const desk: CareClient = { kind: "desk", name: "desk-1" };

const own = careTopics("weber");
const foreign = careTopics("krause");

/** Everything that has a place at the broker, and shapes that try to reach more than one place. */
const topics = [
  ...Object.values(own),
  ...Object.values(foreign),
  ...["weber", "krause"].flatMap((home) => [deskTopics.state(home), deskTopics.event(home)]),
  ...["desk-1", "desk-2", "weber"].flatMap((name) => [
    deskTopics.request(name),
    deskTopics.answer(name),
  ]),
  ...[deskTopics.allStates, deskTopics.allEvents],
  ...["#", "+/+/+", "obhut/#", "obhut/+/up", "obhut/+/down", "obhut/weber/#", "obhut/weber/+"],
  ...["desk/#", "desk/+/weber", "desk/answer/+", "desk/request/+", "$SYS/#", "$share/g/obhut/+/up"],
  ...["", "/", "obhut//up", "obhut/weber/up/", "obhut/weber/up/x", "Obhut/weber/up", "up"],
];

const rights: readonly (readonly [string, CareClient, readonly string[], readonly string[]])[] = [
  ["a home", weber, [own.up, own.beatUp], [own.down, own.beatDown]],
  [
    "a desk",
    desk,
    [deskTopics.request("desk-1")],
    [deskTopics.answer("desk-1"), deskTopics.allStates, deskTopics.allEvents],
  ],
  // Names are unique over both; still nothing of a home is reached through a desk of its name.
  [
    "a desk that is called like a home",
    { kind: "desk", name: "weber" },
    [deskTopics.request("weber")],
    [deskTopics.answer("weber"), deskTopics.allStates, deskTopics.allEvents],
  ],
];

describe.each(rights)("I10: %s", (_words, who, publishes, subscribes) => {
  test("publishes on its own topics and on no other", () => {
    expect(topics.filter((topic) => mayPublish(who, topic))).toEqual(publishes);
  });

  test("hears what is for it and nothing else", () => {
    expect(topics.filter((topic) => maySubscribe(who, topic))).toEqual(subscribes);
  });
});

describe("I10: the door", () => {
  const secret = credentialOf("right");
  const homes = new Map<string, string | null>([
    ["weber", secret.sha256],
    ["revoked", null],
  ]);
  const desks = [{ name: "desk-1", passwordSha256: credentialOf("desk's own").sha256 }];
  const door = doorOf(desks, (home) => homes.get(home));
  const shown = (user: string, password: string) => door(user, Buffer.from(password));

  test("knows homes and desks by their own credential; a home has one session", () => {
    expect(shown("weber", "right")).toEqual({ kind: "home", name: "weber", sessions: 1 });
    expect(shown("desk-1", "desk's own")).toEqual({ kind: "desk", name: "desk-1" });
  });

  test.each([
    ["weber", "wrong"],
    ["weber", ""],
    ["weber", secret.sha256],
    ["weber", "desk's own"],
    ["desk-1", "right"],
    ["revoked", "right"],
    ["nobody", "right"],
    ["nobody", ""],
    ["", ""],
    ["__proto__", "right"],
  ])("refuses %s with %s", (user, password) => {
    expect(shown(user, password)).toBeUndefined();
  });

  test("a credential that was issued anew counts at once, and the old one is void", () => {
    homes.set("weber", credentialOf("new").sha256);
    expect(shown("weber", "right")).toBeUndefined();
    expect(shown("weber", "new")).toMatchObject({ name: "weber" });
    homes.set("weber", secret.sha256);
  });
});
