import { expect, test } from "vitest";
import { z } from "zod";
import { firstFault, messageBytesMax, parseJson } from "../../protocol/parse.ts";

const schema = z.object({ a: z.object({ b: z.number() }) });

test("a value of the wanted shape is read, and what is unknown is dropped", () => {
  expect(parseJson(schema, '{"a":{"b":1,"c":2}}')).toEqual({ ok: true, value: { a: { b: 1 } } });
});

test("I9: bad input gets one sentence that says where it is wrong, and never throws", () => {
  const why = (text: string): string => {
    const read = parseJson(schema, text);
    return read.ok ? "" : read.why;
  };
  expect(why("{")).toBe("message: is not JSON");
  expect(why('{"a":{"b":"x"}}')).toMatch(/^a\.b: /);
  expect(why("7")).toMatch(/^message: /);
  expect(why(`"${"x".repeat(messageBytesMax)}"`)).toContain("longer than");
  expect(parseJson(z.string(), `"${"x".repeat(messageBytesMax - 2)}"`).ok).toBe(true);
});

test("an error that names no issue is still a sentence", () => {
  expect(firstFault(new z.ZodError([]))).toBe("message: is not valid");
});
