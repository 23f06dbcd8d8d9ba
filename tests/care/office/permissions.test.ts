/** Every route × every role, with foreign homes, without a session, without the second factor. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  allActions,
  type Door,
  doorOf,
  doors,
  isAction,
  may,
  type RouteName,
} from "../../../care/office/permissions.ts";
import { type AccountRole, accountRoles } from "../../../protocol/care-api.ts";
import { type Browser, type OfficeRig, startOfficeRig } from "./office-rig.ts";

/**
 * Who may do what, written down a second time by hand: a slip in the table of the product shows as a
 * difference. S staff, L lead, T technician, A administrator, H helper.
 */
const expected: Readonly<Record<RouteName, string>> = {
  "GET /": "*",
  "GET /care/*": "*",
  "GET /helper/*": "*",
  "GET /invite/:token": "*",
  "GET /h/:token": "*",
  "POST /api/login": "*",
  "POST /api/invite": "*",
  "POST /api/logout": "session",
  "GET /api/me": "session",
  "POST /api/me/totp": "session",
  "POST /api/me/password": "session",
  "GET /api/alarms": "SLH",
  "GET /api/homes/:home/alarms/:alarm": "SLH",
  "POST /api/homes/:home/alarms/:alarm/accept": "SLH",
  "POST /api/homes/:home/alarms/:alarm/decline": "SLH",
  "POST /api/homes/:home/alarms/:alarm/close": "SLH",
  "POST /api/homes/:home/alarms/:alarm/hand-over": "SL",
  "POST /api/homes/:home/alarms/:alarm/call": "SL",
  "GET /api/homes": "SLTA",
  "GET /api/homes/:home": "SLTA",
  "PUT /api/homes/:home": "L",
  "GET /api/homes/:home/agreement": "SL",
  "PUT /api/homes/:home/agreement": "L",
  "POST /api/homes/:home/agreement/preview": "SL",
  "POST /api/homes/:home/maintenance": "LT",
  "POST /api/homes/:home/absence": "SL",
  "POST /api/homes/:home/drill": "LT",
  "POST /api/homes/:home/credential": "TA",
  "DELETE /api/homes/:home/credential": "TA",
  "GET /api/homes/:home/access-log": "LA",
  "GET /api/homes/:home/export": "LA",
  "POST /api/homes/:home/erase": "A",
  "GET /api/homes/:home/living": "SL",
  "POST /api/homes/:home/orders": "SL",
  "POST /api/homes/:home/wishes": "L",
  "GET /api/services": "SL",
  "GET /api/faults": "SLT",
  "POST /api/faults/work": "SLT",
  "GET /api/history": "SL",
  "GET /api/statistics": "LA",
  "GET /api/accounts": "A",
  "POST /api/accounts": "A",
  "PUT /api/accounts/:id": "A",
  "GET /api/live": "SLTH",
  "GET /api/helper/:token": "token",
  "POST /api/helper/:token/answer": "token",
  "POST /api/helper/:token/outcome": "token",
  "POST /api/helper/:token/delivered": "token",
  "POST /api/helper/:token/push": "token",
  "POST /api/receipts/:way": "provider",
};

const letters: Readonly<Record<string, AccountRole>> = {
  S: "staff",
  L: "lead",
  T: "technician",
  A: "administrator",
  H: "helper",
};

const routes = Object.keys(doors) as RouteName[];

function doorsOf(words: string): Door | ReadonlySet<AccountRole> {
  if (words === "*") return "anyone";
  if (words === "session" || words === "token" || words === "provider") return words;
  return new Set([...words].flatMap((letter) => letters[letter] ?? []));
}

let rig: OfficeRig;
beforeAll(async () => {
  rig = await startOfficeRig({ pages: true });
  await rig.alarm("weber", "a1");
  await rig.alarm("krause", "k1");
  rig.view("weber", ["a1"], ["maier"]);
  rig.view("krause", ["k1"]);
});
afterAll(() => rig.close());

function pathOf(route: RouteName, home: string): { method: string; path: string } {
  const [method = "", url = ""] = route.split(" ");
  const path = url
    .replace(":home", home)
    .replace(":alarm", home === "weber" ? "a1" : "k1")
    .replace(":token", "x".repeat(43))
    .replace(":way", "sms")
    .replace(":id", "nobody")
    .replace("*", "index.html");
  return { method, path };
}

/** A body that no route takes: who is let in gets 4xx for it and changes nothing. */
async function knock(browser: Browser, route: RouteName, home: string): Promise<number> {
  const { method, path } = pathOf(route, home);
  if (route === "GET /api/live") {
    // The stream never ends by itself.
    return await statusOfStream(browser, path);
  }
  const body = method === "GET" ? undefined : { "no such field": true };
  return (await browser.ask(method, path, body)).status;
}

