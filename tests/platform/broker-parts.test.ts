import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Admission } from "../../platform/admission.ts";
import { homeLimits } from "../../platform/broker-limits.ts";
import { isSecret, issueCredential } from "../../platform/credentials.ts";
import { Entrance } from "../../platform/entrance.ts";
import { FrameScanner } from "../../platform/frame-scanner.ts";
import { Intrusions } from "../../platform/intrusions.ts";
import { Bucket, Buckets } from "../../platform/throttle.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { remoteOf } from "../../platform/wire.ts";
import { connectPacket, packet, publishPacket } from "../support/mqtt-bytes.ts";
import { seededRandom } from "../support/random.ts";

test("the scanner finds the same packets however the bytes are cut", () => {
  const bytes = Buffer.concat([
    connectPacket({ clientId: "anna" }),
    publishPacket("a/b", "x".repeat(300)),
    packet(0xc0),
    publishPacket("a/b", Buffer.alloc(20_000)),
    packet(0xe0),
  ]);
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seededRandom(seed);
    const scanner = new FrameScanner(homeLimits);
    const frames: string[] = [];
    let at = 0;
    let passed = 0;
    while (at < bytes.length) {
      let chunk = bytes.subarray(at, at + 1 + random.int(seed === 1 ? 1 : 5_000));
      at += chunk.length;
      while (chunk.length > 0) {
        const { used, frame, fault } = scanner.scan(chunk);
        expect(fault).toBeUndefined();
        expect(used).toBeGreaterThan(0);
        if (frame !== undefined) frames.push(frame);
        passed += used;
        chunk = chunk.subarray(used);
      }
    }
    expect(frames).toEqual(["connect", "publish", "ping", "publish", "disconnect"]);
    expect(passed).toBe(bytes.length);
  }
});

