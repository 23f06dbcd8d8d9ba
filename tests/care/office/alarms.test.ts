/** Alarms at the desk, live updates, and the office's death. */
import { request } from "node:https";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CorePort } from "../../../care/office/core-port.ts";
import { startOffice } from "../../../care/office/front.ts";
import {
  alarmDetailSchema,
  alarmsEventSchema,
  type OpenAlarmView,
  openAlarmsSchema,
} from "../../../protocol/care-views.ts";
import { ToldAlarms } from "../../../web/common/told-alarms.ts";
import { EventReader, type Happening } from "./event-stream.ts";
import { agreement, Browser, type OfficeRig, startOfficeRig, until } from "./office-rig.ts";

let rig: OfficeRig;
beforeAll(async () => {
  rig = await startOfficeRig();
});
afterAll(() => rig.close());

/** Reads a stream of events until it is closed. */
class Listener {
  readonly heard: Happening[] = [];
  ended = false;
  #stop = (): void => undefined;

  constructor(browser: Browser) {
    const { port, agent } = browser;
    const headers = browser.headersOf({}, "GET");
    const options = { host: "127.0.0.1", port, path: "/api/live", headers, agent };
    const outgoing = request(options, (response) => {
      const reader = new EventReader();
      response.setEncoding("utf8");
      response.on("data", (text: string) => this.heard.push(...reader.feed(text)));
      response.on("close", () => {
        this.ended = true;
      });
    });
    outgoing.on("error", () => {
      this.ended = true;
    });
    outgoing.end();
    this.#stop = () => outgoing.destroy();
  }

  close(): void {
    this.#stop();
  }

  latest(): readonly OpenAlarmView[] | undefined {
    const told = new ToldAlarms();
    return this.heard
      .filter(({ event }) => event === "alarms")
      .map(({ data }) => told.hear(alarmsEventSchema.parse(data)))
      .findLast((shown) => shown !== undefined);
  }

  /** Waits until the list shows exactly these alarms. */
  shows(...ids: readonly string[]): Promise<readonly OpenAlarmView[]> {
    return until(`the stream shows ${ids.join()}`, () => {
      const alarms = this.latest();
      if (alarms?.length !== ids.length) return undefined;
      return alarms.every(({ alarm }) => ids.includes(alarm)) ? alarms : undefined;
    });
  }
}

const listeners: Listener[] = [];
function listen(browser: Browser): Listener {
  const made = new Listener(browser);
  listeners.push(made);
  return made;
}
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
});

