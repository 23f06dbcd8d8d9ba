import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readCareConfiguration } from "../../care/config.ts";
import { placeName } from "../../care/store/place.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-config-"));
  writeFileSync(join(folder, "secret"), "s3cret\n");
  writeFileSync(join(folder, "empty"), "\n");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(document: object) {
  const file = join(folder, "care.yaml");
  writeFileSync(file, stringify(document));
  return readCareConfiguration(file);
}

function taken(document: object) {
  const found = read(document);
  if (!found.ok) throw new Error(found.faults.join("\n"));
  return found.value;
}

const home = {
  home: "weber",
  password_sha256: "0".repeat(64),
  agreement: {
    version: 3,
    parties: [{ id: "maier", name: "Frau Maier", kind: "helper" }],
    fallback: [{ tell: ["maier"], within_s: 30 }],
  },
};

test("a file that says next to nothing: a file beside it, its own listener, no pages", () => {
  expect(taken({ homes: [home] })).toMatchObject({
    ...{ host: "0.0.0.0", port: 8_883, broker: null, office: null },
    database: { sqliteFile: join(folder, "data", "care.db") },
    notify: { language: "de", mail: null, sms: null, voice: null, push: null },
    retention: {
      eventsDays: 30,
      alarmsDays: 1_095,
      accessLogDays: 365,
      contextDays: 30,
      ordersDays: 365,
    },
  });
  expect(taken({}).imports).toEqual([]);
});

test("a home is kept as a person writes it, with every default", () => {
  const [first] = taken({ homes: [home] }).imports;
  expect(first).toMatchObject({ home: "weber", version: 3, timezone: "Europe/Berlin" });
  expect(JSON.parse(first?.agreement ?? "")).toMatchObject({ version: 3, chains: [] });
  expect(JSON.parse(first?.link ?? "")).toHaveProperty("alarm_after_s");
});

test("everything that can be said", () => {
  const value = taken({
    database: { url: "postgres://care:pass@db.example/care" },
    broker: { url: "mqtts://mq.example:8883", user: "care", password_file: "secret" },
    office: { port: 0, public_url: "https://care.example", host: "127.0.0.1", tls: false },
    notify: {
      language: "en",
      mail: { url: "smtp://127.0.0.1:25", from: "care@example.org" },
      sms: { url: "https://sms.example/send", secret_file: "secret" },
      push: { subject: "mailto:care@example.org" },
    },
    retention: { events_days: 7 },
  });
  expect(value).toMatchObject({
    database: { postgresUrl: "postgres://care:pass@db.example/care" },
    broker: { user: "care", password: "s3cret", certificate: null },
    office: { port: 0, publicUrl: "https://care.example", tls: false },
    notify: { sms: { secret: "s3cret" }, voice: null, push: { services: [] } },
    retention: { eventsDays: 7, alarmsDays: 1_095 },
  });
  expect(placeName(value.database)).toBe("postgres://db.example/care");
});

describe("a sentence for each fault", () => {
  const broker = { url: "mqtts://mq.example", user: "care", password_file: "secret" };
  const webhook = { url: "https://sms.example", secret_file: "none" };
  test.each([
    ["a password file that is not there", { broker: { ...broker, password_file: "none" } }, "none"],
    ["an empty one", { broker: { ...broker, password_file: "empty" } }, "which is empty"],
    ["a secret that is not there", { notify: { sms: webhook } }, "notify.sms.secret_file"],
    ["a broker in clear", { broker: { ...broker, url: "mqtt://mq.example" } }, "not encrypted"],
    ["pages in clear", { office: { tls: false } }, "passwords would cross the network"],
    ["another database", { database: { url: "mysql://db.example/care" } }, "database.url"],
    ["a misspelt setting", { retention: { event_days: 3 } }, '"event_days"'],
  ])("%s", (_name, document, words) => {
    const found = read(document);
    expect(found.ok ? "" : found.faults.join("\n")).toContain(words);
  });
});
