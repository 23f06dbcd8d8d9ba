/** Each way against a real peer that speaks its protocol. */
import {
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  hkdfSync,
  verify,
} from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isPushService, pushWay, vapidKeys } from "../../../care/notify/push.ts";
import { mailWay } from "../../../care/notify/smtp.ts";
import type { Telling } from "../../../care/notify/way.ts";
import { webhookWay } from "../../../care/notify/webhook.ts";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { CareDatabase } from "../../../care/store/schema.ts";
import { openTcpProxy } from "../../../sim/tcp-proxy.ts";
import { HttpPeer, MailPeer, selfSigned } from "./peers.ts";
import { telling } from "./telling.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const soon = (ms = 10_000): AbortSignal => AbortSignal.timeout(ms);

describe("webhook", () => {
  async function provider() {
    const peer = new HttpPeer();
    const port = await peer.listen();
    ends.push(() => peer.close());
    const secret = "shared with the provider";
    return { peer, secret, way: webhookWay({ url: `http://127.0.0.1:${port}/sms`, secret }) };
  }

  test("I10: what goes out is signed over time and body, with an idempotency key", async () => {
    const { peer, secret, way } = await provider();
    expect(await way.send(telling, soon())).toEqual({ ok: true, stage: "sent" });
    const [heard] = peer.heard;
    const body = heard?.body.toString("utf8") ?? "";
    const at = String(heard?.headers["x-obhut-timestamp"]);
    expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(10);
    const mac = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
    expect(heard?.headers["x-obhut-signature"]).toBe(`v1=${mac}`);
    expect(heard?.headers["idempotency-key"]).toBe("e1/sms");
    expect(JSON.parse(body)).toEqual({
      id: "e1/sms",
      kind: "sms",
      to: "+4915112345678",
      name: "Frau Maier",
      language: "de",
      drill: false,
      repeat: false,
      text: "Frau Weber hat den Notruf ausgelöst. Bitte antworten: https://care.example.org/h/token",
    });
    expect(body).not.toContain(secret);
  });

  test("a voice is told what to say and which key means what", async () => {
    const { peer, way } = await provider();
    peer.manner = () => ({ status: 202, body: '{"stage":"delivered"}' });
    const voice = { ...telling, way: "voice" as const };
    expect(await way.send(voice, soon())).toEqual({ ok: true, stage: "delivered" });
    const body = JSON.parse(peer.heard[0]?.body.toString() ?? "{}");
    expect(body).toMatchObject({ kind: "voice", keys: { "1": "accepted", "2": "declined" } });
    expect(body.say).toContain("Drücken Sie die 1");
  });

  test("a busy provider is tried again, a refusal is final", async () => {
    const { peer, way } = await provider();
    for (const [status, end] of [
      [500, "again"],
      [503, "again"],
      [429, "again"],
      [408, "again"],
      [400, "final"],
      [401, "final"],
      [404, "final"],
    ] as const) {
      peer.manner = () => ({ status });
      const why = `the provider answered ${status}`;
      expect(await way.send(telling, soon())).toEqual({ ok: false, why, end });
    }
  });

  test("I9: redirects, hanging and absent peers end in words", async () => {
    const { peer, way } = await provider();
    peer.manner = () => ({ status: 307 });
    expect(await way.send(telling, soon())).toMatchObject({ ok: false });
    peer.manner = () => "hang";
    expect(await way.send(telling, soon(200))).toMatchObject({ ok: false, end: "again" });
    await peer.close();
    expect(await way.send(telling, soon())).toMatchObject({ ok: false, end: "again" });
    ends.pop();
  });
});