describe("one alarm", () => {
  test("the desk sees who, where, whom the chain told, and what comes next", async () => {
    await rig.alarm("weber", "one");
    rig.view("weber", ["one"]);
    await rig.telling("weber", "one", { stage: "delivered", sent_wall: 5, delivered_wall: 6 });
    const point = { wall_ms: 1, device: "bath-motion", room: "bath", kind: "motion", value: true };
    await rig.db
      .insertInto("context")
      .values({ home: "weber", alarm: "one", body: JSON.stringify([point]), wall: 1 })
      .execute();
    const staff = await rig.as("staff", { groups: ["north"] });
    const other = await rig.as("lead", { groups: ["*"] });
    const { json, status } = await staff.get("/api/homes/weber/alarms/one");
    expect(status).toBe(200);
    const detail = alarmDetailSchema.parse(json);
    expect(detail.open).toMatchObject({
      resident: "Frau Erika Weber",
      told: [{ id: "maier", name: "Frau Maier" }],
      room: "bath",
    });
    // 31 s on the core's clock, which stood at 1 s when the view was made.
    expect(detail.next?.due_wall).toBe(detail.open?.due_wall);
    expect((detail.next?.due_wall ?? 0) - Date.now()).toBeGreaterThan(20_000);
    expect(detail.next?.tell).toHaveLength(1);
    expect(detail.resident.key_safe).toContain("Safe neben der Tür");
    expect(detail.tellings).toMatchObject([{ name: "Frau Maier", way: "sms", stage: "delivered" }]);
    expect(detail.context).toEqual([point]);
    const id = (await other.get("/api/me")).json["id"];
    expect(detail.colleagues.map((one) => one.id)).toContain(id);
  });

  test("whom the chain tells next follows an absence that lasts until then", async () => {
    await rig.alarm("weber", "one-away");
    rig.view("weber", ["one-away"]);
    const { body } = await rig.db
      .selectFrom("agreements")
      .select("body")
      .where("home", "=", "weber")
      .executeTakeFirstOrThrow();
    const steps = [{ tell: ["dienst"], within_s: 60 }];
    const chain = { name: "away", for: ["emergency-call"], while: "absent", steps };
    const away = JSON.stringify({ ...JSON.parse(body), version: 99, chains: [chain] });
    await rig.db
      .insertInto("agreements")
      .values({ home: "weber", version: 99, body: away, by_account: null, wall: 1 })
      .execute();
    const staff = await rig.as("staff", { groups: ["north"] });
    const next = async (until_wall: number | null) => {
      await rig.db.updateTable("known_homes").set({ absent_until_wall: until_wall }).execute();
      // As the core would have written it: the office reads the row anew.
      expect((await staff.post("/api/homes/weber/absence", { until_wall })).status).toBe(200);
      const { json } = await staff.get("/api/homes/weber/alarms/one-away");
      const detail = alarmDetailSchema.parse(json);
      expect(detail.absent_until_wall).toBe(until_wall);
      return detail.next?.tell.map((one) => one.id);
    };
    expect(await next(Date.now() + 3_600_000)).toEqual(["dienst"]);
    // Over before the next step.
    expect(await next(Date.now() + 1_000)).not.toContain("dienst");
    expect(await next(null)).not.toContain("dienst");
    await rig.db.deleteFrom("agreements").where("version", "=", 99).execute();
  });

  test("I2: accept, decline, hand over and close are the core's to say", async () => {
    await rig.alarm("weber", "two");
    rig.view("weber", ["two"]);
    const staff = await rig.as("staff");
    const me = (await staff.get("/api/me")).json as { id: string; name: string };
    const by = { id: me.id, name: me.name };
    const path = "/api/homes/weber/alarms/two";
    const said = () => rig.asked.at(-1)?.request;
    expect((await staff.post(`${path}/accept`)).json).toEqual({ taken: true, why: "" });
    expect(said()).toMatchObject({
      kind: "alarm",
      home: "weber",
      account: by,
      request: { kind: "accept", alarmId: "two", by },
    });
    await staff.post(`${path}/decline`);
    expect(said()).toMatchObject({ request: { kind: "decline", alarmId: "two", by } });
    const note = "sat on the floor, helped up";
    expect((await staff.post(`${path}/close`, { outcome: "helped", note: "" })).status).toBe(400);
    await staff.post(`${path}/close`, { outcome: "helped", note });
    expect(said()).toMatchObject({
      request: { kind: "close", alarmId: "two", closing: { by, outcome: "helped", note } },
    });
    const other = await rig.as("staff", { groups: ["south"] });
    const stranger = (await other.get("/api/me")).json["id"];
    expect((await staff.post(`${path}/hand-over`, { to: stranger })).status).toBe(400);
    const colleague = await rig.as("lead");
    const to = (await colleague.get("/api/me")).json as { id: string; name: string };
    await staff.post(`${path}/hand-over`, { to: to.id });
    expect(said()).toMatchObject({
      request: { kind: "hand-over", alarmId: "two", by, to: { id: to.id } },
    });
    expect((await staff.post(`${path}/call`)).json).toEqual({ phone: "+49 711 555123" });
    rig.reply = { taken: false, why: "Frau Maier closed it already" };
    const late = await staff.post(`${path}/accept`);
    expect(late).toMatchObject({ status: 409, json: { error: "Frau Maier closed it already" } });
    rig.reply = { taken: true, why: "" };
  });

  test("I2: a core that does not answer is no yes", async () => {
    const core = new CorePort(() => undefined, 50);
    const account = { id: "a", name: "A" };
    const asked = core.ask({ home: "weber", account, kind: "drill" });
    await expect(asked).rejects.toMatchObject({
      status: 504,
      message: "no answer came; look whether it was taken before you try again",
    });
    // Too late is too late: nobody waits any more.
    core.answered(1, { taken: true, why: "" });
  });

  test("a helper with an account closes only what he said he goes to", async () => {
    rig.view("weber", ["two"], ["maier"]);
    const closing = { outcome: "helped", note: "all well" };
    const path = "/api/homes/weber/alarms/two/close";
    const other = await rig.as("helper", { home: "weber", party: "yilmaz", groups: [] });
    await until("the view is there", async () =>
      (await other.get("/api/alarms")).text.includes("maier") ? true : undefined,
    );
    expect((await other.post(path, closing)).status).toBe(403);
    const maier = await rig.as("helper", { home: "weber", party: "maier", groups: [] });
    expect((await maier.post(path, closing)).status).toBe(200);
    expect(rig.asked.at(-1)?.request).toMatchObject({
      request: { closing: { by: { id: "maier" } } },
    });
  });
});

