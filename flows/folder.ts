/** The folder that Node-RED works in. A home's own flows are never overwritten. */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The flows that a new home begins with. */
const starterFlows = fileURLToPath(new URL("./flows.json", import.meta.url));

/** Id of the broker in the starter flows, and the name of its credential at the hub. */
const brokerNode = "obhut-hub";
export const comfortName = "comfort";

/**
 * Node-RED's own form of an encrypted credentials file: AES-256-CTR, the key a SHA-256 of the
 * secret.
 */
export function sealed(credentials: object, secret: string): { readonly $: string } {
  const key = createHash("sha256").update(secret).digest();
  const start = randomBytes(16);
  const cipher = createCipheriv("aes-256-ctr", key, start);
  const text =
    cipher.update(JSON.stringify(credentials), "utf8", "base64") + cipher.final("base64");
  return { $: start.toString("hex") + text };
}

/**
 * Makes the folder and the first flows. The credentials file says only where the token is to be
 * found; the token itself stays in the environment.
 */
export function prepareFolder(folder: string, secret: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const flows = join(folder, "flows.json");
  if (!existsSync(flows)) copyFileSync(starterFlows, flows);
  const credentials = join(folder, "flows_cred.json");
  if (existsSync(credentials)) return;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own form of naming a variable
  const token = "${OBHUT_COMFORT_TOKEN}";
  const entry = { [brokerNode]: { user: comfortName, password: token } };
  writeFileSync(credentials, JSON.stringify(sealed(entry, secret)), { mode: 0o600 });
}
