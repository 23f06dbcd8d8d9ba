/** The configuration's JSON schema for editors, made from the same schema that checks the file. */
import { z } from "zod";
import { configSchema } from "./config-schema.ts";

/** JSON text of the schema; committed as `gateway/home.schema.json` and held current by a test. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-07" });
  return `${JSON.stringify({ title: "Obhut home", ...schema }, null, 2)}\n`;
}
