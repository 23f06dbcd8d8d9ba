/** The care service's certificate: read with the configuration, so that `check` tells of it. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { wordsOf } from "../platform/words.ts";

export type ReadCertificate =
  | { readonly ok: true; readonly pem: string }
  /** `why` goes on after the name of the setting. */
  | { readonly ok: false; readonly why: string };

export function readCertificate(file: string): ReadCertificate {
  const refuse = (why: string): ReadCertificate => ({ ok: false, why: `names ${file}, ${why}` });
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (thrown) {
    return refuse(
      `which cannot be read (${wordsOf(thrown)}); copy the care service's certificate there`,
    );
  }
  try {
    new X509Certificate(pem);
    return { ok: true, pem };
  } catch {
    return refuse("which is no certificate in PEM; copy the care service's certificate there");
  }
}
