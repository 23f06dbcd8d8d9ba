/** The agreement on the desk: sentences, versions, two people at once, and the preview. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agreementViewSchema, previewViewSchema } from "../../../protocol/care-office-views.ts";
import { agreement, type Browser, type OfficeRig, startOfficeRig } from "./office-rig.ts";

let rig: OfficeRig;
let lead: Browser;
beforeAll(async () => {
  rig = await startOfficeRig();
  lead = await rig.as("lead", { groups: ["north"] });
});
afterAll(() => rig.close());

const path = "/api/homes/weber/agreement";
const put = (base: number, written: unknown) => lead.ask("PUT", path, { base, agreement: written });

describe("changing", () => {
  test("I11: a change is a new version with the account that made it; the core is told", async () => {
    const before = agreementViewSchema.parse((await lead.get(path)).json);
    expect(before.version).toBe(1);
    expect(before.versions).toEqual([{ version: 1, by: null, wall: 1 }]);
    const me = (await lead.get("/api/me")).json["name"];
    const changed = { ...agreement, fallback: [{ tell: ["yilmaz"], within_s: 45 }] };
    const answer = await put(1, changed);
    expect(answer.status, answer.text).toBe(200);
    const after = agreementViewSchema.parse((await lead.get(path)).json);
    expect(after.version).toBe(2);
    expect(after.versions[0]).toMatchObject({ version: 2, by: me });
    expect(after.agreement).toMatchObject({ version: 2, fallback: [{ within_s: 45 }] });
    await expect.poll(() => rig.changed, { timeout: 10_000 }).toContain("weber");
    const log = (await lead.get("/api/homes/weber/access-log")).text;
    expect(log).toContain("changed the agreement: version 2");
  });

  test("each fault is a sentence that says where; nothing is kept", async () => {
    const { version } = (await lead.get(path)).json as { version: number };
    const broken = {
      parties: [{ id: "Frau Maier", name: "", kind: "friend", reach: [] }],
      chains: [{ name: "x", for: ["fire"], from: "25:00", steps: [] }],
      fallback: [],
      colour: "red",
    };
    const answer = await put(version, broken);
    expect(answer.status).toBe(422);
    expect(answer.json["error"]).toBe("The agreement has faults.");
    const faults = answer.json["faults"] as string[];
    expect(faults.length).toBeGreaterThanOrEqual(6);
    expect(faults.join("\n")).toContain("Party 1, short name: must be lower-case letters");
    expect(faults.join("\n")).toContain('Agreement: unknown setting "colour"');
    const unknown = { ...agreement, fallback: [{ tell: ["nobody"], within_s: 60 }] };
    expect((await put(version, unknown)).json["faults"]).toEqual([
      expect.stringContaining("When no chain fits, step 1, whom: “nobody” is not a party"),
    ]);
    for (const sent of [null, 5, "x", []]) {
      expect((await put(version, sent)).status, String(sent)).toBe(422);
    }
    expect((await lead.get(path)).json["version"]).toBe(version);
  });

  test("each fault is said in the language of the page, by the names of its fields", async () => {
    const headers = { "accept-language": "de" };
    const { version } = (await lead.get(path)).json as { version: number };
    const fallback = [{ tell: ["nobody"], within_s: 60 }];
    const sent = { base: version, agreement: { ...agreement, fallback } };
    const answer = await lead.ask("PUT", path, sent, { headers });
    expect(answer.json).toEqual({
      error: "Die Vereinbarung hat Fehler.",
      faults: [
        "Wenn keine Kette passt, Schritt 1, Wen: „nobody“ ist kein Beteiligter; " +
          "Beteiligte sind maier, yilmaz, dienst",
      ],
    });
    const question = { category: "stove", weekday: 1, minute: 600, agreement: { version: 1 } };
    const preview = await lead.post(`${path}/preview`, question, { headers });
    expect(preview.json["faults"]).toEqual(["Beteiligte: fehlt", "Wenn keine Kette passt: fehlt"]);
    expect((await lead.get(path)).json["version"]).toBe(version);
  });

  test("of two people who change the same version, one is told to look again", async () => {
    const { version } = (await lead.get(path)).json as { version: number };
    const answers = await Promise.all([1, 2, 3].map(() => put(version, agreement)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    for (const { status, json } of answers) {
      if (status === 200) continue;
      expect(status).toBe(409);
      expect(json["error"]).toMatch(/look at it/);
    }
    expect((await lead.get(path)).json["version"]).toBe(version + 1);
  });
});

describe("the preview", () => {
  const ask = (question: Record<string, unknown>) => lead.post(`${path}/preview`, question);

  test("whom would we call on Sunday at 03:00?", async () => {
    const sunday = { category: "emergency-call", weekday: 7, minute: 180, agreement };
    const night = previewViewSchema.parse((await ask(sunday)).json);
    expect(night).toEqual({
      chain: "night",
      steps: [
        {
          within_s: 60,
          tell: [{ id: "dienst", name: "Pflegedienst", ways: ["voice"] }],
          passed_over: [],
        },
      ],
    });
    const noon = previewViewSchema.parse((await ask({ ...sunday, minute: 720 })).json);
    expect(noon.chain).toBe("fallback");
    expect(noon.steps.map(({ tell }) => tell[0]?.name)).toEqual(["Frau Maier", "Herr Yilmaz"]);
  });

  test("who is not on duty is passed over; a holiday and an absence have chains of their own", async () => {
    const draft = {
      version: 1,
      parties: [
        ...agreement.parties.slice(0, 2),
        {
          id: "dienst",
          name: "Pflegedienst",
          kind: "professional",
          reach: ["tel:+49711123", "desk:"],
          duty: [{ on: ["mon", "tue"], from: "08:00", until: "18:00" }],
        },
      ],
      chains: [
        {
          name: "holiday",
          for: ["stove"],
          holidays: "only",
          steps: [{ tell: ["yilmaz"], within_s: 60 }],
        },
        {
          name: "away",
          for: ["stove"],
          while: "absent",
          steps: [{ tell: ["maier"], within_s: 60 }],
        },
      ],
      fallback: [
        { tell: ["dienst"], within_s: 30 },
        { tell: ["maier"], within_s: 60 },
      ],
    };
    const asked = { category: "stove", weekday: 2, minute: 600, agreement: draft };
    const steps = async (more: object) =>
      previewViewSchema.parse((await ask({ ...asked, ...more })).json);
    expect((await steps({})).steps[0]).toMatchObject({
      tell: [{ id: "dienst", ways: ["voice", "desk"] }],
      passed_over: [],
    });
    expect((await steps({ weekday: 3 })).steps[0]).toMatchObject({
      tell: [],
      passed_over: [{ id: "dienst", name: "Pflegedienst" }],
    });
    expect((await steps({ holiday: true })).chain).toBe("holiday");
    expect((await steps({ absent: true })).chain).toBe("away");
  });

  test("of what is in force, and of a draft that has faults", async () => {
    const stove = { category: "stove", weekday: 1, minute: 600 };
    expect((await ask(stove)).status).toBe(200);
    expect((await ask({ ...stove, agreement: { version: 1 } })).status).toBe(422);
    expect((await ask({ ...stove, weekday: 8 })).status).toBe(400);
    expect((await ask({ ...stove, minute: 1_440 })).status).toBe(400);
  });
});
