/**
 * The certificate of a home or care service: made once, kept in a file that only its owner may
 * read.
 */
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import type { TlsIdentity } from "./listeners.ts";
import { textOf, writeWhole } from "./whole-file.ts";

export interface ServerCertificate extends TlsIdentity {
  /** SHA-256 of the certificate, as clients pin it: hexadecimal with colons. */
  readonly fingerprint: string;
  /** SHA-256 of its public key in base64, as Chromium takes it; it outlives a renewal. */
  readonly keyHash: string;
}

/** What a certificate is for, beside the names that each has. */
export interface CertificateUse {
  /** Addresses by which browsers reach this machine. */
  readonly addresses?: readonly string[];
  /**
   * Tablets take up only a certificate of an authority; a home's is its own. It may sign nothing
   * below itself that signs again.
   */
  readonly authority?: boolean;
}

/**
 * Ten years: the peer pins this very certificate, so its date guards nothing, and a Pi without a
 * battery clock may believe any date. Changing it is a deliberate act, not a date that silences a
 * home.
 */
const validYears = 10;

/** Two days before now: the clock of the side that checks may be behind. */
const backdatedMs = 2 * 86_400_000;

/** Both in one file, so that no power cut can leave one without the other. */
const fileName = "tls.pem";

/** Addresses in one certificate; a machine with more has them from a tool that makes many. */
const addressesMax = 16;

/** This machine's own addresses now, without those that lead nowhere from another machine. */
export function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !(internal || address.toLowerCase().startsWith("fe80:")))
    .sort((one, other) => one.family.localeCompare(other.family))
    .map(({ address }) => address)
    .slice(0, addressesMax);
}

/**
 * Reads the certificate of a folder, or makes one when none is there. `name` is its common name.
 */
export async function serverCertificate(
  folder: string,
  name: string,
  use: CertificateUse = {},
): Promise<ServerCertificate> {
  return (await keptCertificate(folder)) ?? (await writeNew(folder, name, use));
}

/** The certificate of a folder, where there is one. */
export async function keptCertificate(folder: string): Promise<ServerCertificate | undefined> {
  const file = join(folder, fileName);
  const kept = await textOf(file);
  return kept === undefined ? undefined : read(kept, file);
}

/** Makes a new certificate for the key that is there: who trusts the key need not be told. */
export async function renewCertificate(
  folder: string,
  name: string,
  use: CertificateUse = {},
): Promise<ServerCertificate> {
  return writeNew(folder, name, use, (await keptCertificate(folder))?.key);
}

async function writeNew(
  folder: string,
  name: string,
  use: CertificateUse,
  key?: string,
): Promise<ServerCertificate> {
  const made = await makeCertificate(name, use, key);
  const text = `${made.key.trim()}\n${made.cert.trim()}\n`;
  const file = join(folder, fileName);
  await writeWhole(file, text);
  return read(text, file);
}

/** A self-signed certificate: ECDSA P-256, for this machine's names and the loopback addresses. */
export async function makeCertificate(
  name: string,
  { addresses = [], authority = false }: CertificateUse = {},
  key?: string,
): Promise<TlsIdentity> {
  // Loaded only when a certificate is made: it is once in the life of a home.
  const { generate } = await import("selfsigned");
  const from = new Date(Date.now() - backdatedMs);
  const until = new Date(from);
  until.setFullYear(from.getFullYear() + validYears);
  const names = [...new Set([name, "localhost", hostname(), `${hostname()}.local`])];
  const numbers = new Set(["127.0.0.1", "::1", ...addresses]);
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: from,
    notAfterDate: until,
    ...(key === undefined ? {} : { keyPair: pairOf(key) }),
    extensions: [
      {
        name: "basicConstraints",
        critical: true,
        ...(authority ? { cA: true, pathLenConstraint: 0 } : { cA: false }),
      },
      { name: "keyUsage", digitalSignature: true, keyCertSign: authority, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((value) => ({ type: 2, value }) as const),
          ...[...numbers].map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function pairOf(privateKey: string): { privateKey: string; publicKey: string } {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  return { privateKey, publicKey: publicKey.toString() };
}

/** Each part is read from the one file; the parsers skip the block that is not theirs. */
function read(text: string, file: string): ServerCertificate {
  try {
    const certificate = new X509Certificate(text);
    const key = createPrivateKey(text);
    if (!certificate.checkPrivateKey(key)) throw new Error("key does not match");
    return {
      cert: certificate.toString(),
      key: key.export({ type: "pkcs8", format: "pem" }).toString(),
      fingerprint: certificate.fingerprint256,
      keyHash: createHash("sha256")
        .update(certificate.publicKey.export({ type: "spki", format: "der" }))
        .digest("base64"),
    };
  } catch {
    throw new Error(
      `tls: ${file} does not hold a private key and its certificate in PEM. Restore it from the` +
        " backup; or remove it, and a new one is made whose fingerprint every client must be told.",
    );
  }
}
