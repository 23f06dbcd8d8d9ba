/** First secrets of a home: every key and token is made by chance here, none is ever a default. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { stringify } from "yaml";
import { readYaml } from "../platform/yaml-file.ts";
import { configSchema } from "./config-schema.ts";
import { exitConfig, OperatorError } from "./errors.ts";

/** A token that is shown once and stored nowhere in clear. */
export interface IssuedToken {
  readonly client: string;
  readonly token: string;
}

/** What provisioning made; `carePassword` goes to the care service, tokens to the clients. */
export interface Provisioned {
  readonly secretsFile: string;
  readonly tokens: readonly IssuedToken[];
  readonly carePassword: string;
}

/** Writes the secrets file of a home, mode 0600. Refuses to overwrite one: keys are not replaceable. */
export function provision(configFile: string): Provisioned {
  const read = readYaml(configFile, configSchema);
  if (!read.ok) throw new OperatorError(read.faults.join("\n"), exitConfig);
  const secretsFile = resolve(dirname(resolve(configFile)), read.value.secrets);
  if (existsSync(secretsFile)) {
    throw new OperatorError(
      `${secretsFile}: exists; it holds the network key of paired devices. Move it away by hand first`,
      exitConfig,
    );
  }
  const tokens = read.value.hub.clients.map(({ name }) => ({
    client: name,
    token: randomBytes(32).toString("base64url"),
  }));
  const carePassword = randomBytes(32).toString("base64url");
  const hashes = tokens.map(({ client, token }) => [
    client,
    createHash("sha256").update(token).digest("hex"),
  ]);
  const secrets = {
    network_key: randomBytes(16).toString("hex"),
    care_password: carePassword,
    hub_clients: Object.fromEntries(hashes),
  };
  writeFileSync(secretsFile, stringify(secrets), { mode: 0o600, flag: "wx" });
  return { secretsFile, tokens, carePassword };
}
