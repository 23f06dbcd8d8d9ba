import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import mqtt from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { Keyring, type Redeemed } from "../../../gateway/hub/keyring.ts";
import {
  codeMs,
  hashOf,
  orderFile,
  orderPairing,
  orderUnpairing,
} from "../../../gateway/hub/pair-order.ts";
import { pairedFile } from "../../../gateway/hub/paired-file.ts";
import { systemTime } from "../../../platform/clock.ts";
import { issueCredential } from "../../../platform/credentials.ts";
import { until } from "../../support/test-broker.ts";
import { startTestHub, type TestHub } from "../../support/test-hub.ts";

const open: TestHub[] = [];
afterEach(async () => {
  for (const place of open.splice(0)) await place.close();
});

async function openHub(settings: Parameters<typeof startTestHub>[0] = {}): Promise<TestHub> {
  const place = await startTestHub({
    ...settings,
    settings: { pagesDir: "/nowhere", ...settings.settings },
  });
  open.push(place);
  return place;
}

const now = systemTime();
const order = (place: TestHub, client = "tablet-1") => orderPairing(place.folder, client, now());

const post = (place: TestHub, body: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${place.ports.websocket}/pair`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

async function pair(place: TestHub, code: string) {
  const answer = await post(place, JSON.stringify({ code }));
  const words = (await answer.json()) as Record<string, string>;
  return { status: answer.status, ...words } as Record<string, string | number>;
}

const logIn = (place: TestHub, password: string, clientId = "tablet-1:page") =>
  mqtt.connectAsync(`ws://127.0.0.1:${place.ports.websocket}`, {
    clientId,
    username: "tablet-1",
    password,
    reconnectPeriod: 0,
  });