describe("mail", () => {
  async function post() {
    const peer = new MailPeer(undefined);
    const port = await peer.listen();
    ends.push(() => peer.close());
    const way = mailWay({ url: `smtp://127.0.0.1:${port}`, from: "Obhut <obhut@example.org>" });
    ends.push(() => way.close?.());
    return { peer, way, port };
  }
  const letter: Telling = { ...telling, id: "e1/mail", way: "mail", address: "maier@example.org" };

  test("a letter says it in plain words, to one person, the same id each time", async () => {
    const { peer, way } = await post();
    expect(await way.send(letter, soon())).toEqual({ ok: true, stage: "sent" });
    expect(await way.send(letter, soon())).toEqual({ ok: true, stage: "sent" });
    const [first, second] = peer.letters;
    expect(first).toMatchObject({ from: "obhut@example.org", to: ["maier@example.org"] });
    expect(first?.text).toContain("https://care.example.org/h/token");
    const idOf = (text = "") => /^Message-ID: (.*)$/im.exec(text)?.[1];
    expect(idOf(first?.text)).toMatch(/^<[0-9a-f]{32}@example\.org>$/);
    expect(idOf(second?.text)).toBe(idOf(first?.text));
    expect(first?.text).toMatch(/^Auto-Submitted: auto-generated$/im);
  });

  test("a name cannot add a header or a recipient", async () => {
    const { peer, way } = await post();
    const name = 'Eve" <eve@example.org>,\r\nBcc: all@example.org';
    const resident = "X\r\nBcc: all@example.org";
    await way.send({ ...letter, name, resident }, soon());
    expect(peer.letters[0]?.to).toEqual(["maier@example.org"]);
    expect(peer.letters[0]?.text).not.toMatch(/^Bcc:/im);
  });

  test("a refusal for good is final, one for now is tried again", async () => {
    const { peer, way } = await post();
    peer.manner = () => ({ code: 550 });
    expect(await way.send(letter, soon())).toMatchObject({ ok: false, end: "final" });
    peer.manner = () => ({ code: 451 });
    expect(await way.send(letter, soon())).toMatchObject({ ok: false, end: "again" });
  });

  test("nobody there is tried again; whoever takes it and falls silent may have it", async () => {
    const { peer, way } = await post();
    peer.manner = () => "take and hang";
    const silent = await way.send(letter, soon());
    expect(silent).toMatchObject({ ok: false, end: "unknown" });
    const absent = mailWay({ url: "smtp://127.0.0.1:1", from: "a@example.org" });
    expect(await absent.send(letter, soon())).toMatchObject({ ok: false, end: "again" });
    await absent.close?.();
  });

  test("a try that was given up sends nothing later", async () => {
    const { peer, port } = await post();
    const line = await openTcpProxy(port);
    ends.push(() => line.close());
    line.delay(150);
    const way = mailWay({ url: `smtp://127.0.0.1:${line.port}`, from: "a@example.org" });
    expect(await way.send(letter, soon(200))).toMatchObject({ ok: false, end: "unknown" });
    line.delay(0);
    expect(await way.send({ ...letter, name: "Herr Yilmaz" }, soon())).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(peer.letters).toHaveLength(1);
    expect(peer.letters[0]?.text).toContain("Yilmaz");
  });

  test("I10: without TLS no letter leaves this machine", async () => {
    const peer = new MailPeer(undefined);
    const port = await peer.listen();
    ends.push(() => peer.close());
    // A name that is not known as this very machine, though it leads here.
    const way = mailWay({ url: `smtp://127.0.0.2:${port}`, from: "a@example.org" });
    ends.push(() => way.close?.());
    expect(await way.send(letter, soon())).toMatchObject({ ok: false });
    expect(peer.letters).toEqual([]);
  });
});

