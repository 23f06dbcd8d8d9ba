/** How people come in: one-time link, password, second factor, throttle, expiry. */
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invite } from "../../../care/office/invite-command.ts";
import { networkOf, waitMs } from "../../../care/office/login-throttle.ts";
import { hashPassword, isPassword, isWeak } from "../../../care/office/password.ts";
import { codeStep } from "../../../care/office/totp.ts";
import { deviceCookie, sessionCookie } from "../../../protocol/care-http.ts";
import { meSchema } from "../../../protocol/care-views.ts";
import { type Browser, type OfficeRig, startOfficeRig } from "./office-rig.ts";

const password = "correct horse battery";
const wrongWords = "name, password or code is wrong";

let rig: OfficeRig;
beforeAll(async () => {
  rig = await startOfficeRig();
});
afterAll(() => rig.close());

const codeOf = (secret: string, timestamp = Date.now()): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

interface Member {
  readonly name: string;
  readonly secret: string;
  readonly browser: Browser;
}

/** A person who has gone through link, password and factor. */
async function member(name: string): Promise<Member> {
  const token = (await invite(rig.place, name)).split("/").at(-1) ?? "";
  const browser = rig.browser();
  expect((await browser.post("/api/invite", { token, password })).status).toBe(200);
  const secret = String((await browser.post("/api/me/totp", {})).json["secret"]);
  // The first code is of the step before, so that the login below has one of its own.
  const code = codeOf(secret, Date.now() - 30_000);
  const enrolled = await browser.post("/api/me/totp", { code });
  expect(enrolled.status, enrolled.text).toBe(200);
  return { name, secret, browser };
}

/** Gives a person a fresh code: the last one taken is forgotten. */
async function forgetCodes(name: string): Promise<void> {
  await rig.db.updateTable("accounts").set({ totp_last: 0 }).where("name", "=", name).execute();
}

describe("the first administrator", () => {
  test("I10: there is no account and no password until a link is made", async () => {
    const accounts = await rig.db.selectFrom("accounts").selectAll().execute();
    expect(accounts).toEqual([]);
  });

  test("I10: link, password, factor; and only then anything else", async () => {
    const path = await invite(rig.place, "Anna");
    expect(path).toMatch(/^\/invite\/[A-Za-z0-9_-]{43}$/);
    const token = path.slice("/invite/".length);
    const browser = rig.browser();
    const short = await browser.post("/api/invite", { token, password: "too short" });
    expect(short).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/at least 12/) },
    });
    const named = await browser.post("/api/invite", { token, password: "hallo anna hallo" });
    expect(named).toMatchObject({
      status: 400,
      json: { error: "the password must not contain the name" },
    });
    const first = await browser.post("/api/invite", { token, password });
    expect(meSchema.parse(first.json)).toMatchObject({
      second_factor: false,
      enrolled: false,
      may: [],
      role: "administrator",
    });
    expect((await browser.get("/api/accounts")).status).toBe(403);
    const again = await rig.browser().post("/api/invite", { token, password: "another password" });
    expect(again.status).toBe(410);
    const begun = await browser.post("/api/me/totp", {});
    expect(begun.json["uri"]).toMatch(/^otpauth:\/\/totp\/Obhut:Anna\?/);
    const secret = String(begun.json["secret"]);
    expect((await browser.post("/api/me/totp", { code: "000000" })).status).toBe(400);
    const before = browser.cookies.get(sessionCookie);
    const done = await browser.post("/api/me/totp", { code: codeOf(secret) });
    expect(meSchema.parse(done.json)).toMatchObject({ second_factor: true, enrolled: true });
    expect((await browser.get("/api/accounts")).status).toBe(200);
    // The session of before the factor is worth nothing any more.
    const old = rig.browser();
    old.cookies.set(sessionCookie, before ?? "");
    expect((await old.get("/api/me")).status).toBe(401);
  });

  test("I10: nothing that a person could log in with stands in the database as it is", async () => {
    await member("Vera");
    const rows = await rig.db.selectFrom("accounts").selectAll().execute();
    const vera = rows.find(({ name }) => name === "Vera");
    expect(vera?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const everything = JSON.stringify([
      rows,
      await rig.db.selectFrom("sessions").selectAll().execute(),
      await rig.db.selectFrom("settings").selectAll().execute(),
    ]);
    expect(everything).not.toContain(password);
    for (const browser of rig.browsers) {
      const token = browser.cookies.get(sessionCookie);
      if (token !== undefined) expect(everything).not.toContain(token);
    }
  });
});

