/** A Markdown table of the fields of a schema, as a reader of a wire wants it. */
import { z } from "zod";

type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Row {
  readonly path: string;
  readonly what: string;
}

/** The fields that may be sent; what is more is dropped by the reader. */
export function fieldTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: "input" });
  const rows = rowsOf(json, "", true);
  return [
    "| field | value |",
    "| --- | --- |",
    ...rows.map(({ path, what }) => `| ${path} | ${what} |`),
  ].join("\n");
}

function rowsOf(json: JsonSchema, path: string, needed: boolean): readonly Row[] {
  const variants = variantsOf(json);
  const objects = variants.filter((variant) => variant.type === "object");
  const others = variants.filter((variant) => variant.type !== "object" && variant.type !== "null");
  const nullable = variants.some((variant) => variant.type === "null");
  const tail = `${nullable ? ", or null" : ""}${needed ? "" : "; may be absent"}`;
  const rows: Row[] = [];
  if (objects.length > 1) {
    rows.push({ path: code(path), what: `one of these objects, each from its \`kind\` on${tail}` });
  }
  for (const object of objects) rows.push(...rowsOfObject(object, path, objects.length > 1, tail));
  for (const other of others) {
    if (other.type === "array") rows.push(...rowsOfList(other, path, tail));
    else rows.push({ path: code(path), what: `${words(other)}${tail}` });
  }
  return rows;
}

function rowsOfObject(
  object: JsonSchema,
  path: string,
  oneOfSeveral: boolean,
  tail: string,
): readonly Row[] {
  const properties = Object.entries(object.properties ?? {});
  if (properties.length === 0) return [{ path: code(path), what: `object${tail}` }];
  const rows: Row[] = [];
  if (path !== "" && !oneOfSeveral) rows.push({ path: code(path), what: `object${tail}` });
  for (const [name, property] of properties) {
    if (typeof property === "boolean") continue;
    const below = path === "" ? name : `${path}.${name}`;
    rows.push(...rowsOf(property, below, object.required?.includes(name) ?? false));
  }
  if (typeof object.additionalProperties === "object" && "properties" in object) {
    rows.push({ path: code(`${path === "" ? "" : `${path}.`}…`), what: "more, by kind" });
  }
  return rows;
}

function rowsOfList(list: JsonSchema, path: string, tail: string): readonly Row[] {
  const items = typeof list.items === "object" && !Array.isArray(list.items) ? list.items : {};
  const most = list.maxItems === undefined ? "" : `, at most ${list.maxItems}`;
  const single = variantsOf(items as JsonSchema).every((item) => item.type !== "object");
  if (single)
    return [{ path: code(path), what: `list${most}; each: ${words(items as JsonSchema)}${tail}` }];
  return [
    { path: code(path), what: `list of objects${most}${tail}` },
    ...rowsOf(items as JsonSchema, `${path}[]`, true).filter(
      ({ path: own }) => own !== code(`${path}[]`),
    ),
  ];
}

function variantsOf(json: JsonSchema): readonly JsonSchema[] {
  const several = json.oneOf ?? json.anyOf;
  if (several === undefined) {
    return Array.isArray(json.type) ? json.type.map((type) => ({ ...json, type })) : [json];
  }
  return several.flatMap((variant) => (typeof variant === "boolean" ? [] : variantsOf(variant)));
}

function words(json: JsonSchema): string {
  if (json.const !== undefined) return `\`${JSON.stringify(json.const)}\``;
  if (json.enum !== undefined)
    return json.enum.map((one) => `\`${JSON.stringify(one)}\``).join(" or ");
  switch (json.type) {
    case "string":
      return [
        "string",
        json.minLength === 1 ? ", not empty" : "",
        json.maxLength === undefined ? "" : `, at most ${json.maxLength} characters`,
      ].join("");
    case "integer":
    case "number":
      return `${json.type === "integer" ? "whole number" : "number"}${range(json)}`;
    default:
      return typeof json.type === "string" ? json.type : "any value";
  }
}

function range(json: JsonSchema): string {
  const least = json.exclusiveMinimum ?? json.minimum;
  const above = json.exclusiveMinimum === undefined ? "at least" : "above";
  const most = json.maximum;
  const bounded = (value: number | boolean | undefined): value is number =>
    typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return [
    bounded(least) ? `, ${above} ${least}` : "",
    bounded(most) ? `, at most ${most}` : "",
  ].join("");
}

function code(path: string): string {
  return path === "" ? "(the message)" : `\`${path}\``;
}