describe("push", () => {
  let folder: string;
  let db: Kysely<CareDatabase>;
  let tls: { cert: string; key: string };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "obhut-push-"));
    db = await openCareDatabase({ sqliteFile: join(folder, "care.db") });
    tls = await selfSigned();
  });
  afterAll(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A browser's keys, as its push manager makes them. */
  function phone() {
    const keys = createECDH("prime256v1");
    const auth = Buffer.from("0123456789abcdef");
    return { keys, auth, p256dh: keys.generateKeys("base64url"), secret: auth };
  }

  async function service() {
    const peer = new HttpPeer(tls);
    const port = await peer.listen();
    ends.push(() => peer.close());
    const keys = await vapidKeys(db);
    const agent = new Agent({ ca: tls.cert });
    ends.push(() => agent.destroy());
    const subject = "mailto:ops@example.org";
    const way = pushWay({ db, keys, subject, services: ["localhost"], agent });
    return { peer, keys, way, origin: `https://localhost:${port}` };
  }

  async function subscribe(endpoint: string, who: ReturnType<typeof phone>): Promise<void> {
    await db
      .insertInto("push_subscriptions")
      .values({
        account: null,
        home: "weber",
        party: "maier",
        endpoint,
        p256dh: who.p256dh,
        auth: who.auth.toString("base64url"),
        wall: 1,
      })
      .execute();
  }

  /** RFC 8291 from the browser's side. */
  function decrypt(body: Buffer, { keys, auth }: ReturnType<typeof phone>): string {
    const salt = body.subarray(0, 16);
    const length = body.readUInt8(20);
    const sender = body.subarray(21, 21 + length);
    const shared = keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
    const ikm = Buffer.from(hkdfSync("sha256", shared, auth, info, 32));
    const derive = (name: string, bytes: number) =>
      Buffer.from(hkdfSync("sha256", ikm, salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes));
    const sealed = body.subarray(21 + length);
    const open = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    open.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString("utf8");
  }

  /** RFC 8292: who sent it, for whom, until when. */
  function claimsOf(authorization: string) {
    const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
    const [head = "", claims = "", signature = ""] = token.split(".");
    const point = Buffer.from(key, "base64url");
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    };
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    const good = verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      { key: publicKey, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    return { good, key, claims: JSON.parse(Buffer.from(claims, "base64url").toString()) };
  }

  const push: Telling = { ...telling, id: "e1/push", way: "push", address: "" };

  test("I10: only the phone can read it, and the service can check who sent it", async () => {
    const { peer, keys, way, origin } = await service();
    peer.manner = () => ({ status: 201 });
    const own = phone();
    await subscribe(`${origin}/one`, own);
    expect(await way.send(push, soon())).toEqual({ ok: true, stage: "sent" });
    const [heard] = peer.heard;
    expect(heard?.headers).toMatchObject({ "content-encoding": "aes128gcm", urgency: "high" });
    expect(heard?.body.toString("latin1")).not.toContain("Weber");
    expect(JSON.parse(decrypt(heard?.body ?? Buffer.alloc(0), own))).toEqual({
      id: "e1/push",
      title: "Frau Weber hat den Notruf ausgelöst.",
      body: "Bitte antworten",
      url: "https://care.example.org/h/token",
    });
    const vapid = claimsOf(String(heard?.headers.authorization));
    expect(vapid).toMatchObject({
      good: true,
      key: keys.publicKey,
      claims: { aud: origin, sub: "mailto:ops@example.org" },
    });
    expect(vapid.claims.exp - Date.now() / 1_000).toBeLessThanOrEqual(86_400);
    await db.deleteFrom("push_subscriptions").execute();
  });

  test("the keys are made once", async () => {
    expect(await vapidKeys(db)).toEqual(await vapidKeys(db));
  });

  test("one phone that takes it is enough; a withdrawn one is forgotten", async () => {
    const { peer, way, origin } = await service();
    peer.manner = (_nth, { path }) => ({ status: path === "/gone" ? 410 : 201 });
    await subscribe(`${origin}/gone`, phone());
    await subscribe(`${origin}/here`, phone());
    expect(await way.send(push, soon())).toEqual({ ok: true, stage: "sent" });
    const left = await db.selectFrom("push_subscriptions").select("endpoint").execute();
    expect(left).toEqual([{ endpoint: `${origin}/here` }]);
    peer.manner = () => ({ status: 503 });
    expect(await way.send(push, soon())).toMatchObject({ ok: false, end: "again" });
    peer.manner = () => "hang";
    expect(await way.send(push, soon(200))).toMatchObject({ ok: false, end: "again" });
    await db.deleteFrom("push_subscriptions").execute();
    expect(await way.send(push, soon())).toEqual({
      ok: false,
      why: "no phone of this person takes pushes",
      end: "final",
    });
  });

  test("I10: nobody makes us knock at a door that is no push service", () => {
    for (const good of [
      "https://fcm.googleapis.com/fcm/send/abc",
      "https://updates.push.services.mozilla.com/wpush/v2/abc",
      "https://web.push.apple.com/abc",
      "https://wns2-db5p.notify.windows.com/w/?token=abc",
    ]) {
      expect(isPushService(good), good).toBe(true);
    }
    for (const bad of [
      "http://fcm.googleapis.com/x",
      "https://127.0.0.1/x",
      "https://fcm.googleapis.com.evil.example/x",
      "https://evil.example/fcm.googleapis.com",
      "https://user@fcm.googleapis.com/x",
      "https://notify.windows.com.evil.example/",
      "file:///etc/passwd",
      "nonsense",
    ]) {
      expect(isPushService(bad), bad).toBe(false);
    }
  });
});