test("a bucket gives its burst at once and then its rate, and never on credit for nothing", () => {
  const bucket = new Bucket({ burst: 2, perSecond: 10 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(100)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(bucket.charge(100)).toBe(100);
  expect(bucket.charge(100)).toBe(200);
  expect(bucket.charge(400)).toBe(0);
  expect(bucket.charge(50)).toBe(100);
});

test("buckets by key are bounded: full ones go first, then the longest known", () => {
  const buckets = new Buckets({ burst: 1, perSecond: 1 }, 3);
  for (const key of ["a", "b", "c"]) buckets.take(key, 0);
  buckets.take("d", 10);
  expect(buckets.size).toBe(3);
  expect(buckets.take("d", 11)).toBe(false);
  buckets.take("e", 5_000);
  expect(buckets.size).toBe(1);
});

test("admission counts strangers out again, and names the address that crowds", () => {
  const admission = new Admission({ ...homeLimits, strangers: 3, strangersPerRemote: 2 });
  admission.strangerCame("r");
  admission.strangerCame("r");
  expect(admission.crowdedBy("r")).toBeUndefined();
  admission.strangerCame("r");
  expect(admission.crowdedBy("r")).toBe("r");
  admission.strangerLeft("r");
  admission.strangerCame("s");
  expect(admission.crowdedBy("s")).toBeUndefined();
  admission.strangerCame("t");
  expect(admission.crowdedBy("t")).toBe("r");
});

test("an address from which somebody logged in lately may come as often as it must", () => {
  const admission = new Admission({ ...homeLimits, connectsBurst: 1, connectsPerSecond: 0.000_1 });
  expect([admission.admit("r", 0), admission.admit("r", 0)]).toEqual([
    undefined,
    "too many connections",
  ]);
  admission.loggedIn("r", 0);
  expect([admission.admit("r", 0), admission.admit("r", 86_399_999)]).toEqual([
    undefined,
    undefined,
  ]);
  expect(admission.admit("s", 0)).toBeUndefined();
  expect(admission.admit("s", 0)).toBe("too many connections");
  expect(admission.admit("r", 86_400_001)).toBeUndefined();
  expect(admission.admit("r", 86_400_001)).toBe("too many connections");
});

class Visitor {
  destroyed = false;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

describe("I9: the entrance", () => {
  const limits = {
    ...{ waiting: 6, waitingPerRemote: 4, waitMs: 1_000 },
    ...{ entersPerTurn: 2, underway: 100, underwayMs: 500 },
  };
  const names = (visitors: readonly Visitor[]): string[] => visitors.map(({ name }) => name);

  test("lets few in at a time, each address in its turn", () => {
    const entrance = new Entrance<Visitor>(limits);
    for (const nth of [1, 2, 3]) entrance.come("flooder", new Visitor(`f${nth}`), 0);
    entrance.come("home", new Visitor("h"), 0);
    expect(names(entrance.next(0))).toEqual(["f1", "h"]);
    expect(names(entrance.next(0))).toEqual(["f2", "f3"]);
    expect(entrance.size).toBe(0);
  });

  test("is bounded: one of the address that sends the most goes, by lot", () => {
    const entrance = new Entrance<Visitor>(limits, () => 0.99);
    const own = [1, 2, 3, 4].map((nth) => new Visitor(`f${nth}`));
    for (const visitor of own) expect(entrance.come("flooder", visitor, 0)).toBe(false);
    const fifth = new Visitor("f5");
    expect(entrance.come("flooder", fifth, 0)).toBe(true);
    expect([fifth.destroyed, ...own.map(({ destroyed }) => destroyed)]).toEqual([
      ...[true, false, false, false, false],
    ]);
    for (const home of ["a", "b"]) expect(entrance.come(home, new Visitor(home), 0)).toBe(false);
    expect(entrance.come("c", new Visitor("c"), 0)).toBe(true);
    expect(own.map(({ destroyed }) => destroyed)).toEqual([false, false, false, true]);
    expect(entrance.size).toBe(6);
  });

  test("lets in only as many as can end in time; silence holds no place for long", () => {
    const entrance = new Entrance<Visitor>({ ...limits, underway: 3 });
    for (const nth of [1, 2, 3, 4, 5, 6]) entrance.come(`r${nth}`, new Visitor(`v${nth}`), 0);
    expect(names(entrance.next(0))).toEqual(["v1", "v2"]);
    expect(names(entrance.next(10))).toEqual(["v3"]);
    expect(names(entrance.next(20))).toEqual([]);
    entrance.gone("v2");
    expect(names(entrance.next(30))).toEqual(["v4"]);
    expect(names(entrance.next(499))).toEqual([]);
    expect(names(entrance.next(500))).toEqual(["v5"]);
  });

  test("lets fewer in while logins take long, and more again when they are quick", () => {
    const entrance = new Entrance<Visitor>({
      ...{ waiting: 10_000, waitingPerRemote: 10_000, waitMs: 1e9 },
      ...{ entersPerTurn: 1_000, underway: 100, underwayMs: 4_000 },
    });
    let born = 0;
    const enter = (now: number): string[] => {
      for (let nth = 0; nth < 200; nth += 1) {
        born += 1;
        entrance.come("r", new Visitor(`v${born}`), now);
      }
      return names(entrance.next(now));
    };
    const slow = enter(0);
    expect(slow).toHaveLength(100);
    for (const name of slow) entrance.loggedIn(name, 2_500);
    const few = enter(2_500);
    expect(few).toHaveLength(32);
    for (const name of few) entrance.loggedIn(name, 2_600);
    expect(enter(2_600)).toHaveLength(64);
    // Who never logs in says nothing about how long it takes.
    expect(enter(6_700)).toHaveLength(64);
  });

  test("spends nothing on whoever waited too long, or has gone", () => {
    const entrance = new Entrance<Visitor>(limits);
    const late = new Visitor("late");
    const gone = new Visitor("gone");
    entrance.come("a", late, 0);
    entrance.come("b", gone, 500);
    entrance.come("c", new Visitor("c"), 500);
    gone.destroy();
    expect(names(entrance.next(1_001))).toEqual(["c"]);
    expect(late.destroyed).toBe(true);
  });
});

test("refusals are said once, then counted by the minute, and forgotten when they stop", () => {
  const said: string[] = [];
  const intrusions = new Intrusions((summary) => said.push(summary));
  for (let at = 0; at < 1_000; at += 1) intrusions.note("wrong password", at);
  intrusions.review(59_999);
  expect(said).toEqual(["wrong password"]);
  intrusions.review(60_000);
  intrusions.review(120_000);
  intrusions.note("wrong password", 130_000);
  expect(said).toEqual(["wrong password", "wrong password (999 more times)", "wrong password"]);
  intrusions.note("as \u001b[2Jroot\n", 130_000);
  expect(said.at(-1)).toBe("as ?[2Jroot?");
  for (let kind = 0; kind < 1_000; kind += 1) intrusions.note(`kind ${kind}`, 130_000);
  expect(said.length).toBeLessThan(210);
  expect(said.at(-1)).toBe("others");
});

test("I6: of refusals only those are counted that tell of somebody who tries", () => {
  const told: unknown[] = [];
  const intrusions = new Intrusions((_summary, tried) => told.push(tried));
  intrusions.note("fell asleep", 0);
  intrusions.note("wrong password", 0, "refused");
  for (let at = 0; at < 7; at += 1) intrusions.note("wrong password", at, "refused");
  intrusions.note("wrong password", 8, "two-places");
  for (let at = 0; at < 7; at += 1) intrusions.note("fell asleep", at);
  for (const at of [60_000, 120_000]) intrusions.review(at);
  expect(told).toEqual([
    { refusals: 0, twoPlaces: false },
    { refusals: 1, twoPlaces: false },
    { refusals: 0, twoPlaces: false },
    { refusals: 7, twoPlaces: true },
  ]);
});

test("I9: refusals of more kinds than are remembered are counted all the same", () => {
  let refusals = 0;
  const intrusions = new Intrusions((_summary, tried) => {
    refusals += tried.refusals;
  });
  for (let kind = 0; kind < 1_000; kind += 1) intrusions.note(`as ${kind}`, 0, "refused");
  intrusions.review(60_000);
  expect(refusals).toBe(1_000);
});

test("remote addresses: IPv4 in IPv6 dress is IPv4, IPv6 counts by its /64", () => {
  expect(remoteOf("::ffff:10.0.0.7")).toBe("10.0.0.7");
  expect(remoteOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(remoteOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(remoteOf("2001:db8::1")).toBe(remoteOf("2001:db8::2"));
  expect(remoteOf("2001:db8::1")).not.toBe(remoteOf("2001:db9::1"));
  expect(remoteOf(undefined)).toBe("unknown");
});

test("I10: credentials are random, and only the right secret matches what is stored", () => {
  const one = issueCredential();
  expect(Buffer.from(one.secret, "base64url")).toHaveLength(32);
  expect(one.sha256).not.toContain(one.secret);
  expect(isSecret(one.secret, one.sha256)).toBe(true);
  expect(isSecret(Buffer.from(one.secret), one.sha256)).toBe(true);
  expect(isSecret(one.sha256, one.sha256)).toBe(false);
  expect(isSecret(issueCredential().secret, one.sha256)).toBe(false);
  expect(isSecret(one.secret, "")).toBe(false);
});

test("a certificate is made once, kept, and only its owner may read it", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "obhut-tls-")), "keys");
  const made = await serverCertificate(folder, "home-1");
  expect(made.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect((await serverCertificate(folder, "home-1")).fingerprint).toBe(made.fingerprint);
  const file = join(folder, "tls.pem");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 200));
  await expect(serverCertificate(folder, "home-1")).rejects.toThrow("Restore it from the backup");
});