describe("the list", () => {
  test("most urgent first: real before test, nobody coming before somebody, older first", async () => {
    await rig.db.deleteFrom("alarms").execute();
    const now = Date.now();
    await rig.alarm("weber", "accepted", { raised_wall: now - 50_000 });
    rig.view("weber", ["accepted"], ["maier"]);
    await rig.alarm("krause", "old", { raised_wall: now - 20_000 });
    await rig.alarm("krause", "new", { raised_wall: now - 10_000 });
    await rig.alarm("krause", "drill", { raised_wall: now - 90_000, drill: 1 });
    rig.view("krause", ["drill", "new", "old"]);
    const staff = await rig.as("staff");
    const alarms = await until("all four", async () => {
      const list = openAlarmsSchema.parse((await staff.get("/api/alarms")).json).alarms;
      return list.length === 4 && list.at(-1)?.drill === true ? list : undefined;
    });
    expect(alarms.map(({ alarm }) => alarm)).toEqual(["old", "new", "accepted", "drill"]);
  });

  test("an alarm of a home that another process runs is in the list, from its row", async () => {
    await rig.db.deleteFrom("alarms").execute();
    rig.view("krause", []);
    rig.view("weber", []);
    await rig.db
      .insertInto("known_homes")
      .values({
        home: "elsewhere",
        timezone: "Europe/Berlin",
        link: "{}",
        revoked: 0,
        imported_version: 0,
      })
      .execute();
    const body = JSON.stringify(agreement);
    await rig.db
      .insertInto("agreements")
      .values({ home: "elsewhere", version: 1, body, by_account: null, wall: 1 })
      .execute();
    await rig.alarm("elsewhere" as "weber", "far");
    const staff = await rig.as("staff");
    const stream = listen(staff);
    const [far] = await stream.shows("far");
    expect(far).toMatchObject({ home: "elsewhere", link: "unknown", due_wall: null, coming: [] });
    const homes = (await staff.get("/api/homes")).json["homes"] as { home: string }[];
    expect(homes.find(({ home }) => home === "elsewhere")).toMatchObject({ open: 1 });
    // Who had said to come and does not is not shown as coming here, either.
    const rows = () => rig.db.updateTable("alarms").where("id", "=", "far");
    const coming = (names: readonly string[]) =>
      until("the desk shows who comes", () => {
        const [shown] = stream.latest() ?? [];
        return shown?.coming.map(({ name }) => name).join() === names.join() || undefined;
      });
    await rows().set({ accepted_wall: Date.now(), accepted_by: "Frau Maier" }).execute();
    await coming(["Frau Maier"]);
    const maier = await rig.as("helper", { home: "elsewhere", party: "maier", groups: [] });
    const closing = { outcome: "helped", note: "all well" };
    const close = () => maier.post("/api/homes/elsewhere/alarms/far/close", closing);
    expect((await close()).status).toBe(200);
    await rows().set({ accepted_by: "" }).execute();
    await coming([]);
    expect((await close()).status).toBe(403);
    await rig.db.updateTable("alarms").set({ closed_wall: Date.now() }).execute();
    await stream.shows();
  });
});

