import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Arrival, Evidence, Offered, Said, TellingRow } from "./chain-evidence.ts";
import { overlap } from "./chain-evidence.ts";
import {
  disordered,
  doubled,
  invented,
  lost,
  needless,
  neverSent,
  punctuality,
  repeats,
} from "./chain-judge.ts";

/** Two steps of 7 s: the daughter by letter and short message, then the neighbour by letter. */
const steps = ["daughter", "neighbour"].map((party) => ({
  tell: [party],
  within_s: 7,
  delivered_within_s: 5,
}));

const row = (id: string, at: number, more: Partial<TellingRow> = {}): TellingRow => ({
  id,
  home: "weber",
  alarm: "a1",
  party: "daughter",
  step: 0,
  round: 0,
  way: "sms",
  address: "+491",
  token_sha256: createHash("sha256").update(id).digest("hex"),
  created_wall: at,
  ...more,
});
const came = (id: string, at: number, more: Partial<Arrival> = {}): Arrival => ({
  way: "sms",
  token: id,
  key: id,
  at,
  delivered: true,
  marked: false,
  ...more,
});
const offered: Offered = {
  home: "weber",
  id: "a1",
  at: 1_000,
  receiptAt: 1_020,
  closeAskedAt: 12_000,
  closedAt: 12_050,
  closers: ["Frau Maier"],
};
const neighbour = { party: "neighbour", step: 1, way: "mail", address: "y@example.org" } as const;

/** An alarm that went as it should: told, told the next, accepted, closed. */
const right: Evidence = {
  offered: [offered],
  said: [{ alarm: "a1", party: "neighbour", coming: true, askedAt: 10_000, takenAt: 10_040 }],
  arrivals: [came("t0", 1_050), came("t1", 8_060, { way: "mail" })],
  outages: [],
  uncovered: [],
  steps,
  alarms: [{ home: "weber", id: "a1", closed_wall: 12_040, closed_by: "Frau Maier" }],
  tellings: [row("t0", 1_010), row("t1", 8_015, neighbour)],
};
const [first, second] = right.tellings as [TellingRow, TellingRow];
const said = (more: Partial<Said>): Said => ({
  ...{ alarm: "a1", party: "daughter", coming: false, askedAt: 2_000, takenAt: 2_040 },
  ...more,
});

const all = (evidence: Evidence): readonly string[] => [
  ...lost(evidence),
  ...invented(evidence),
  ...doubled(evidence),
  ...disordered(evidence),
  ...needless(evidence),
  ...punctuality(evidence).faults,
  ...neverSent(evidence),
];

