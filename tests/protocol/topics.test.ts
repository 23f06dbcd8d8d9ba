import { expect, test } from "vitest";
import {
  careTopics,
  deskTopics,
  homeTopics,
  neighbourTopics,
  stateParts,
} from "../../protocol/topics.ts";

test("I10: no topic of one home, client or desk is a topic of another, and none is a wildcard", () => {
  const all = [
    ...["weber", "yilmaz"].flatMap((home) => Object.values(careTopics(home))),
    ...stateParts.map((part) => homeTopics.state(part)),
    homeTopics.event("button-pressed"),
    homeTopics.announcement,
    ...["tablet", "phone"].flatMap((client) => [
      homeTopics.request(client),
      homeTopics.answer(client),
      homeTopics.wish(client),
    ]),
    ...["weber", "yilmaz"].flatMap((home) => [deskTopics.state(home), deskTopics.event(home)]),
    ...["night", "day"].flatMap((desk) => [deskTopics.request(desk), deskTopics.answer(desk)]),
    ...["one", "two"].flatMap((name) => [
      neighbourTopics.request(name),
      neighbourTopics.answer(name),
    ]),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const topic of all) expect(topic).toMatch(/^[a-z]+(\/[a-z-]+)+$/);
});

test("a desk hears all homes by one subscription for states and one for events", () => {
  expect(deskTopics.allStates).toBe(deskTopics.state("+"));
  expect(deskTopics.allEvents).toBe(deskTopics.event("+"));
});