describe("live", () => {
  test("I1: a new alarm is on the screen without being asked for, and goes when it is closed", async () => {
    const staff = await rig.as("staff", { groups: ["north"] });
    const stream = listen(staff);
    await stream.shows();
    await rig.alarm("weber", "live-1");
    rig.view("weber", ["live-1"]);
    const [alarm] = await stream.shows("live-1");
    expect(alarm?.resident).toBe("Frau Erika Weber");
    rig.view("krause", ["not-ours"]);
    rig.view("weber", []);
    await stream.shows();
    expect(JSON.stringify(stream.heard)).not.toContain("not-ours");
    const homes = stream.heard.findLast(({ event }) => event === "homes");
    expect(homes?.data).toMatchObject({ homes: [{ home: "weber", open: 0 }] });
  });

  test("a beat comes every five seconds; who is withdrawn is told and let go", async () => {
    const staff = await rig.as("staff");
    const id = (await staff.get("/api/me")).json["id"] as string;
    const stream = listen(staff);
    const beats = () => stream.heard.filter(({ event }) => event === "beat").length;
    await until("two beats", () => (beats() >= 2 ? true : undefined), 15_000);
    await rig.db.updateTable("accounts").set({ disabled: 1 }).where("id", "=", id).execute();
    await until("the end", () => (stream.ended ? true : undefined), 15_000);
    expect(stream.heard.at(-1)?.event).toBe("signed-out");
  });

  test("I9: one account has so many screens and no more", async () => {
    const staff = await rig.as("staff");
    const streams = Array.from({ length: 6 }, () => listen(staff));
    for (const stream of streams) {
      await until("it is open", () => (stream.heard.length > 0 ? true : undefined));
    }
    const { status, json } = await staff.get("/api/live");
    expect(status).toBe(429);
    expect(json["error"]).toBe("too many screens are open for this account");
  });
});

describe("the office dies", () => {
  for (const word of ["die", "throw"] as const) {
    test(`I8: it is there again at the same address and knows what is true (${word})`, async () => {
      const own = await startOfficeRig();
      const { port } = own;
      await own.alarm("weber", "survives");
      own.view("weber", ["survives"]);
      const staff = await own.as("staff");
      await until("the alarm is shown", async () =>
        (await staff.get("/api/alarms")).text.includes("survives") ? true : undefined,
      );
      own.reply = undefined;
      const lost = staff.post("/api/homes/weber/alarms/survives/accept").catch(() => undefined);
      await until("it was asked", () => own.asked.at(-1));
      own.strike(word);
      await lost;
      // What the core says meanwhile is not lost, and an answer to the dead is dropped.
      own.view("weber", ["survives"], ["maier"]);
      own.asked.at(-1)?.answer({ taken: true, why: "" });
      const text = await until("the office is back", async () => {
        const answer = await staff.get("/api/alarms").catch(() => undefined);
        return answer?.text.includes("maier") === true ? answer.text : undefined;
      });
      expect(text).toContain("survives");
      expect(own.port).toBe(port);
      expect(own.warnings.join()).toContain("the office's thread is gone");
      await own.close();
    });
  }

  test("I8: one that hangs is ended and started again", async () => {
    const own = await startOfficeRig();
    const staff = await own.as("staff");
    own.strike("hang");
    const feed = setInterval(() => own.view("weber", []), 200);
    await until("it is ended", () => own.warnings.find((text) => text.includes("hangs")));
    clearInterval(feed);
    await until("it is back", async () => {
      const answer = await staff.get("/api/me").catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    });
    await own.close();
  });

  test("I8: an office that cannot open says why, and opens as soon as it can", async () => {
    const own = await startOfficeRig();
    const said: string[] = [];
    const front = await startOffice(
      { ...rig.settings, port: own.port },
      {
        request: () => undefined,
        tellingStage: () => undefined,
        homesChanged: () => undefined,
        warn: (text) => said.push(text),
      },
    );
    expect(said.join()).toMatch(/the office's thread is gone \(.*EADDRINUSE.*\)/);
    const { port } = own;
    await own.close();
    const browser = new Browser(port, rig.ca);
    await until("it is open", async () =>
      (await browser.get("/api/me").catch(() => undefined))?.status === 401 ? true : undefined,
    );
    browser.close();
    await front.close();
  });
});