describe("the judge of the chain campaign", () => {
  test("finds nothing where all went well", () => {
    expect(all(right)).toEqual([]);
    expect(punctuality(right).lateMs).toEqual([5]);
    expect(repeats(right)).toBe(0);
  });

  test("I2, I3: finds what was receipted and is not there, or was ended by nobody", () => {
    const [alarm] = right.alarms;
    expect(lost({ ...right, alarms: [] })[0]).toContain("not in the database");
    const open = [{ ...alarm, home: "weber", id: "a1", closed_wall: null, closed_by: null }];
    expect(lost({ ...right, alarms: open })[0]).toContain("open at the end");
    const other = [{ home: "weber", id: "a1", closed_wall: 9_000, closed_by: "nobody" }];
    expect(lost({ ...right, alarms: other })[0]).toContain("did not ask");
    const { receiptAt: _, ...unheard } = offered;
    expect(lost({ ...right, offered: [unheard] })[0]).toContain("never receipted");
    expect(invented({ ...right, offered: [] })).toEqual(["a1 was never offered"]);
  });

  test("finds a second row for the same step, and a message that no row knows", () => {
    const twice = [...right.tellings, row("t2", 1_400)];
    expect(doubled({ ...right, tellings: twice })[0]).toContain("2 rows tell daughter");
    const stranger = [...right.arrivals, came("t9", 2_000)];
    expect(doubled({ ...right, arrivals: stranger })[0]).toContain("knows nothing");
  });

  test("finds a repeat that is not marked, and bears one that is, and other rounds", () => {
    const again = (marked: boolean) => ({
      ...right,
      arrivals: [...right.arrivals, came("t1", 9_000, { way: "mail", marked })],
    });
    expect(doubled(again(false))[0]).toContain("told twice without a mark");
    expect(doubled(again(true))).toEqual([]);
    expect(repeats(again(true))).toBe(1);
    const keys = [...right.arrivals, came("t0", 1_500, { key: "other", delivered: false })];
    expect(doubled({ ...right, arrivals: keys })[0]).toContain("2 keys");
    const refused = [came("t0", 1_040, { delivered: false }), ...right.arrivals];
    expect(doubled({ ...right, arrivals: refused })).toEqual([]);
    const round = [...right.tellings, row("t2", 15_000, { round: 1 })];
    expect(doubled({ ...right, tellings: round })).toEqual([]);
  });

  test("I4: finds a step that was left out, or came before the one in front of it", () => {
    expect(disordered({ ...right, tellings: [second] })[0]).toContain("is its first");
    const far = [first, { ...second, step: 0, round: 2 }];
    expect(disordered({ ...right, tellings: far })[0]).toContain("follows");
    const swapped = [{ ...first, created_wall: 9_000 }, second];
    expect(disordered({ ...right, tellings: swapped })[0]).toContain("before the step");
  });

  test("finds messages by one way in the wrong order, but for an outage", () => {
    const tellings = [first, row("t1", 8_015, { party: "neighbour", step: 1 })];
    const arrivals = [came("t1", 8_100), came("t0", 10_000)];
    const swapped = { ...right, tellings, arrivals };
    expect(disordered(swapped)[0]).toContain("came 1900 ms after");
    const outages = [{ kind: "sms-broken", from: 1_000, until: 2_000 } as const];
    expect(disordered({ ...swapped, outages })).toEqual([]);
  });

  test("finds who was told although somebody was coming, and not after that was withdrawn", () => {
    const late = row("t2", 10_300, { round: 1 });
    const more = { ...right, tellings: [...right.tellings, late] };
    expect(needless(more)[0]).toContain("neighbour was coming");
    const back = said({ party: "neighbour", askedAt: 10_200, takenAt: 10_220 });
    expect(needless({ ...more, said: [...right.said, back] })).toEqual([]);
    const over = { ...more, said: [], tellings: [...right.tellings, row("t2", 13_000)] };
    expect(needless(over)[0]).toContain("it was over");
    const arrivals = [...right.arrivals, came("t0", 16_000)];
    expect(needless({ ...right, said: [], arrivals })[0]).toContain("3950 ms after it was over");
    const underWay = [...right.arrivals, came("t0", 14_000)];
    expect(needless({ ...right, said: [], arrivals: underWay })).toEqual([]);
    const letter = (at: number) => ({
      ...right,
      arrivals: [...right.arrivals, came("t1", at, { way: "mail", marked: true })],
    });
    expect(needless(letter(20_000))).toEqual([]);
    expect(needless(letter(20_100))[0]).toContain("10060 ms after neighbour was coming");
  });

  test("I5: finds a deadline that passed, but for the time the service was dead", () => {
    const late = { ...right, tellings: [first, { ...second, created_wall: 10_900 }] };
    const wait = { ...late, said: [] };
    expect(punctuality(wait).faults[0]).toContain("left 2890 ms late");
    const kill = { kind: "kill", from: 5_000, until: 9_500 } as const;
    expect(punctuality({ ...wait, outages: [kill] }).faults).toEqual([]);
    const before = { ...kill, until: 8_000 };
    expect(punctuality({ ...wait, outages: [before] }).faults).toHaveLength(1);
    const beside = { ...kill, from: 8_100 };
    expect(punctuality({ ...wait, outages: [beside] }).faults).toEqual([]);
    const line = { ...kill, kind: "line-cut" } as const;
    expect(punctuality({ ...wait, outages: [line] }).faults).toHaveLength(1);
    const never = { ...wait, tellings: [first] };
    expect(punctuality(never).faults[0]).toContain("late");
  });

  test("finds a chain that did not begin, and one that ran on before its time", () => {
    expect(punctuality({ ...right, tellings: [] }).faults[0]).toContain("nobody was told");
    const early = { ...right, tellings: [first, { ...second, created_wall: 4_000 }] };
    expect(punctuality(early).faults[0]).toContain("was left after 2990 ms");
    expect(punctuality({ ...early, said: [...right.said, said({})] }).faults).toEqual([]);
    const reach = { ...right, tellings: [first, { ...second, created_wall: 5_515 }] };
    expect(punctuality(reach).faults).toEqual([]);
  });

  test("finds a message that never left", () => {
    const long = { ...right, said: [], offered: [{ ...offered, closeAskedAt: 80_000 }] };
    const silent = { ...long, arrivals: right.arrivals.slice(1) };
    expect(neverSent(long)).toEqual([]);
    expect(neverSent(silent)[0]).toContain("unsent");
    const shut = { kind: "smtp-shut", from: 2_000, until: 70_000 } as const;
    expect(neverSent({ ...silent, outages: [shut] })).toEqual([]);
  });

  test("counts only what lies in the span, of the kinds that were asked for", () => {
    const outages = [
      { kind: "kill", from: 0, until: 10 },
      { kind: "kill", from: 20, until: 40 },
      { kind: "smtp-shut", from: 0, until: 100 },
    ] as const;
    expect(overlap(outages, ["kill"], { from: 5, until: 30 })).toBe(15);
    expect(overlap(outages, ["kill"], { from: 50, until: 60 })).toBe(0);
  });
});
