import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportJournal } from "../../../gateway/journal/recorded.ts";
import { runReplay } from "../../../gateway/journal/replay.ts";
import { type Finding, replayJournal } from "../../../gateway/journal/rerun.ts";
import { version } from "../../../gateway/version.ts";
import { homeMachines } from "../../../rules/index.ts";
import { recordDay } from "./day.ts";
import { machines, motion, newDir, openRun, press } from "./home.ts";

const place = newDir();
const day = join(place.dir, "day", "journal.db");
const presses = join(place.dir, "presses", "journal.db");

beforeAll(async () => {
  await recordDay(join(place.dir, "day"), 600);
  for (const boot of ["r1", "r2", "r3"]) {
    const run = await openRun({ dir: join(place.dir, "presses"), boot });
    for (let n = 0; n < 10; n += 1) await run.say(n % 4 === 1 ? press : motion(true));
    if (boot === "r2") void run.journal.snapshot(run.state());
    await run.journal.close();
  }
});
afterAll(() => place.rm());

function findings(path: string, list = machines) {
  const replay = replayJournal(path, { machines: list });
  const found: Finding[] = [];
  let next = replay.next();
  for (; next.done !== true; next = replay.next()) found.push(next.value);
  return { found, summary: next.value };
}

async function printed(path: string): Promise<{ code: number; lines: readonly string[] }> {
  const lines: string[] = [];
  const code = await runReplay(path, (line) => void lines.push(line));
  return { code, lines };
}

/** The counter's rule with one word of its decision changed. */
const changed = {
  counter: {
    ...machines["counter"],
    step: (...args: Parameters<(typeof machines)["counter"]["step"]>) => {
      const step = machines["counter"]?.step(...args);
      return step?.because === undefined ? step : { ...step, because: `${step.because}!` };
    },
  },
} as typeof machines;

describe("I11: a recorded journal leads to the same decisions again", () => {
  test("a day of a home, with the rules of the product, over all its snapshots", () => {
    const { summary, found } = findings(day, homeMachines);
    expect(summary).toMatchObject({ events: 600, differences: 0, missing: 0, unproved: 0 });
    expect(found.every((it) => it.kind === "decision" && it.proved)).toBe(true);
  });

  test("each decision comes with its event, its time and its cause, over restarts", () => {
    const { found, summary } = findings(presses);
    expect(summary).toMatchObject({ events: 30, decisions: 9, differences: 0, unproved: 0 });
    const last = found.at(-1);
    expect(last?.kind === "decision" && last.decision).toEqual({
      machine: "counter",
      cause: "r3-10",
      because: "press 9 of sos",
      effects: ["r3-10/0"],
    });
    expect(last?.kind === "decision" && last.recorded.wall.trusted).toBe(true);
  });

  test("a rule that decides otherwise today is a difference at each of its decisions", () => {
    const { found, summary } = findings(presses, changed);
    expect(summary.differences).toBe(9);
    const first = found.find((it) => it.kind === "difference");
    expect(first?.kind === "difference" && first.now).toContain("press 1 of sos!");
  });

  test("a recorded decision that was tampered with is a difference", () => {
    const lines = [...exportJournal(presses)];
    const forged = lines.map((line) => line.replace("press 3 of sos", "press 4 of sos"));
    const path = join(place.dir, "forged.jsonl");
    writeFileSync(path, forged.join("\n"));
    expect(findings(path).summary.differences).toBe(1);
  });

  test("a rule whose memory runs elsewhere is found at the next snapshot", () => {
    const lines = [...exportJournal(presses)];
    const forged = lines.map((line) => line.replace('"heard":20', '"heard":21'));
    const path = join(place.dir, "memory.jsonl");
    writeFileSync(path, forged.join("\n"));
    const { found } = findings(path);
    const moved = found.filter((it) => it.kind === "state-difference");
    expect(moved[0]).toEqual({ kind: "state-difference", seq: 20, machines: ["counter"] });
  });

  test("a module that is dropped elsewhere is found at the next snapshot", () => {
    const lines = [...exportJournal(presses)];
    const forged = lines.map((line) =>
      line.replace('"state":{"machines"', '"state":{"switched":{"counter":false},"machines"'),
    );
    const path = join(place.dir, "dropped.jsonl");
    writeFileSync(path, forged.join("\n"));
    const moved = findings(path).found.filter((it) => it.kind === "state-difference");
    expect(moved[0]).toEqual({ kind: "state-difference", seq: 0, machines: ["switched"] });
  });

  test("a snapshot of an older version lacks machines: they begin, and nothing is unproved", () => {
    const lines = [...exportJournal(day)];
    const older = lines.map((line) => {
      const record = JSON.parse(line);
      if (record.kind === "snapshot") delete record.state.machines.storage;
      return JSON.stringify(record);
    });
    const path = join(place.dir, "older.jsonl");
    writeFileSync(path, older.join("\n"));
    const { summary } = findings(path, homeMachines);
    expect(summary).toMatchObject({ events: 600, differences: 0, unproved: 0 });
  });

  test("the export replays like the journal itself", () => {
    const path = join(place.dir, "presses.jsonl");
    writeFileSync(path, `${[...exportJournal(presses)].join("\n")}\n`);
    expect(findings(path)).toEqual(findings(presses));
  });

  test("events that are missing are named, and nothing is claimed before the next snapshot", () => {
    const path = join(place.dir, "hole.jsonl");
    const lines = [...exportJournal(presses)];
    writeFileSync(path, lines.filter((line) => !/"seq":(13|14),/.test(line)).join("\n"));
    const { found, summary } = findings(path);
    expect(summary).toMatchObject({ events: 28, missing: 2, unproved: 6, differences: 0 });
    expect(found).toContainEqual({ kind: "hole", after: 12, missing: 2 });
    expect(found.filter((it) => it.kind === "decision" && !it.proved)).toHaveLength(2);
  });

  test("an event whose decisions are lost is not called a difference", () => {
    const copy = join(place.dir, "copy.db");
    const db = new Sqlite(presses);
    db.exec(`VACUUM INTO '${copy}'`);
    db.close();
    const edit = new Sqlite(copy);
    edit.exec("DELETE FROM decisions WHERE seq = 2");
    edit.close();
    expect(findings(copy).summary).toMatchObject({ events: 30, differences: 0, unproved: 1 });
  });
});

