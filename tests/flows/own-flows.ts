/** Starts flows/ with a test's flows instead of the shipped ones: the broker stays, the tab goes. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { folder, flows } = JSON.parse(process.env["OBHUT_TEST_FLOWS"] ?? "{}") as {
  folder: string;
  flows: object[];
};
const shipped = JSON.parse(
  readFileSync(new URL("../../flows/flows.json", import.meta.url), "utf8"),
) as { type: string }[];
const kept = shipped.filter(({ type }) => type === "mqtt-broker" || type === "tls-config");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "flows.json"), JSON.stringify([...kept, ...flows]));
await import("../../flows/start.ts");
