/** The post to the homes beside a scripted store: what it asks, and when. */
import { afterEach, expect, test } from "vitest";
import { downLine } from "../../../care/line.ts";
import { LivingPost } from "../../../care/living-post.ts";
import type { LivingAnswer, LivingNews, LivingQuestion } from "../../../care/store/living-lists.ts";
import type { Row } from "../../../care/store/rows.ts";
import type { DownBody } from "../../../protocol/messages.ts";
import { instant } from "../../../protocol/time.ts";
import { until } from "../../../sim/demo/process.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const catalogue = { version: 7, offers: [] };

class Script {
  readonly asked: (readonly LivingQuestion[])[] = [];
  readonly rows: Row[] = [];
  readonly sent: DownBody[] = [];
  room = true;
  linked = true;
  answer: (question: LivingQuestion) => LivingNews = ({ home }) => ({
    ...{ home, catalogue: true, bodies: [] },
  });
  readonly post: LivingPost;

  constructor(homes: readonly string[], looksEveryMs = 300_000) {
    const script = this;
    const link = {
      get linked() {
        return script.linked;
      },
      send: (lines: readonly { readonly body: DownBody }[]) =>
        void this.sent.push(...lines.map(({ body }) => body)),
    };
    this.post = new LivingPost({
      clock: { now: () => instant(1), wall: () => ({ wall_ms: 5, trusted: true }) },
      places: new Map(homes.map((home) => [home, { link }])),
      looksEveryMs,
      store: {
        append: (row) => this.rows.push(row),
        hasRoom: () => this.room,
        living: (questions) => this.ask(questions),
      },
    });
  }

  async ask(questions: readonly LivingQuestion[]): Promise<LivingAnswer> {
    this.asked.push(questions);
    return { catalogue, news: questions.map(this.answer) };
  }
}

let script: Script;
afterEach(() => script.post.stop());

const names = Array.from({ length: 50 }, (_, nth) => `home-${nth}`);

test("I1: homes that come all at once are looked at twenty at a time, those with news first", async () => {
  script = new Script(names);
  for (const name of names) script.post.linked(name, 3);
  script.post.wake(["home-49"]);
  await until("all are asked", () => (script.asked.flat().length >= 51 ? true : undefined));
  expect(script.asked.map((few) => few.length)).toEqual([20, 20, 11]);
  expect(script.asked[0]?.[0]).toEqual({ home: "home-49", at: 3, looks: true });
  expect(script.sent).toHaveLength(51);
});

test("I1: while the disk has no room for alarms, nothing is asked of it", async () => {
  script = new Script(["weber"]);
  script.room = false;
  script.post.wake("all");
  await wait(350);
  expect(script.asked).toEqual([]);
  script.room = true;
  await until("it is asked", () => script.asked[0]);
});

test("a home that is away is told nothing, and waits nowhere", async () => {
  script = new Script(["weber"]);
  script.linked = false;
  script.post.wake(["weber", "nobody"]);
  await until("it is asked", () => script.asked[0]);
  await wait(150);
  expect(script.sent).toEqual([]);
});

test("looks are told once in a while; those that come meanwhile when the time is over", async () => {
  script = new Script(["weber"], 600);
  script.answer = ({ home, looks }) => ({
    ...{ home, catalogue: false },
    bodies: looks ? [{ kind: "looks", version: 1, looks: [] }] : [],
  });
  script.post.wake(["weber"]);
  await until("they are told", () => script.sent[0]);
  script.post.wake(["weber"]);
  await until("it is asked again", () => script.asked[1]);
  expect(script.asked[1]).toEqual([{ home: "weber", at: null, looks: false }]);
  expect(script.sent).toHaveLength(1);
  await until("they are told again", () => script.sent[1]);
});

test("what a database did not answer is asked again, with the home's time", async () => {
  script = new Script(["weber"]);
  const ask = script.ask.bind(script);
  script.ask = async (questions) => {
    script.ask = ask;
    script.asked.push(questions);
    throw new Error("away");
  };
  script.post.linked("weber", 9);
  await until("it is asked again", () => script.asked[1], 10_000);
  expect(script.asked[1]).toEqual([{ home: "weber", at: 9, looks: true }]);
});

test("a receipt is a row; one for an alarm's line is none of this", () => {
  script = new Script(["weber"]);
  const by = { id: "l", name: "L" };
  const answer = { kind: "module-answer", ask: "a1", granted: true, by, note: "" } as const;
  script.post.taken("weber", downLine("x", { kind: "catalogue", ...catalogue }), 4);
  script.post.taken("weber", downLine("y", answer), 4);
  script.post.taken("weber", downLine("z", { kind: "told", alarmId: "a", by }), 4);
  expect(script.rows.map((row) => row.kind === "living" && row.word)).toEqual([
    { kind: "list-taken", list: "catalogue", version: 7, at: 4 },
    { kind: "answer-taken", ask: "a1" },
  ]);
});
