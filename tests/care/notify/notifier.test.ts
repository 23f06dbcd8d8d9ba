/** The notifier in a real office: rows of a step become messages, once, whatever the peers do. */
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { NotifySettings } from "../../../care/office/mail.ts";
import { helperViewSchema } from "../../../protocol/care-views.ts";
import { noWays, type OfficeRig, startOfficeRig, until } from "../office/office-rig.ts";
import { HttpPeer, MailPeer } from "./peers.ts";

const secret = "shared with the provider";
const peers = { sms: new HttpPeer(), voice: new HttpPeer(), mail: new MailPeer(undefined) };
let rig: OfficeRig;
let notify: NotifySettings;

beforeAll(async () => {
  const sms = await peers.sms.listen();
  const voice = await peers.voice.listen();
  const mail = await peers.mail.listen();
  notify = {
    ...noWays,
    sms: { url: `http://127.0.0.1:${sms}/`, secret },
    voice: { url: `http://127.0.0.1:${voice}/`, secret },
    mail: { url: `smtp://127.0.0.1:${mail}`, from: "Obhut <obhut@example.org>" },
  };
  rig = await startOfficeRig({ notify });
});
afterAll(async () => {
  await rig.close();
  await Promise.all([peers.sms.close(), peers.voice.close(), peers.mail.close()]);
});
afterEach(() => {
  for (const peer of [peers.sms, peers.voice]) {
    peer.manner = () => ({ status: 200 });
    peer.heard.length = 0;
  }
  peers.mail.manner = () => "take";
  peers.mail.letters.length = 0;
  rig.progress.length = 0;
});

let count = 0;
async function openAlarm(row = {}): Promise<string> {
  count += 1;
  const id = `n${count}`;
  await rig.alarm("weber", id, row);
  rig.view("weber", [id]);
  return id;
}

const stage = (id: string, wanted: string, withinMs?: number) =>
  until(
    `${id} is ${wanted}`,
    async () => {
      const row = await rig.row(id);
      return row.stage === wanted ? row : undefined;
    },
    withinMs,
  );

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A receipt as a provider sends it. */
async function receipt(
  way: "sms" | "voice",
  body: unknown,
  more: { at?: number; key?: string } = {},
) {
  const raw = JSON.stringify(body);
  const at = String(more.at ?? Math.floor(Date.now() / 1_000));
  const mac = createHmac("sha256", more.key ?? secret)
    .update(`${at}.${raw}`)
    .digest("hex");
  const headers = { "x-obhut-timestamp": at, "x-obhut-signature": `v1=${mac}`, "x-obhut": "" };
  return await rig.browser().post(`/api/receipts/${way}`, undefined, { raw, headers });
}

