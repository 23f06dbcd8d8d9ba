/** First secrets of a home: every key and token is made by chance here, none is ever a default. */
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { stringify } from "yaml";
import { type IssuedCredential, issueCredential } from "../platform/credentials.ts";
import { readYaml } from "../platform/yaml-file.ts";
import { configSchema } from "./config-schema.ts";
import { exitConfig, OperatorError } from "./errors.ts";

/** A token that is shown once and stored nowhere in clear. */
export interface IssuedToken {
  readonly client: string;
  readonly token: string;
}

/** What provisioning made; `care` goes to the care service, tokens to the clients. */
export interface Provisioned {
  readonly secretsFile: string;
  readonly tokens: readonly IssuedToken[];
  readonly care: IssuedCredential;
}

/**
 * Writes the secrets file of a home, mode 0600. Refuses to overwrite one: keys are not replaceable.
 * `networkKey` (32 hexadecimal digits) is given when devices of an existing network are taken over.
 */
export function provision(configFile: string, networkKey?: string): Provisioned {
  const read = readYaml(configFile, configSchema);
  if (!read.ok) throw new OperatorError(read.faults.join("\n"), exitConfig);
  const secretsFile = resolve(dirname(resolve(configFile)), read.value.secrets);
  if (existsSync(secretsFile)) {
    throw new OperatorError(
      `${secretsFile}: exists; it holds the network key of paired devices. ` +
        "Move it away by hand first",
      exitConfig,
    );
  }
  const issued = read.value.hub.clients.map(({ name }) => ({ name, ...issueCredential() }));
  const care = issueCredential();
  const secrets = {
    network_key: networkKey ?? randomBytes(16).toString("hex"),
    care_password: care.secret,
    hub_clients: Object.fromEntries(issued.map(({ name, sha256 }) => [name, sha256])),
  };
  writeFileSync(secretsFile, stringify(secrets), { mode: 0o600, flag: "wx" });
  return {
    secretsFile,
    tokens: issued.map(({ name, secret }) => ({ client: name, token: secret })),
    care,
  };
}
