/**
 * The certificate of a home or care service: made once, kept in a file that only its owner may
 * read.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { TlsIdentity } from "./listeners.ts";

export interface ServerCertificate extends TlsIdentity {
  /** SHA-256 of the certificate, as clients pin it: hexadecimal with colons. */
  readonly fingerprint: string;
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

/**
 * Reads the certificate of a folder, or makes one when none is there. `name` is its common name.
 */
export async function serverCertificate(folder: string, name: string): Promise<ServerCertificate> {
  const file = join(folder, fileName);
  const kept = await readIfThere(file);
  if (kept !== undefined) return read(kept, file);
  const made = await makeCertificate(name);
  const text = `${made.key.trim()}\n${made.cert.trim()}\n`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(file, text);
  return read(text, file);
}

/** A self-signed certificate: ECDSA P-256, for this machine's names and the loopback addresses. */
export async function makeCertificate(name: string): Promise<TlsIdentity> {
  // Loaded only when a certificate is made: it is once in the life of a home.
  const { generate } = await import("selfsigned");
  const from = new Date(Date.now() - backdatedMs);
  const until = new Date(from);
  until.setFullYear(from.getFullYear() + validYears);
  const names = [...new Set([name, "localhost", hostname()])];
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: from,
    notAfterDate: until,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((value) => ({ type: 2, value }) as const),
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
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
    };
  } catch {
    throw new Error(
      `tls: ${file} does not hold a private key and its certificate in PEM. Restore it from the` +
        " backup; or remove it, and a new one is made whose fingerprint every client must be told.",
    );
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A power cut leaves the old state or the new one, never half a file. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, file);
}
