/** The services of the example's provider, for homes in which somebody orders. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const example = new URL("../../deploy/care.example.yaml", import.meta.url);

/** What stands under `services:` in the example of the care service's configuration. */
export function exampleServices(): readonly object[] {
  const written = parse(readFileSync(example, "utf8")) as { readonly services: readonly object[] };
  return written.services;
}