describe("the second factor", () => {
  test("I10: a code is taken once, and not before the password is right", async () => {
    const { name, secret } = await member("Berta");
    const code = codeOf(secret);
    const browser = rig.browser();
    const bare = await browser.post("/api/login", { name, password });
    expect(bare).toMatchObject({ status: 401, json: { error: wrongWords } });
    const right = await browser.post("/api/login", { name, password, code });
    expect(right.status, right.text).toBe(200);
    const replay = await rig.browser().post("/api/login", { name, password, code });
    expect(replay).toMatchObject({ status: 401, json: { error: wrongWords } });
  });

  test("I10: of many logins with the same code at once, one comes in", async () => {
    const { name, secret } = await member("Clara");
    const code = codeOf(secret);
    const all = await Promise.all(
      [1, 2, 3, 4].map(() => rig.browser().post("/api/login", { name, password, code })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("a clock half a minute off is borne, two minutes are not", () => {
    const secret = "JBSWY3DPEHPK3PXP";
    const now = Date.UTC(2026, 10, 27);
    expect(codeStep(secret, codeOf(secret, now - 30_000), now)).toBe(now / 30_000 - 1);
    expect(codeStep(secret, codeOf(secret, now + 30_000), now)).toBe(now / 30_000 + 1);
    expect(codeStep(secret, codeOf(secret, now - 120_000), now)).toBeUndefined();
  });
});

describe("guesses", () => {
  test("I10: a name nobody has is answered like a wrong password", async () => {
    const { name } = await member("Dora");
    const known = await rig.browser().post("/api/login", { name, password: "wrong wrong wrong" });
    const nobody = await rig
      .browser()
      .post("/api/login", { name: "Nobody", password: "wrong wrong wrong" });
    expect(known.status).toBe(401);
    expect({ ...nobody, headers: {} }).toEqual({ ...known, headers: {} });
  });

  test("I10: guesses are slowed; a browser of before is let in all the same", async () => {
    const { name, secret, browser } = await member("Emma");
    const stranger = rig.browser();
    const answers: number[] = [];
    for (let nth = 0; nth < 8; nth += 1) {
      const { status } = await stranger.post("/api/login", { name, password: "guess guess guess" });
      answers.push(status);
    }
    expect(answers.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(answers.at(-1)).toBe(429);
    const code = codeOf(secret);
    const blocked = await stranger.post("/api/login", { name, password, code });
    expect(blocked.status).toBe(429);
    expect(blocked.json["error"]).toMatch(/^too many wrong attempts; try again in \d+ s$/);
    expect(browser.cookies.has(deviceCookie)).toBe(true);
    await forgetCodes(name);
    expect((await browser.post("/api/login", { name, password, code })).status).toBe(200);
  });

  test("I10: the device cookie of one account opens no other, and cannot be forged", async () => {
    const { browser } = await member("Frieda");
    const { name } = await member("Greta");
    for (const cookie of [browser.cookies.get(deviceCookie) ?? "", "a.b.c", ""]) {
      const guess = rig.browser();
      if (cookie !== "") guess.cookies.set(deviceCookie, cookie);
      await guess.post("/api/login", { name, password: "guess guess guess" });
    }
    const row = await rig.db
      .selectFrom("login_failures")
      .select("count")
      .where("key", "=", "account greta")
      .executeTakeFirst();
    expect(row?.count).toBe(3);
  });

  test("waits grow and end; one network counts as one", () => {
    expect(waitMs("account a", 4)).toBe(0);
    expect(waitMs("account a", 5)).toBe(2_000);
    expect(waitMs("account a", 7)).toBe(8_000);
    expect(waitMs("account a", 99)).toBe(900_000);
    expect(waitMs("address 10.0.0.1", 19)).toBe(0);
    expect(networkOf("::ffff:10.0.0.1")).toBe("10.0.0.1");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
  });

  test("a damaged or foreign hash is never right, and costs no more than a good one", async () => {
    const kept = await hashPassword("one password");
    expect(await isPassword("one password", kept)).toBe(true);
    expect(await isPassword("other password", kept)).toBe(false);
    expect(await isPassword("one password", kept.slice(0, -4))).toBe(false);
    expect(await isPassword("one password", kept.replace("m=19456", "m=99999999"))).toBe(false);
    expect(await isPassword("", null)).toBe(false);
    expect(isWeak(kept)).toBe(false);
    expect(isWeak(kept.replace("t=2", "t=1"))).toBe(true);
  });
});

describe("sessions", () => {
  test("I10: the cookie is bound to host, TLS and this site", async () => {
    const token = (await invite(rig.place, "Helga")).split("/").at(-1);
    const { headers } = await rig.browser().post("/api/invite", { token, password });
    const [cookie = ""] = headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-obhut=[A-Za-z0-9_-]{43}; /);
    for (const part of ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]) {
      expect(cookie).toContain(part);
    }
    expect(cookie).not.toContain("Domain");
  });

  test("I10: it ends by its hour, by idleness, and with the account", async () => {
    const browsers = await Promise.all([rig.as("staff"), rig.as("staff"), rig.as("staff")]);
    const ids: string[] = [];
    for (const browser of browsers) ids.push(String((await browser.get("/api/me")).json["id"]));
    const [absolute = "", idle = "", disabled = ""] = ids;
    const session = (id: string) => rig.db.updateTable("sessions").where("account", "=", id);
    await session(absolute)
      .set({ expires_wall: Date.now() - 1 })
      .execute();
    await session(idle)
      .set({ seen_wall: Date.now() - 3_700_000 })
      .execute();
    await rig.db.updateTable("accounts").set({ disabled: 1 }).where("id", "=", disabled).execute();
    // A session is believed for five seconds without a look at the database.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    for (const browser of browsers) expect((await browser.get("/api/me")).status).toBe(401);
  });

  test("I10: a logged-out token is dead at once, wherever it was copied to", async () => {
    const browser = await rig.as("staff");
    const copy = rig.browser();
    copy.cookies.set(sessionCookie, browser.cookies.get(sessionCookie) ?? "");
    expect((await copy.get("/api/me")).status).toBe(200);
    await browser.post("/api/logout");
    expect((await copy.get("/api/me")).status).toBe(401);
  });

  test("a new password ends every other session", async () => {
    const { name, secret, browser } = await member("Irma");
    const other = rig.browser();
    const login = { name, password, code: codeOf(secret) };
    expect((await other.post("/api/login", login)).status).toBe(200);
    const next = { old: password, new: "a new long password" };
    expect((await browser.post("/api/me/password", { ...next, old: "x" })).status).toBe(403);
    expect((await browser.post("/api/me/password", next)).status).toBe(200);
    expect((await other.get("/api/me")).status).toBe(401);
    expect((await browser.get("/api/me")).status).toBe(200);
  });
});

describe("accounts", () => {
  test("an administrator makes, changes, resets and disables; the last one stays", async () => {
    await rig.db.deleteFrom("accounts").where("role", "=", "administrator").execute();
    const { browser } = await member("Jutta");
    const body = { name: "Karl Kraft", email: "k@example.org", role: "staff", groups: ["north"] };
    const made = await browser.post("/api/accounts", body);
    expect(made.status, made.text).toBe(200);
    const { account, invite: link } = made.json as { account: { id: string }; invite: string };
    expect(link).toMatch(/^\/invite\//);
    expect((await browser.post("/api/accounts", body)).status).toBe(409);
    const helper = { ...body, name: "H", role: "helper" };
    expect((await browser.post("/api/accounts", helper)).status).toBe(400);
    const karl = rig.browser();
    const token = link.slice("/invite/".length);
    expect((await karl.post("/api/invite", { token, password })).status).toBe(200);
    const path = `/api/accounts/${account.id}`;
    const changed = await browser.ask("PUT", path, { role: "lead", groups: ["*"] });
    expect(changed.json).toMatchObject({ account: { role: "lead", groups: ["*"] }, invite: null });
    expect((await karl.get("/api/me")).status).toBe(401);
    const reset = await browser.ask("PUT", path, { reset: true });
    expect(reset.json).toMatchObject({
      account: { enrolled: false },
      invite: expect.stringMatching(/^\/invite\//),
    });
    const me = (await browser.get("/api/me")).json["id"];
    const last = await browser.ask("PUT", `/api/accounts/${me}`, { role: "staff" });
    expect(last.status).toBe(409);
    expect((await browser.ask("PUT", `/api/accounts/${me}`, { disabled: true })).status).toBe(409);
  });
});