const tokenOf = (text: string): string => /\/h\/([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? "";

describe("rows become messages", () => {
  test("I4: each way of a step leaves once, and the core hears how far it came", async () => {
    const alarm = await openAlarm();
    const sms = await rig.telling("weber", alarm);
    const mail = await rig.telling("weber", alarm, {
      way: "mail",
      party: "yilmaz",
      name: "Herr Yilmaz",
      address: "mailto:yilmaz@example.org",
    });
    const voice = await rig.telling("weber", alarm, { way: "voice", address: "tel:+49-711-123" });
    for (const { id } of [sms, mail, voice]) await stage(id, "sent");
    // Ten more looks find nothing more to do.
    for (let nth = 0; nth < 10; nth += 1) rig.front?.put({ kind: "tellings" });
    await pause(1_500);
    expect(peers.sms.heard).toHaveLength(1);
    expect(peers.voice.heard).toHaveLength(1);
    expect(peers.mail.letters).toHaveLength(1);
    expect(peers.mail.letters[0]?.to).toEqual(["yilmaz@example.org"]);
    expect(JSON.parse(peers.sms.heard[0]?.body.toString() ?? "{}").to).toBe("+4915112345678");
    expect(JSON.parse(peers.voice.heard[0]?.body.toString() ?? "{}").to).toBe("+49711123");
    const told = rig.progress.filter(({ alarmId }) => alarmId === alarm);
    expect(told).toContainEqual({
      id: sms.id,
      home: "weber",
      alarmId: alarm,
      party: "maier",
      step: 0,
      round: 0,
      stage: "sent",
    });
    expect(told).toHaveLength(3);
  });

  test("I4: a way that this service does not have fails at once, so that the chain goes on", async () => {
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm, { way: "push", address: "push:" });
    const row = await stage(id, "failed");
    expect(row.error).toBe("this service has no way for push");
    expect(rig.progress.at(-1)).toMatchObject({ stage: "failed" });
  });

  test("I9: a hanging provider delays nobody else's messages", async () => {
    peers.sms.manner = () => "hang";
    const alarm = await openAlarm();
    for (let nth = 0; nth < 20; nth += 1) await rig.telling("weber", alarm);
    await until("they hang", () => (peers.sms.heard.length >= 16 ? true : undefined));
    const mail = await rig.telling("weber", alarm, {
      way: "mail",
      address: "mailto:a@example.org",
    });
    await stage(mail.id, "sent", 3_000);
    expect(peers.sms.heard.length).toBe(16);
    await rig.db.updateTable("alarms").set({ closed_wall: 1 }).where("id", "=", alarm).execute();
  });

  test("a busy provider is tried again with the same key, a refusal is not", async () => {
    peers.sms.manner = (nth) => ({ status: nth === 0 ? 503 : 200 });
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm);
    const row = await stage(id, "sent");
    expect(row.tries).toBe(2);
    const keys = peers.sms.heard.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([id, id]);
    peers.sms.manner = () => ({ status: 400 });
    const refused = await rig.telling("weber", alarm);
    expect((await stage(refused.id, "failed")).error).toBe("the provider answered 400");
  });

  test("once the alarm is closed nothing more leaves", async () => {
    peers.sms.manner = () => ({ status: 503 });
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm);
    await until("one try", () => peers.sms.heard.at(0));
    await rig.db.updateTable("alarms").set({ closed_wall: 1 }).where("id", "=", alarm).execute();
    await stage(id, "moot");
    const tries = peers.sms.heard.length;
    await pause(2_500);
    expect(peers.sms.heard.length).toBe(tries);
  });

  test("a real alarm leaves before drills that were there first", async () => {
    const drill = await openAlarm({ drill: 1 });
    const real = await openAlarm();
    const due_wall = Date.now() + 1_500;
    const common = { way: "mail", address: "mailto:a@example.org", due_wall } as const;
    for (let nth = 0; nth < 24; nth += 1) {
      await rig.telling("weber", drill, { ...common, drill: 1 });
    }
    const { id } = await rig.telling("weber", real, common);
    await stage(id, "sent");
    const at = peers.mail.letters.findIndex(({ text }) => !text.includes("PROBEALARM"));
    // Eight letters may be on their way at once, and they may arrive in any order.
    expect(at).toBeLessThan(8);
    await until("all have left", () => (peers.mail.letters.length === 25 ? true : undefined));
  });

  test("a drill is marked in every letter", async () => {
    const alarm = await openAlarm({ drill: 1 });
    const sms = await rig.telling("weber", alarm, { drill: 1 });
    await stage(sms.id, "sent");
    const body = JSON.parse(peers.sms.heard[0]?.body.toString() ?? "{}");
    expect(body).toMatchObject({ drill: true });
    expect(body.text).toMatch(/^PROBEALARM \/ TEST: /);
  });
});