async function statusOfStream(browser: Browser, path: string): Promise<number> {
  const { request } = await import("node:https");
  return await new Promise((resolve, reject) => {
    const { port, agent } = browser;
    const headers = browser.headersOf({}, "GET");
    const outgoing = request({ host: "127.0.0.1", port, path, headers, agent }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const ownHome = { groups: ["north"], home: "weber", party: "maier" } as const;
const member = (role: AccountRole) =>
  rig.as(role, role === "helper" ? ownHome : { groups: ["north"] });

describe("the table", () => {
  test("I10: it names every route of the expectation, and no other", () => {
    expect(new Set<string>(routes)).toEqual(new Set(Object.keys(expected)));
  });

  for (const route of routes) {
    test(`I10: ${route} is for ${expected[route]}`, () => {
      const door = doorOf(route);
      const wanted = doorsOf(expected[route]);
      if (typeof wanted === "string") {
        expect(door).toBe(wanted);
        return;
      }
      expect(isAction(door)).toBe(true);
      if (!isAction(door)) return;
      expect(new Set(accountRoles.filter((role) => may(role, door)))).toEqual(wanted);
    });
  }

  test("every action belongs to a route or to a part of an answer", () => {
    const used = new Set<Door>(routes.map(doorOf));
    const unused = allActions.filter((action) => !used.has(action));
    expect(unused).toEqual(["resident-see"]);
  });
});

describe("at the wire", () => {
  const closed = routes.filter((route) => isAction(doorOf(route)));

  test("I10: without a session nothing is answered but 401", async () => {
    const stranger = rig.browser();
    for (const route of [...closed, "GET /api/me", "POST /api/logout"] as RouteName[]) {
      expect(await knock(stranger, route, "weber"), route).toBe(401);
    }
  });

  test("I10: an invented or closed session is none", async () => {
    const forger = rig.browser();
    forger.cookies.set("__Host-obhut", "A".repeat(43));
    expect((await forger.get("/api/me")).status).toBe(401);
  });

  test("I10: before the second factor only the factor can be set up", async () => {
    const half = await rig.as("administrator", { factor: 0 });
    for (const route of closed) expect(await knock(half, route, "weber"), route).toBe(403);
    expect((await half.get("/api/me")).status).toBe(200);
    expect((await half.post("/api/me/totp", {})).status).toBe(200);
  });

  for (const role of accountRoles) {
    test(`I10: ${role} comes in exactly where the table says`, async () => {
      const browser = await member(role);
      for (const route of closed) {
        const wanted = doorsOf(expected[route]);
        const allowed = typeof wanted !== "string" && wanted.has(role);
        const status = await knock(browser, route, "weber");
        expect(status >= 500, `${route} ${status}`).toBe(false);
        expect(status === 403 || status === 401, `${route} ${status}`).toBe(!allowed);
      }
    });

    test(`I10: ${role} finds nothing in a home of another group`, async () => {
      const browser = await member(role);
      for (const route of closed.filter((one) => one.includes(":home"))) {
        const wanted = doorsOf(expected[route]);
        const allowed = typeof wanted !== "string" && wanted.has(role);
        const status = await knock(browser, route, "krause");
        expect(status, route).toBe(allowed ? 404 : 403);
        expect(await knock(browser, route, "nowhere"), route).toBe(allowed ? 404 : 403);
      }
    });
  }

  test("I10: an account without groups sees no home", async () => {
    const browser = await rig.as("lead", { groups: [] });
    expect((await browser.get("/api/homes")).json["homes"]).toEqual([]);
    expect((await browser.get("/api/alarms")).json["alarms"]).toEqual([]);
    expect((await browser.get("/api/homes/weber")).status).toBe(404);
  });

  test("I10: nothing of a foreign home is in any list", async () => {
    await rig.db
      .insertInto("faults")
      .values({ home: "krause", subject: "door", what: "silent", since_wall: 1, blind: "[]" })
      .execute();
    const browser = await rig.as("lead", { groups: ["north"] });
    for (const path of ["/api/alarms", "/api/homes", "/api/faults", "/api/history"]) {
      const { status, text } = await browser.get(path);
      expect(status, path).toBe(200);
      expect(text.toLowerCase(), path).not.toContain("krause");
    }
    expect((await browser.get("/api/history?home=krause")).status).toBe(404);
    const work = { home: "krause", subject: "door", what: "silent", state: "done", note: "" };
    expect((await browser.post("/api/faults/work", work)).status).toBe(404);
  });

  test("I10: a technician is not told where the key is, nor the notes", async () => {
    const browser = await rig.as("technician", { groups: ["north"] });
    const { json, text } = await browser.get("/api/homes/weber");
    expect(json).toMatchObject({ key_safe: null, notes: null, phone: "+49 711 555123" });
    expect(text).not.toContain("Safe neben");
  });
});
