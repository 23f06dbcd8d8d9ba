/** Secrets of a home: every key and token is made by chance here, none is ever a default. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { stringify } from "yaml";
import { credentialOf, type IssuedCredential, issueCredential } from "../platform/credentials.ts";
import { wordsOf } from "../platform/words.ts";
import { readYaml } from "../platform/yaml-file.ts";
import { configSchema, type Secrets, secretsSchema } from "./config-schema.ts";
import { exitConfig, OperatorError } from "./errors.ts";

/** A token that is shown once and stored nowhere in clear. */
export interface IssuedToken {
  readonly client: string;
  readonly token: string;
}

/** What provisioning made: `care` goes to the care service, tokens to the clients. */
export interface Provisioned {
  readonly secretsFile: string;
  readonly tokens: readonly IssuedToken[];
  readonly care: IssuedCredential;
  /** The home had its keys already. */
  readonly known: boolean;
}

/**
 * Writes the secrets file of a home, mode 0600. Where there is one its keys stay, for paired
 * devices and the care service know no other: only clients without a token get one. `networkKey`
 * (32 hexadecimal digits) is given when devices of an existing network are taken over.
 */
export function provision(configFile: string, networkKey?: string): Provisioned {
  const read = readYaml(configFile, configSchema);
  if (!read.ok) throw new OperatorError(read.faults.join("\n"), exitConfig);
  const secretsFile = resolve(dirname(resolve(configFile)), read.value.secrets);
  const known = existsSync(secretsFile) ? knownSecrets(secretsFile) : undefined;
  if (known !== undefined && networkKey !== undefined && networkKey !== known.network_key) {
    throw new OperatorError(`${secretsFile}: holds another network key; it stays`, exitConfig);
  }
  const issued = read.value.hub.clients
    .filter(({ name }) => known?.hub_clients[name] === undefined)
    .map(({ name }) => ({ name, ...issueCredential() }));
  const care = known === undefined ? issueCredential() : credentialOf(known.care_password);
  if (known === undefined || issued.length > 0) {
    const fresh = Object.fromEntries(issued.map(({ name, sha256 }) => [name, sha256]));
    const secrets: Secrets = {
      network_key: known?.network_key ?? networkKey ?? randomBytes(16).toString("hex"),
      care_password: care.secret,
      hub_clients: { ...known?.hub_clients, ...fresh },
    };
    try {
      writeSecrets(secretsFile, secrets);
    } catch (thrown) {
      const why = `cannot be written (${wordsOf(thrown)}); make room there or mend its rights`;
      throw new OperatorError(`${secretsFile}: ${why}`, 1);
    }
  }
  const tokens = issued.map(({ name, secret }) => ({ client: name, token: secret }));
  return { secretsFile, tokens, care, known: known !== undefined };
}

/** A file that cannot be read is not replaced: the keys in it may be the only ones. */
function knownSecrets(secretsFile: string): Secrets {
  const read = readYaml(secretsFile, secretsSchema);
  if (read.ok) return read.value;
  const faults = read.faults.join("\n");
  throw new OperatorError(
    `${faults}\nIt holds the keys of paired devices and is not touched.`,
    exitConfig,
  );
}

/** Whole or not at all, also over a power cut. */
function writeSecrets(secretsFile: string, secrets: Secrets): void {
  const fresh = `${secretsFile}.fresh`;
  rmSync(fresh, { force: true });
  const handle = openSync(fresh, "wx", 0o600);
  try {
    writeFileSync(handle, stringify(secrets));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, secretsFile);
  const folder = openSync(dirname(secretsFile), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
