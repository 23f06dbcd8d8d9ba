/** The catalogue in the configuration: the example as it is, and a sentence for each fault. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readCareConfiguration } from "../../../care/config.ts";
import { livingDownBodies, serviceKinds } from "../../../protocol/living.ts";
import { messageBytesMax } from "../../../protocol/parse.ts";

const example = "deploy/care.example.yaml";
const [, catalogue] = livingDownBodies;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-catalogue-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function faultsOf(services: readonly object[]): readonly string[] {
  const file = join(folder, "care.yaml");
  writeFileSync(file, stringify({ services }, { aliasDuplicateObjects: false }));
  const read = readCareConfiguration(file);
  return read.ok ? [] : read.faults;
}

const both = (word: string) => ({ de: word, en: word });
const service = (more: object = {}) => ({
  ...{ id: "lunch", kind: "meals", title: both("t"), about: both("a"), told: both("w"), ...more },
});

test("the example has eight services, as a tablet takes them", () => {
  const read = readCareConfiguration(example);
  if (!read.ok) throw new Error(read.faults.join("\n"));
  const { offers } = read.value;
  expect(offers).toHaveLength(8);
  // Each kind has its example but the one that is for what nobody thought of.
  const kinds = new Set([...offers.map(({ kind }) => kind), "other"]);
  expect(kinds).toEqual(new Set(serviceKinds));
  expect(kinds.size).toBe(offers.length + 1);
  expect(catalogue.parse({ kind: "catalogue", version: 1, offers })).toMatchObject({ offers });
  expect(offers).toEqual((parse(readFileSync(example, "utf8")) as { services: unknown }).services);
});

test("a price may be left out; nothing else may, and nothing may be there that is not known", () => {
  expect(faultsOf([service()])).toEqual([]);
  expect(faultsOf([service({ price: undefined, about: both("") })])).toHaveLength(2);
  expect(faultsOf([service({ told: { de: "nur deutsch" } })])[0]).toContain("services[0].told.en");
  expect(faultsOf([service({ cost: 5 })])[0]).toContain("cost");
  expect(faultsOf([service({ kind: "gardening" })])[0]).toContain("services[0].kind");
  expect(faultsOf([service({ title: both("x".repeat(61)) })])[0]).toContain("services[0].title");
});

test("two services with one id, and a catalogue longer than a message, are refused", () => {
  expect(faultsOf([service(), service()])[0]).toContain("is the same as services[0].id");
  const long = both("ü".repeat(160));
  const many = Array.from({ length: 30 }, (_, nth) =>
    service({ id: `s${nth}`, about: long, told: long, title: both("ü".repeat(60)) }),
  );
  expect(faultsOf(many)[0]).toContain("say it shorter");
  expect(faultsOf([...many, service()])[0]).toContain("services");
  expect(48_000 + 1_000).toBeLessThan(messageBytesMax);
});