describe("obhut replay", () => {
  test("prints every decision and a sentence, and ends with 0", async () => {
    const { code, lines } = await printed(day);
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(
      /^600 events, \d+ decisions, 0 differ \(\d+\.\d\d s\); made by rules test, these are /,
    );
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\d{4}-.*Z #\d+ .* cause day-1-/);
  });

  test("says nothing of the rules where the record is of these", async () => {
    const own = join(place.dir, "own.jsonl");
    const lines = [...exportJournal(day)].map((line) =>
      line.replace('"rules":"test"', `"rules":"${version}"`),
    );
    writeFileSync(own, lines.join("\n"));
    expect((await printed(own)).lines.at(-1)).toMatch(/ differ \(\d+\.\d\d s\)$/);
  });

  test("ends with 1 where something differs, and shows both", async () => {
    const { code, lines } = await printed(presses);
    expect(code).toBe(1);
    expect(lines.join("\n")).toContain("DIFFERS\n  recorded: ");
  });

  const strange: readonly (readonly [string, string, string])[] = [
    ["a text", "dear diary", "is neither a journal nor the export of one."],
    ["an empty file", "", "is neither a journal nor the export of one."],
    ["other JSON", '{"a":1}\n', "is not the export of a journal"],
    ["a broken line", '{"journal":1}\n{"kind":"event","seq":1}\n', "line 2 is not a record"],
    [
      "a plan of nothing",
      '{"journal":1}\n{"kind":"plan","seq":0,"rules":"r","plan":{}}\n',
      "line 2",
    ],
    [
      "a time that is none",
      '{"journal":1}\n{"kind":"event","seq":1,"event":{"kind":"radio-ready","id":"a","at":1},' +
        '"wall":{"trusted":true},"decisions":[],"effects":[],"whole":true}\n',
      "line 2 is not a record",
    ],
    [
      "a time beyond all dates",
      '{"journal":1}\n{"kind":"event","seq":1,"event":{"kind":"radio-ready","id":"a","at":1},' +
        '"wall":{"wall_ms":1e17,"trusted":true},"decisions":[],"effects":[],"whole":true}\n',
      "line 2 is not a record",
    ],
    [
      "a home that no rule can begin in",
      '{"journal":1}\n{"kind":"plan","seq":0,"rules":"r","plan":{"home":"h","devices":[],' +
        '"agreement":{"parties":[],"chains":[],"fallback":[]},"stove":{},"link":{}}}\n' +
        '{"kind":"snapshot","seq":0,"state":{"machines":null}}\n',
      "line 3 is not a record",
    ],
    ["a torn database", "SQLite format 3\u0000 and no more", "is not a database any more"],
  ];

  test.each(strange)("%s gets one sentence and 65", async (_name, content, sentence) => {
    const path = join(place.dir, "strange");
    writeFileSync(path, content);
    const { code, lines } = await printed(path);
    expect(code).toBe(65);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(sentence);
    expect(lines[0]).toContain(path);
  });

  test("a file that is not there, and another program's database", async () => {
    const missing = await printed(join(place.dir, "nowhere"));
    expect(missing).toMatchObject({ code: 65, lines: [expect.stringContaining("cannot be read")] });
    const other = join(place.dir, "other.db");
    const db = new Sqlite(other);
    db.exec("CREATE TABLE theirs (x)");
    db.close();
    const foreign = await printed(other);
    expect(foreign).toMatchObject({
      code: 65,
      lines: [expect.stringContaining("another program")],
    });
  });
});