describe("a one-time code", () => {
  test("I10: gives a credential once, and it is on disk only as a hash", async () => {
    const place = await openHub();
    const code = await order(place);
    expect(code).toMatch(/^[\w-]{22}$/);
    const given = await pair(place, code);
    expect(given).toMatchObject({ status: 200, client: "tablet-1" });
    const tablet = await logIn(place, String(given["secret"]));
    await tablet.endAsync();
    for (const file of [orderFile(place.folder, "tablet-1"), pairedFile(place.folder)]) {
      const text = readFileSync(file, "utf8");
      expect(text).toContain(hashOf(code));
      expect(text).not.toContain(code);
      expect(text).not.toContain(String(given["secret"]));
    }
    expect(await pair(place, code)).toMatchObject({ status: 410, error: "used" });
    await until(() => place.lines.length === 1);
    expect(place.lines[0]).toContain("tablet-1 was paired by the browser at 127.0.0.1");
    expect(place.lines.join() + place.intrusions.join()).not.toContain(code);
  });

  test("I10: two browsers with one code at the same moment: one gets it", async () => {
    const place = await openHub();
    const code = await order(place);
    const answers = await Promise.all(Array.from({ length: 4 }, () => pair(place, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410]);
  });

  test("I10: the old credential is out at once, and whoever holds it learns nothing more", async () => {
    const place = await openHub();
    const thief = await place.reader("tablet-1", ["home/announcement"]);
    const stolen = await logIn(place, place.secretOf("tablet-1"), "tablet-1:stolen");
    let gone = false;
    stolen.on("close", () => {
      gone = true;
    });
    const given = await pair(place, await order(place));
    await until(() => gone);
    await expect(logIn(place, place.secretOf("tablet-1"))).rejects.toThrow("Bad username");
    const tablet = await logIn(place, String(given["secret"]));
    const heard: string[] = [];
    tablet.on("message", (topic) => heard.push(topic));
    await tablet.subscribeAsync("home/announcement", { qos: 1 });
    place.hub.announce({ id: "said-1", key: "help-stored", words: {}, at_ms: 1 });
    await until(() => heard.length === 1);
    expect(thief).toEqual([]);
    await tablet.endAsync();
  });

  test("a later code of the same tablet is the only one that counts", async () => {
    const place = await openHub();
    const first = await order(place);
    const second = await order(place);
    expect(await pair(place, first)).toMatchObject({ status: 403, error: "unknown" });
    expect(await pair(place, second)).toMatchObject({ status: 200 });
  });

  test("of a client that the configuration does not know is no code", async () => {
    const place = await openHub();
    const code = await order(place, "nobody");
    expect(await pair(place, code)).toMatchObject({ status: 403, error: "unknown" });
  });

  test("I5: outlives the death of the worker, and so does what it gave", async () => {
    const mortal = new URL("./mortal-worker.ts", import.meta.url);
    const place = await openHub({ entry: mortal });
    const [code, late] = [await order(place), await order(place, "tablet-2")];
    const given = await pair(place, code);
    place.hub.announce({ id: "please-die", key: "help-stored", words: {}, at_ms: 1 });
    await until(() => place.lines.some((line) => line.includes("asked to die")));
    let back: mqtt.MqttClient | undefined;
    while (back === undefined) {
      back = await logIn(place, String(given["secret"])).catch(() => undefined);
    }
    await back.endAsync();
    await expect(logIn(place, place.secretOf("tablet-1"))).rejects.toThrow("Bad username");
    expect(await pair(place, code)).toMatchObject({ status: 410, error: "used" });
    expect(await pair(place, late)).toMatchObject({ status: 200, client: "tablet-2" });
  });
});

describe("what is refused at the door", () => {
  test("I10: guesses are slowed by their address, and a right code is not", async () => {
    const place = await openHub();
    const code = await order(place);
    const guess = "A".repeat(22);
    const statuses: unknown[] = [];
    for (let count = 0; count < 8; count += 1) statuses.push((await pair(place, guess))["status"]);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429, 429]);
    expect(await pair(place, code)).toMatchObject({ status: 200 });
    expect(place.intrusions).toEqual(["a code for pairing from 127.0.0.1 was refused: unknown"]);
  });

  test("each refusal has a word for the page and a sentence in both languages", async () => {
    const place = await openHub();
    const cases: readonly (readonly [string, Record<string, string>, string])[] = [
      ['{"code":1}', {}, "malformed"],
      ["{", {}, "malformed"],
      ["null", {}, "malformed"],
      [JSON.stringify({ code: "x".repeat(2_000) }), {}, "too-long"],
      ["{}", { "content-type": "text/plain" }, "not-json"],
    ];
    for (const [body, headers, error] of cases) {
      const answer = await post(place, body, headers);
      const words = (await answer.json()) as Record<string, string>;
      expect(words["error"]).toBe(error);
      expect(words["de"]).toMatch(/\.$/);
      expect(words["en"]).toMatch(/\.$/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("a page of somebody else may not even ask", async () => {
    const place = await openHub();
    const answer = await fetch(`http://127.0.0.1:${place.ports.websocket}/pair`, {
      method: "OPTIONS",
      headers: { origin: "https://elsewhere", "access-control-request-method": "POST" },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("unpairing", () => {
  test("I10: ends the tablet's connection and keeps it out, also after a restart", async () => {
    const place = await openHub();
    const tablet = await logIn(place, place.secretOf("tablet-1"));
    const other = await place.client("tablet-2");
    let gone = false;
    tablet.on("close", () => {
      gone = true;
    });
    await orderUnpairing(place.folder, "tablet-1");
    await until(() => gone);
    await until(() => existsSync(pairedFile(place.folder)));
    expect(other.connected).toBe(true);
    const again = await openHub({ settings: { folder: place.folder } });
    expect(again.secretOf("tablet-1")).not.toBe("");
    await expect(logIn(again, again.secretOf("tablet-1"))).rejects.toThrow("Bad username");
    const given = await pair(again, await order(again));
    await (await logIn(again, String(given["secret"]))).endAsync();
  });
});

describe("the keyring", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  const old = issueCredential();
  const client = { name: "tablet", kind: "tablet", local: true, sha256: old.sha256 } as const;

  async function keyring(folder: string, time = now) {
    const said: string[] = [];
    const revoked: string[] = [];
    const ring = await Keyring.open({
      folder,
      clients: [client],
      now: time,
      say: (words) => said.push(words),
      revoked: (name) => revoked.push(name),
    });
    const knows = (secret: string) => ring.clientOf("tablet", Buffer.from(secret)) !== undefined;
    return { ring, said, revoked, knows };
  }

  const fresh = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "obhut keyring-"));
    folders.push(folder);
    return folder;
  };
  const secretIn = (redeemed: Redeemed): string => (redeemed.ok ? redeemed.secret : redeemed.why);

  test("a code ends after ten minutes of the kernel's clock, and with the kernel's run", async () => {
    const folder = fresh();
    const made = now();
    const code = await orderPairing(folder, "tablet", made);
    const late = await keyring(folder, () => ({ ...made, mono_ms: made.mono_ms + codeMs + 1 }));
    expect(await late.ring.redeem(code)).toEqual({ ok: false, why: "expired" });
    const rebooted = await keyring(folder, () => ({ ...made, boot: "another" }));
    expect(await rebooted.ring.redeem(code)).toEqual({ ok: false, why: "expired" });
    // Wall time that jumped is nobody's excuse.
    const jumped = await keyring(folder, () => ({
      ...made,
      wall: { wall_ms: made.wall.wall_ms + 10 * codeMs, trusted: true },
    }));
    expect((await jumped.ring.redeem(code)).ok).toBe(true);
  });

  test("I10: a wish to take back is not lost over a code that was made after it", async () => {
    const folder = fresh();
    await orderUnpairing(folder, "tablet");
    const code = await orderPairing(folder, "tablet", now());
    const { ring, knows, revoked } = await keyring(folder);
    expect(revoked).toEqual(["tablet"]);
    expect(knows(old.secret)).toBe(false);
    const given = secretIn(await ring.redeem(code));
    expect(knows(given)).toBe(true);
    await ring.heed();
    expect(knows(given)).toBe(true);
    expect((await keyring(folder)).knows(given)).toBe(true);
  });

  test("I10: what cannot be written is not given, and the old credential stays", async () => {
    const folder = fresh();
    const code = await orderPairing(folder, "tablet", now());
    const { ring, knows, said } = await keyring(folder);
    // A folder in the place of the draft: nothing can be written, whoever runs this.
    mkdirSync(`${pairedFile(folder)}.new`);
    expect(await ring.redeem(code)).toEqual({ ok: false, why: "storage" });
    expect(knows(old.secret)).toBe(true);
    expect(said[0]).toContain("cannot be written");
    rmSync(`${pairedFile(folder)}.new`, { recursive: true });
    expect((await ring.redeem(code)).ok).toBe(true);
    expect(knows(old.secret)).toBe(false);
  });

  test("I10: a taking back counts although the disk refuses, and is written once it can be", async () => {
    const folder = fresh();
    const { ring, knows } = await keyring(folder);
    mkdirSync(`${pairedFile(folder)}.new`);
    await orderUnpairing(folder, "tablet");
    await ring.heed();
    expect(knows(old.secret)).toBe(false);
    expect(existsSync(pairedFile(folder))).toBe(false);
    rmSync(`${pairedFile(folder)}.new`, { recursive: true });
    await ring.heed();
    expect(existsSync(pairedFile(folder))).toBe(true);
  });

  test("I5: half a draft beside the file, as a power cut leaves it, changes nothing", async () => {
    const folder = fresh();
    const first = await keyring(folder);
    const given = secretIn(await first.ring.redeem(await orderPairing(folder, "tablet", now())));
    writeFileSync(`${pairedFile(folder)}.new`, '{"strict":fal');
    expect((await keyring(folder)).knows(given)).toBe(true);
  });

  test.each(["", "{", '{"clients":{}}', '{"strict":false,"clients":{"tablet":{"sha256":"x"}}}'])(
    "I10: a damaged file lets nobody in by an old credential, for good: %j",
    async (text) => {
      const folder = fresh();
      writeFileSync(pairedFile(folder), text);
      const { ring, knows, said } = await keyring(folder);
      expect(knows(old.secret)).toBe(false);
      expect(said[0]).toContain("cannot be read");
      const other = { ...client, name: "other" };
      const code = await orderPairing(folder, "tablet", now());
      expect((await ring.redeem(code)).ok).toBe(true);
      expect(readFileSync(`${pairedFile(folder)}.damaged`, "utf8")).toBe(text);
      const later = await Keyring.open({
        folder,
        clients: [other],
        now,
        say: () => undefined,
        revoked: () => undefined,
      });
      expect(later.clientOf("other", Buffer.from(old.secret))).toBeUndefined();
    },
  );

  test("an order that is not whole is none", async () => {
    const folder = fresh();
    mkdirSync(dirname(orderFile(folder, "tablet")), { recursive: true });
    for (const text of ["", "[]", "null", '{"unpair":1}', '{"unpair":"","code":{"sha256":"x"}}']) {
      writeFileSync(orderFile(folder, "tablet"), text);
      const { ring, knows } = await keyring(folder);
      expect(knows(old.secret)).toBe(true);
      expect(await ring.redeem("A".repeat(22))).toEqual({ ok: false, why: "unknown" });
    }
  });
});