describe("the office dies between a letter and its row", () => {
  test("I4: the letter goes again, marked as a repeat; a provider with the key is not told twice", async () => {
    const own = await startOfficeRig({ notify });
    await own.alarm("weber", "torn");
    peers.mail.manner = () => (peers.mail.letters.length === 0 ? "take and hang" : "take");
    const { id } = await own.telling("weber", "torn", {
      way: "mail",
      address: "mailto:a@example.org",
    });
    await until("the server has the letter", () => peers.mail.letters.at(0));
    own.strike("die");
    await until("it is sent", async () =>
      (await own.row(id)).stage === "sent" ? true : undefined,
    );
    expect(peers.mail.letters).toHaveLength(2);
    const [first, second] = peers.mail.letters.map(({ text }) => text);
    const subject = (text = "") => /^Subject: (.*(?:\r?\n[ \t].*)*)/im.exec(text)?.[1] ?? "";
    expect(subject(first)).not.toContain("Erneut");
    expect(subject(second)).toContain("Erneut");
    expect((await own.row(id)).repeat).toBe(1);
    expect(tokenOf(first?.replaceAll("=\r\n", "") ?? "")).toBe(
      tokenOf(second?.replaceAll("=\r\n", "") ?? ""),
    );
    await own.close();
  });
});

describe("receipts", () => {
  test("I10: only the provider's own word counts, within its window, once", async () => {
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm);
    await stage(id, "sent");
    const body = { receipts: [{ id, stage: "delivered" }] };
    expect((await receipt("sms", body, { key: "guess" })).status).toBe(401);
    const old = Math.floor(Date.now() / 1_000) - 400;
    expect((await receipt("sms", body, { at: old })).status).toBe(401);
    expect((await rig.browser().post("/api/receipts/sms", body)).status).toBe(401);
    expect((await rig.browser().post("/api/receipts/pigeon", body)).status).toBe(404);
    expect((await rig.row(id)).stage).toBe("sent");
    const at = Math.floor(Date.now() / 1_000);
    expect((await receipt("sms", body, { at })).json).toEqual({ taken: 1, news: 1 });
    const replay = await receipt("sms", body, { at });
    expect(replay).toMatchObject({ status: 409, json: { error: "this was taken already" } });
    expect((await receipt("sms", body, { at: at + 1 })).json).toEqual({ taken: 1, news: 0 });
    expect((await rig.row(id)).stage).toBe("delivered");
    expect(rig.progress.filter((one) => one.stage === "delivered")).toHaveLength(1);
  });

  test("a late receipt takes nothing back, one of another way or of nobody is no news", async () => {
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm, { stage: "seen" });
    const say = (one: string, word: string, way: "sms" | "voice" = "sms") =>
      receipt(way, { receipts: [{ id: one, stage: word }] });
    for (const word of ["sent", "delivered", "failed"]) {
      expect((await say(id, word)).json).toEqual({ taken: 1, news: 0 });
    }
    expect((await say(id, "accepted", "voice")).json).toEqual({ taken: 1, news: 0 });
    expect((await say("nobody/sms", "delivered")).json).toEqual({ taken: 1, news: 0 });
    expect((await rig.row(id)).stage).toBe("seen");
  });

  test("I2: a key pressed at the telephone is an answer, and the core has the word", async () => {
    const alarm = await openAlarm();
    const { id } = await rig.telling("weber", alarm, { way: "voice", address: "tel:+49711123" });
    await stage(id, "sent");
    const before = rig.asked.length;
    const answer = { receipts: [{ id, stage: "accepted" }] };
    expect((await receipt("voice", answer)).json).toEqual({ taken: 1, news: 1 });
    expect(rig.asked.slice(before).map(({ request }) => request)).toMatchObject([
      {
        home: "weber",
        kind: "alarm",
        request: { kind: "accept", alarmId: alarm, by: { id: "maier", name: "Frau Maier" } },
      },
    ]);
    rig.reply = { taken: false, why: "nobody looks after it", again: true };
    const away = { receipts: [{ id, stage: "declined", why: "not now" }] };
    expect((await receipt("voice", away)).status).toBe(503);
    expect((await receipt("voice", away)).status).toBe(503);
    rig.reply = { taken: false, why: "closed" };
    const late = { receipts: [{ id, stage: "declined" }] };
    expect((await receipt("voice", late)).json).toEqual({ taken: 1, news: 0 });
    rig.reply = { taken: true, why: "" };
    expect((await rig.row(id)).stage).toBe("accepted");
  });
});

