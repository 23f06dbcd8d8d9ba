/** What is asked here of a home that another process looks after. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Neighbours } from "../../care/neighbours.ts";
import type { OfficeAnswer } from "../../care/office/mail.ts";
import { Requests } from "../../care/requests.ts";
import { type Asked, askedSchema } from "../../care/wishes.ts";
import { neighbourTopics } from "../../protocol/topics.ts";

const asked = (id: string, home: string): Asked => ({
  ...{ id, home },
  wish: { kind: "maintenance", untilWall: 7 },
});
const taken = { taken: true, why: "" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const process = (mine: readonly string[], words: OfficeAnswer) => {
  const heard: Asked[] = [];
  const requests = new Requests<Asked>({
    schema: askedSchema,
    answerTopic: neighbourTopics.answer,
    ask: (one, answer) => {
      heard.push(one);
      answer(words);
    },
    isMine: (home) => mine.includes(home),
  });
  return { heard, requests };
};

test("the process that has the home answers, the one that asked hears it, a third says nothing", () => {
  const answers: object[] = [];
  const said: string[] = [];
  const owner = process(["weber"], taken);
  const third = process([], { taken: false, why: "a process without the home answered" });
  const here: Neighbours = new Neighbours("care-1", (topic, payload) => {
    said.push(topic);
    const back = {
      publish: (_topic: string, text: string | Buffer) => here.hear(Buffer.from(text)),
    };
    for (const { requests } of [third, owner]) requests.take(back, "care-1", Buffer.from(payload));
  });
  here.ask(asked("q1", "weber"), (words) => answers.push(words));
  expect(said).toEqual(["care/request/care-1"]);
  expect(answers).toEqual([{ ...taken, again: false }]);
});

test("a question without an answer is asked again, and carried out once however often it comes", () => {
  const answers: object[] = [];
  const owner = process(["weber"], taken);
  let isLost = true;
  const here: Neighbours = new Neighbours("care-1", (_topic, payload) => {
    const back = {
      publish: (_to: string, text: string | Buffer) => {
        if (!isLost) here.hear(Buffer.from(text));
      },
    };
    owner.requests.take(back, "care-1", Buffer.from(payload));
  });
  here.ask(asked("q1", "weber"), (words) => answers.push(words));
  vi.advanceTimersByTime(3_500);
  expect(answers).toEqual([]);
  isLost = false;
  vi.advanceTimersByTime(1_000);
  expect(answers).toEqual([{ ...taken, again: false }]);
  vi.advanceTimersByTime(60_000);
  expect(answers).toHaveLength(1);
  expect(owner.heard).toHaveLength(1);
});

test("I2: where nobody answers, a person hears so before the office gives up waiting", () => {
  const answers: OfficeAnswer[] = [];
  let count = 0;
  const here = new Neighbours("care-1", () => {
    count += 1;
  });
  here.ask(asked("q1", "weber"), (words) => answers.push(words));
  vi.advanceTimersByTime(7_999);
  expect(answers).toMatchObject([{ taken: false, again: true }]);
  expect(answers[0]?.why).toBe(
    "no process that looks after weber answered within 7 s; look whether it was taken",
  );
  vi.advanceTimersByTime(60_000);
  expect(count).toBe(7);
});

test("I9: more questions than people can ask are refused at once; a stray answer is nobody's", () => {
  const here = new Neighbours("care-1", () => undefined);
  const refused: string[] = [];
  for (let nth = 0; nth < 201; nth += 1) {
    here.ask(asked(`q${nth}`, "weber"), ({ why }) => refused.push(why));
  }
  expect(refused).toHaveLength(1);
  for (let nth = 0; nth < 200; nth += 1) {
    here.hear(Buffer.from(JSON.stringify({ of: `q${nth}`, ...taken })));
  }
  here.hear(Buffer.from(JSON.stringify({ of: "q0", ...taken })));
  here.hear(Buffer.from("noise"));
  expect(refused).toHaveLength(201);
});
