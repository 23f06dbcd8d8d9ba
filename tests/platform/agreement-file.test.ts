import { expect, test } from "vitest";
import { agreementFaults } from "../../platform/agreement-faults.ts";
import {
  agreementOf,
  agreementSchema,
  type WrittenAgreement,
} from "../../platform/agreement-file.ts";

const party = { id: "maier", name: "Frau Maier", kind: "professional" };
const step = { tell: ["maier"], within_s: 60 };
const plain = { version: 1, parties: [party], fallback: [step] };

const written = (change: object = {}): WrittenAgreement =>
  agreementSchema.parse({ ...plain, ...change });
const sentences = (change: object): readonly string[] =>
  agreementFaults(written(change), [], (path, words) => `${path.join(".")} ${words}`);
const withParty = (change: object) => ({ parties: [{ ...party, ...change }] });

test("what a person leaves out is always, everywhere and for everybody", () => {
  const agreement = agreementOf(
    written({ chains: [{ name: "all", for: ["stove"], steps: [step] }] }),
  );
  expect(agreement).toStrictEqual({
    version: 1,
    parties: [{ ...party, reach: [] }],
    chains: [
      {
        name: "all",
        categories: ["stove"],
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        from_minute: 0,
        until_minute: 0,
        steps: [{ ...step, delivered_within_s: 30 }],
      },
    ],
    fallback: [{ ...step, delivered_within_s: 30 }],
  });
});

test("holidays, absence, duty and receipts are read as the rules need them", () => {
  const duty = [{ on: ["sat", "sun"], from: "20:00", until: "06:30" }];
  const chain = { name: "c", for: ["fault"], holidays: "only", while: "absent", steps: [step] };
  const fallback = [{ ...step, delivered_within_s: 5 }];
  const change = { region: "BW", ...withParty({ duty }), chains: [chain], fallback };
  expect(agreementOf(written(change))).toMatchObject({
    region: "BW",
    parties: [{ duty: [{ weekdays: [6, 7], from_minute: 1_200, until_minute: 390 }] }],
    chains: [{ holidays: "only", while: "absent" }],
    fallback: [{ delivered_within_s: 5 }],
  });
});

test("ways to a person: each is one of five, and numbers are dialled without hyphens", () => {
  const reach = [
    "push:",
    "mailto:a@b.example",
    "sms:+49-151-1",
    "tel:+4971112345",
    "desk:",
    "desk:night",
  ];
  const [read] = agreementOf(written(withParty({ reach }))).parties;
  expect(read?.reach[2]).toBe("sms:+491511");
  expect(read?.reach).toHaveLength(reach.length);
  for (const wrong of [
    "tel:0711123",
    "tel:+49 711",
    "sms:",
    "mailto:nobody",
    "mailto:a b@c",
    "push:x",
    "fax:+49711123",
    "desk:Night",
  ]) {
    const result = agreementSchema.safeParse({ ...plain, ...withParty({ reach: [wrong] }) });
    expect(result.error?.issues[0]?.message, wrong).toContain("must be push:, mailto:");
  }
});

test("what is out of bounds is refused", () => {
  for (const change of [
    { fallback: [{ ...step, delivered_within_s: 4 }] },
    { fallback: [{ ...step, delivered_within_s: 601 }] },
    { region: "XX" },
    withParty({ duty: [] }),
    withParty({ duty: [{ from: "25:00" }] }),
    { chains: [{ name: "c", for: ["fault"], holidays: "always", steps: [step] }] },
  ]) {
    expect(agreementSchema.safeParse({ ...plain, ...change }).success).toBe(false);
  }
});

test("a helper has no duty, and says so in a sentence", () => {
  const parties = [
    { ...party, kind: "helper", duty: [{}] },
    { ...party, id: "other" },
  ];
  expect(sentences({ parties })).toEqual([
    "parties.0.duty is for professionals and services; a helper has a chain for some hours",
  ]);
});

test("I4: an hour in which nobody of the fallback is on duty is named", () => {
  const by = (...duty: readonly object[]) => sentences(withParty({ duty }));
  expect(by({})).toEqual([]);
  expect(by({ from: "06:00", until: "22:30" })).toEqual([
    "fallback has nobody on duty on mon at 00:00; name a party without duty in it",
  ]);
  expect(by({ from: "00:00", until: "22:30" })[0]).toContain("on mon at 22:30");
  expect(by({ from: "06:00", until: "18:00" }, { from: "18:00", until: "06:00" })).toEqual([]);
  const weekdays = { on: ["mon", "tue", "wed", "thu", "fri"] };
  expect(by(weekdays)[0]).toContain("on sat at 00:00");
  expect(by(weekdays, { on: ["sat", "sun"] })).toEqual([]);
  // A Sunday night ends on Monday morning.
  const night = { from: "18:00", until: "06:00" };
  const late = { ...night, on: ["mon", "tue", "wed", "thu", "fri", "sat"] };
  expect(by({ from: "06:00", until: "18:00" }, late)[0]).toContain("on mon at 00:00");
});

test("somebody without duty, or who is not known at all, is no such hour", () => {
  const parties = [
    { ...party, duty: [{ on: ["mon"] }] },
    { ...party, id: "other" },
  ];
  expect(sentences({ parties, fallback: [step, { ...step, tell: ["other"] }] })).toEqual([]);
  expect(sentences({ parties, fallback: [step, { ...step, tell: ["nobody"] }] })).toEqual([
    'fallback.1.tell.0 "nobody" is not a party; parties are maier, other',
  ]);
});

test("what the agreement confirms, and by which hour the daily sign is given", () => {
  expect(agreementOf(written({ confirms: ["stove-guard"], daily_sign: "09:30" }))).toMatchObject({
    confirms: ["stove-guard"],
    daily_sign_minute: 570,
  });
  expect(() => written({ confirms: ["stove"] })).toThrow("stove-guard");
  expect(() => written({ confirms: ["emergency-call"] })).toThrow();
  expect(sentences({ daily_sign: "06:00" })).toEqual([]);
  expect(sentences({ daily_sign: "20:00" })).toEqual([]);
  for (const hour of ["05:59", "20:01", "24:00"]) {
    expect(sentences({ daily_sign: hour })).toEqual([
      `daily_sign is ${hour}; it lies between 06:00 and 20:00`,
    ]);
  }
});