describe("the helper's page", () => {
  async function link(alarm: string): Promise<{ id: string; token: string }> {
    const { id } = await rig.telling("weber", alarm);
    await stage(id, "sent");
    const body = peers.sms.heard.at(-1)?.body.toString() ?? "";
    return { id, token: tokenOf(body) };
  }

  test("I10: the link is a key of 256 bits of which only the digest is kept", async () => {
    const alarm = await openAlarm();
    const { id, token } = await link(alarm);
    expect(token).toHaveLength(43);
    const row = await rig.row(id);
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row.token_sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const wrong of ["A".repeat(43), "x", row.token_sha256 ?? "", `${token}x`]) {
      const answer = await rig.browser().get(`/api/helper/${wrong}`);
      expect(answer.status).toBe(404);
      expect(answer.json["error"]).toBe("this link is not or no longer valid");
    }
  });

  test("seen, going, and who else: with the address only while it is open", async () => {
    const alarm = await openAlarm();
    const { id, token } = await link(alarm);
    const browser = rig.browser();
    const first = helperViewSchema.parse((await browser.get(`/api/helper/${token}`)).json);
    expect(first).toMatchObject({
      you: { id: "maier", name: "Frau Maier" },
      resident: "Frau Erika Weber",
      state: "open",
      answer: "none",
      place: { address: "Lindenweg 4, weberstadt", key_safe: "Safe neben der Tür, weber" },
      end: null,
    });
    expect((await rig.row(id)).stage).toBe("seen");
    const going = await browser.post(`/api/helper/${token}/answer`, { coming: true });
    expect(going.json).toMatchObject({ answer: "coming" });
    expect(rig.asked.at(-1)?.request).toMatchObject({
      request: { kind: "accept", alarmId: alarm, by: { id: "maier" } },
    });
    rig.view("weber", [alarm], ["maier", "Herr Yilmaz"]);
    await until("both are shown", async () =>
      (await browser.get(`/api/helper/${token}`)).text.includes("Yilmaz") ? true : undefined,
    );
    const note = "Frau Weber saß im Sessel, es geht ihr gut";
    const outcome = { outcome: "helped", note };
    expect((await browser.post(`/api/helper/${token}/outcome`, outcome)).status).toBe(200);
    expect(rig.asked.at(-1)?.request).toMatchObject({
      request: { kind: "close", closing: { by: { id: "maier" }, ...outcome } },
    });
    await rig.db
      .updateTable("alarms")
      .set({ closed_wall: Date.now(), closed_by: "Frau Maier", outcome: "helped" })
      .where("id", "=", alarm)
      .execute();
    const after = await browser.get(`/api/helper/${token}`);
    expect(helperViewSchema.parse(after.json)).toMatchObject({
      state: "closed",
      place: null,
      room: null,
      end: { by: "Frau Maier", outcome: "helped" },
    });
    expect(after.text).not.toContain("Lindenweg");
    expect((await browser.post(`/api/helper/${token}/answer`, { coming: true })).status).toBe(409);
    await rig.db
      .updateTable("alarms")
      .set({ closed_wall: Date.now() - 8 * 86_400_000 })
      .where("id", "=", alarm)
      .execute();
    expect((await browser.get(`/api/helper/${token}`)).status).toBe(404);
  });

  test("I2: who was not heard of again in time is asked again, and not shown as going", async () => {
    const alarm = await openAlarm();
    const { token } = await link(alarm);
    const path = `/api/helper/${token}`;
    const browser = rig.browser();
    const going = await browser.post(`${path}/answer`, { coming: true });
    expect(going.json).toMatchObject({ answer: "coming" });
    rig.view("weber", [alarm], [], ["maier"]);
    await until("it is asked again", async () =>
      (await browser.get(path)).json["answer"] === "none" ? true : undefined,
    );
    const outcome = { outcome: "helped", note: "all well" };
    expect((await browser.post(`${path}/outcome`, outcome)).status).toBe(403);
    rig.view("weber", [alarm], ["maier"]);
    await until("it counts again", async () =>
      (await browser.get(path)).json["answer"] === "coming" ? true : undefined,
    );
  });

  test("who is not going does not say how it ended", async () => {
    const alarm = await openAlarm();
    const { id, token } = await link(alarm);
    const outcome = { outcome: "false-alarm", note: "nothing" };
    const path = `/api/helper/${token}`;
    expect((await rig.browser().post(`${path}/outcome`, outcome)).status).toBe(403);
    const no = await rig.browser().post(`${path}/answer`, { coming: false });
    expect(no.json).toMatchObject({ answer: "declined" });
    expect((await rig.row(id)).stage).toBe("declined");
    expect(rig.progress.at(-1)).toMatchObject({ stage: "declined", party: "maier" });
  });

  test("I2: without the core's word nobody is shown as going", async () => {
    const alarm = await openAlarm();
    const { id, token } = await link(alarm);
    rig.reply = { taken: false, why: "no alarm with this id is open in this home" };
    const answer = await rig.browser().post(`/api/helper/${token}/answer`, { coming: true });
    rig.reply = { taken: true, why: "" };
    expect(answer.status).toBe(409);
    expect((await rig.row(id)).stage).toBe("sent");
  });

  test("the phone's own word is a receipt; looks are on record, without the token", async () => {
    const alarm = await openAlarm();
    const { id, token } = await link(alarm);
    await rig.browser().post(`/api/helper/${token}/delivered`);
    expect((await rig.row(id)).stage).toBe("delivered");
    await rig.browser().get(`/api/helper/${token}`);
    const looks = await rig.db
      .selectFrom("access_log")
      .selectAll()
      .where("what", "like", `%${alarm}%`)
      .execute();
    expect(looks).toMatchObject([{ account: "maier", name: "Frau Maier", role: "helper" }]);
    expect(JSON.stringify(looks)).not.toContain(token);
  });

  test("I10: a phone subscribes to its own pushes only, at a known push service, and not without end", async () => {
    const alarm = await openAlarm();
    const { token } = await link(alarm);
    const path = `/api/helper/${token}/push`;
    const keys = { p256dh: "p".repeat(87), auth: "a".repeat(22) };
    const at = (endpoint: string) => rig.browser().post(path, { endpoint, keys });
    expect((await at("https://updates.push.services.mozilla.com/x")).status).toBe(409);
    const own = await startOfficeRig({
      notify: { ...notify, push: { subject: "mailto:a@example.org", services: [] } },
    });
    peers.sms.heard.length = 0;
    await own.alarm("weber", "p");
    await own.telling("weber", "p", { party: "maier" });
    const text = await until("a message", () => peers.sms.heard.at(-1)?.body.toString());
    const helper = own.browser();
    const page = `/api/helper/${tokenOf(text)}`;
    const seen = helperViewSchema.parse((await helper.get(page)).json);
    expect(Buffer.from(seen.push_key, "base64url")).toHaveLength(65);
    const send = (endpoint: string) => helper.post(`${page}/push`, { endpoint, keys });
    expect((await send("https://127.0.0.1:1/x")).status).toBe(400);
    expect((await send("http://fcm.googleapis.com/x")).status).toBe(400);
    for (let nth = 0; nth < 13; nth += 1) {
      expect((await send(`https://fcm.googleapis.com/fcm/send/${nth}`)).status).toBe(200);
    }
    await send("https://fcm.googleapis.com/fcm/send/12");
    const rows = await own.db.selectFrom("push_subscriptions").selectAll().execute();
    expect(rows).toHaveLength(10);
    expect(rows.every(({ home, party }) => home === "weber" && party === "maier")).toBe(true);
    await own.close();
  });
});
