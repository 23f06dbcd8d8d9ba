/**
 * What the installer does for a tablet: `obhut pair`, `obhut unpair`, `obhut certificate`. Nothing
 * here needs the gateway to be restarted.
 */
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { renderUnicodeCompact } from "uqr";
import { systemTime } from "../platform/clock.ts";
import { keptCertificate, machineAddresses, renewCertificate } from "../platform/tls.ts";
import { wordsOf } from "../platform/words.ts";
import type { Configuration } from "./config.ts";
import { exitConfig, exitUsage, OperatorError } from "./errors.ts";
import { askStatus, NobodyThere, type Status } from "./health.ts";
import { certificateUse, hubFolder } from "./hub/hub.ts";
import {
  codeMs,
  hashOf,
  orderFile,
  orderPairing,
  ordersIn,
  orderUnpairing,
} from "./hub/pair-order.ts";
import { lookAtPaired, type PairedClient } from "./hub/paired-file.ts";

type Say = (words: string) => void;

/** How long `obhut unpair` waits to hear that it was done; the hub looks every second. */
const doneWithinMs = 8_000;
const lookEveryMs = 250;
const loopback = "127.0.0.1";

function tabletOf({ written, file }: Configuration, name: string | undefined): string {
  const tablets = written.hub.clients.filter(({ kind }) => kind === "tablet");
  const known = tablets.map((tablet) => tablet.name).join(", ") || "none";
  if (name === undefined) {
    throw new OperatorError(`name the tablet; ${file} knows: ${known}`, exitUsage);
  }
  const client = written.hub.clients.find((one) => one.name === name);
  if (client === undefined) {
    const remedy = "add it to hub.clients, run obhut provision and restart the gateway";
    throw new OperatorError(`${file}: knows no client "${name}"; ${remedy}`, exitConfig);
  }
  if (client.kind !== "tablet") {
    const words = `"${name}" is a ${client.kind} client, not a tablet; it has its token from`;
    throw new OperatorError(`${file}: ${words} obhut provision (tablets: ${known})`, exitConfig);
  }
  return name;
}

/** The folder of the running home; it is the gateway's to make. */
function homeFolder({ dataDir }: Configuration): string {
  if (existsSync(dataDir)) return hubFolder(dataDir);
  throw new OperatorError(`${dataDir}: is missing; start the gateway once`, exitConfig);
}

/** What an administrator wrote belongs to whoever runs the gateway, or it could not be read. */
async function giveToOwner({ dataDir }: Configuration, paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dataDir);
  for (const path of paths) await chown(path, uid, gid);
}

/** Leaves the hub an order; says what to do where that cannot be written. */
async function ordered(
  configuration: Configuration,
  name: string,
  order: () => Promise<string>,
): Promise<string> {
  const folder = hubFolder(configuration.dataDir);
  const file = orderFile(folder, name);
  try {
    const id = await order();
    await giveToOwner(configuration, [folder, ordersIn(folder), file]);
    return id;
  } catch (thrown) {
    const remedy = "run it as the gateway's user or root, and make room on the disk";
    throw new OperatorError(`${file}: cannot be written (${wordsOf(thrown)}); ${remedy}`, 1);
  }
}

/** A name or an address, and nothing that an address of a page would be read otherwise by. */
function hostOf(wanted: string): string {
  if (isIP(wanted) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(wanted)) return wanted;
  throw new OperatorError(`--host must be a name or an address, not "${wanted}"`, exitUsage);
}

async function running({ dataDir }: Configuration): Promise<Status | undefined> {
  try {
    return await askStatus(join(dataDir, "status.sock"));
  } catch (thrown) {
    if (thrown instanceof NobodyThere) return undefined;
    throw new OperatorError(wordsOf(thrown), 1);
  }
}

