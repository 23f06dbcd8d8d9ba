/** What the desk makes of words and times that come from outside. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { translated, whyNot } from "../../web/care/refusal.ts";
import { hrefOf, placeOf } from "../../web/care/route.ts";
import { speechIn } from "../../web/care/speech.ts";
import { whatWasSaid } from "../../web/care/timeline-words.ts";
import { serviceDe } from "../../web/care/words/service-de.ts";
import { Newest } from "../../web/common/newest.ts";
import { roomName, whatHappened } from "../../web/common/sentences.ts";
import { de as common } from "../../web/common/words/de.ts";
import { root, textOf, trackedPaths } from "../house/source.ts";

/** Names that every object knows; as a reason they come from a home that was taken over. */
const hostile = ["constructor", "__proto__", "toString", "hasOwnProperty"];

test.each(hostile)("I9: no home blinds a desk with the word %s", (word) => {
  const about = { reason: word, category: "hazard", resident: "Herr Krause" } as const;
  expect(whatHappened(common, about)).toBe("Bei Herrn Krause meldet ein Melder Gefahr.");
  expect(roomName(common, word)).toBe(word);
  const point = { wall_ms: 0, device: "d", room: word, kind: word, value: null };
  expect(whatWasSaid(speechIn("de").own.sensed, point)).toBe(word);
});

test("German endings: a form of address is bent, a name is not", () => {
  const about = (resident: string) => ({ reason: "smoke", category: "hazard", resident }) as const;
  for (const [name, whom] of [
    ["Herr Krause", "Herrn Krause"],
    ["Eheleute Hoffmann", "Eheleuten Hoffmann"],
    ["Frau Herr", "Frau Herr"],
    ["Herrmann", "Herrmann"],
  ] as const) {
    expect(whatHappened(common, about(name))).toBe(`Bei ${whom} meldet der Rauchmelder Rauch.`);
  }
});

test("an address that cannot be read is a place that is not there, and no empty page", () => {
  expect(placeOf("#/home/%E0%A4%A")).toEqual(["home", "%E0%A4%A"]);
  expect(placeOf(hrefOf("alarm", "weber", "a/1 %"))).toEqual(["alarm", "weber", "a/1 %"]);
});

test("an answer that was overtaken is not heard; one of a slow line is", () => {
  const newest = new Newest();
  const [first, second, third] = [newest.ask(), newest.ask(), newest.ask()];
  expect(first()).toBe(true);
  expect(third()).toBe(true);
  expect(second()).toBe(false);
});

interface Asked {
  readonly lastMonth: { readonly from: string; readonly to: string };
  readonly hours: number;
}

/** Asked of a process in Berlin, for a zone is the process's own. */
function inBerlin(now: string, day: string): Asked {
  const module = JSON.stringify(join(root, "web/care/period-query.ts"));
  const code = `
    const { lastMonth, queryOf } = await import(${module});
    const query = queryOf({ from: "${day}", to: "${day}" });
    const hours = (Number(query.get("to")) - Number(query.get("from"))) / 3_600_000;
    console.log(JSON.stringify({ lastMonth: lastMonth(Date.parse("${now}")), hours }));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    env: { ...process.env, TZ: "Europe/Berlin" },
    encoding: "utf8",
  });
  return JSON.parse(out) as Asked;
}

test("after midnight the history reaches to today, and a day has its own hours", () => {
  const winter = inBerlin("2026-11-26T23:30:00Z", "2026-10-25");
  expect(winter.lastMonth).toEqual({ from: "2026-10-28", to: "2026-11-27" });
  expect(winter.hours).toBe(25);
  expect(inBerlin("2026-03-29T12:00:00Z", "2026-03-29").hours).toBe(23);
});

test("why something was not taken is said in the language of the page", () => {
  expect(translated(serviceDe, "Frau Maier closed it already")).toBe(
    "Frau Maier hat den Alarm schon beendet.",
  );
  expect(translated(serviceDe, "saw alarm a1 on the helper's page")).toBe(
    "hat den Alarm auf der Seite für Helfer gesehen",
  );
  expect(translated(serviceDe, "something new")).toBe("something new");
  const refused = (status: number, why: string) =>
    ({ ok: false, status, why, faults: [] }) as const;
  expect(whyNot(speechIn("de"), refused(401, "log in first"))).toBe(
    "Das ging nicht: Sie sind nicht mehr angemeldet.",
  );
  expect(whyNot(speechIn("en"), refused(401, "log in first"))).toBe(
    "That did not work: log in first",
  );
});

test("I2: without an answer nobody is told that nothing was done", () => {
  for (const status of [0, 504]) {
    const silence = { ok: false, status, why: "Failed to fetch", faults: [] } as const;
    expect(whyNot(speechIn("de"), silence)).toBe(
      "Es kam keine Antwort. Bitte sehen Sie nach, ob es angekommen ist.",
    );
  }
});

test("each translation is of a sentence that the service says", () => {
  const said = trackedPaths()
    .filter((path) => path.startsWith("care/") || path === "protocol/care-api.ts")
    .map(textOf)
    .join("\n");
  for (const [sentence] of serviceDe) {
    const parts = sentence.split(/\{\w+\}/).map((part) => part.replace(/^: /, ""));
    const longest = parts.reduce((one, other) => (other.length > one.length ? other : one));
    expect([sentence, said.includes(longest.trim())]).toEqual([sentence, true]);
  }
});
