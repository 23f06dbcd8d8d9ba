/** What is asked here of a home that another process looks after. */
import { expect, test } from "vitest";
import { DeskRequests } from "../../care/desk-requests.ts";
import { Neighbours } from "../../care/neighbours.ts";
import type { DeskRequest } from "../../protocol/desk.ts";

const asked = (id: string, home: string): DeskRequest => ({
  ...{ id, home },
  request: { kind: "accept", alarmId: "a1", by: { id: "maier", name: "Frau Maier" } },
});

test("the process that has the home answers, the one that asked hears it, a third says nothing", () => {
  const answers: object[] = [];
  const said: string[] = [];
  const owner = new DeskRequests(
    (_asked, answer) => answer({ taken: true, why: "" }),
    (home) => home === "weber",
  );
  const third = new DeskRequests(
    (_asked, answer) => answer({ taken: false, why: "a process without the home answered" }),
    () => false,
  );
  const here: Neighbours = new Neighbours("care-1", (topic, payload) => {
    said.push(topic);
    const back = {
      publish: (_topic: string, text: string | Buffer) => here.hear(Buffer.from(text)),
    };
    for (const one of [third, owner]) one.take(back, "care-1", Buffer.from(payload));
  });
  here.ask(asked("q1", "weber"), (words) => answers.push(words));
  expect(said).toEqual(["desk/request/care-1"]);
  expect(answers).toEqual([{ taken: true, why: "" }]);
});

test("I9: more questions than people can ask are refused at once; a stray answer is nobody's", () => {
  const here = new Neighbours("care-1", () => undefined);
  const refused: string[] = [];
  for (let nth = 0; nth < 201; nth += 1) {
    here.ask(asked(`q${nth}`, "weber"), ({ why }) => refused.push(why));
  }
  expect(refused).toHaveLength(1);
  for (let nth = 0; nth < 200; nth += 1) {
    here.hear(Buffer.from(JSON.stringify({ of: `q${nth}`, taken: true, why: "" })));
  }
  here.hear(Buffer.from(JSON.stringify({ of: "q0", taken: true, why: "" })));
  here.hear(Buffer.from("noise"));
  expect(refused).toHaveLength(201);
});