/** Looks at what was paired until it fits, for so long. */
async function waitFor(
  folder: string,
  name: string,
  ms: number,
  fits: (client: PairedClient) => boolean,
): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += lookEveryMs) {
    const client = (await lookAtPaired(folder))?.clients.get(name);
    if (client !== undefined && fits(client)) return true;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

/** Whether the certificate names an address, so that a browser that trusts it takes it there. */
function names(certificate: X509Certificate, host: string): boolean {
  const found = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  return found !== undefined;
}

async function sayCertificate(folder: string, host: string, say: Say): Promise<void> {
  const kept = await keptCertificate(folder);
  if (kept === undefined) {
    say("The gateway has made no certificate yet: start it, then look with obhut certificate.");
    return;
  }
  say(`The home's certificate, SHA-256:  ${kept.fingerprint}`);
  say(`Its key, for a Chromium kiosk (docs/tablet.md):  ${kept.keyHash}`);
  if (!names(new X509Certificate(kept.cert), host)) {
    say(`It does not name ${host}; obhut certificate --renew makes one that does.`);
  }
}

export interface PairOptions {
  readonly name: string | undefined;
  /** How the tablet reaches this machine. */
  readonly host?: string | undefined;
  /** Stays until the code was used or has expired. */
  readonly wait: boolean;
}

/** Makes a one-time code and shows it; exit 0 once it is there, with `wait` once it was used. */
export async function pair(
  configuration: Configuration,
  options: PairOptions,
  say: Say,
): Promise<number> {
  const name = tabletOf(configuration, options.name);
  const asked = options.host === undefined ? undefined : hostOf(options.host);
  const folder = homeFolder(configuration);
  const status = await running(configuration);
  const { hub } = configuration.written;
  const port = hub.websocket_port || status?.ports["websocket"];
  if (port === undefined) {
    throw new OperatorError("the system chooses the hub's port; start the gateway first", 1);
  }
  const reached = hub.host === "0.0.0.0" || hub.host === "::" ? machineAddresses() : [hub.host];
  const host = asked ?? reached[0] ?? loopback;
  const code = await ordered(configuration, name, () => orderPairing(folder, name, systemTime()()));
  const origin = (at: string): string => `https://${isIP(at) === 6 ? `[${at}]` : at}:${port}`;
  const url = `${origin(host)}/tablet/#pair=${code}`;
  say(`Pairing ${name}. Scan this with the tablet, or open the address in its browser:\n`);
  say(renderUnicodeCompact(url, { border: 3 }));
  say(`\n${url}\n`);
  say("It can be used once, within ten minutes. What the tablet had until now is out by it.");
  const others = reached.filter((address) => address !== host).map(origin);
  if (others.length > 0) say(`This machine is also at ${others.join(", ")} (--host).`);
  if (status === undefined) say("The gateway is not running: start it, the code waits for it.");
  await sayCertificate(folder, host, say);
  if (!options.wait) return 0;
  const isUsed = await waitFor(folder, name, codeMs, (client) => client.code === hashOf(code));
  say(isUsed ? `${name} is paired.` : "The code was not used and has expired.");
  return isUsed ? 0 : 1;
}

/** Takes a tablet's credential back. */
export async function unpair(
  configuration: Configuration,
  wanted: string | undefined,
  say: Say,
): Promise<number> {
  const name = tabletOf(configuration, wanted);
  const folder = homeFolder(configuration);
  const id = await ordered(configuration, name, () => orderUnpairing(folder, name));
  if ((await running(configuration)) === undefined) {
    say(`The gateway is not running. When it starts, ${name} is out.`);
    return 0;
  }
  if (await waitFor(folder, name, doneWithinMs, ({ unpair }) => unpair === id)) {
    say(`${name} is out: its connection has ended and its credential counts no more.`);
    return 0;
  }
  throw new OperatorError(`the gateway did not say that ${name} is out; look at its log`, 1);
}

/** Shows the home's certificate, or makes a new one for the same key. */
export async function certificate(
  configuration: Configuration,
  renew: boolean,
  say: Say,
): Promise<number> {
  const folder = homeFolder(configuration);
  if (renew) {
    await renewCertificate(folder, configuration.written.home, certificateUse());
    await giveToOwner(configuration, [folder, join(folder, "tls.pem")]);
  }
  const kept = await keptCertificate(folder);
  if (kept === undefined) {
    throw new OperatorError("the gateway has made no certificate yet; start it once", 1);
  }
  const { subjectAltName, validTo } = new X509Certificate(kept.cert);
  say(`SHA-256 of the certificate:  ${kept.fingerprint}`);
  say(`SHA-256 of its key:  ${kept.keyHash}`);
  say(`It names ${subjectAltName}; valid to ${validTo}.`);
  if (!renew) return 0;
  say(
    "It is new. Restart the gateway; until then it shows the old one. A kiosk that trusts the key" +
      " goes on; every tablet that was told to trust the certificate, and every client that pins" +
      " it (Node-RED), must be told the new one, and does not reach the home before.",
  );
  return 0;
}
