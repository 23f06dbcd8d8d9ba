/** The second factor: RFC 6238 by otpauth. Each code is taken once. */
import { Secret, TOTP } from "otpauth";

/** RFC 6238 advises 30 s; one step each way bears a clock that is half a minute off. */
const period = 30;
const window = 1;

function totpOf(name: string, secret: string): TOTP {
  return new TOTP({
    issuer: "Obhut",
    label: name,
    algorithm: "SHA1",
    digits: 6,
    period,
    secret: Secret.fromBase32(secret),
  });
}

/** A new secret of 160 bits (RFC 4226 asks for at least 128), in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an authenticator reads as a QR code. */
export const totpUri = (name: string, secret: string): string => totpOf(name, secret).toString();

/**
 * The number of the time step that this code belongs to; undefined for a wrong code. Whoever takes
 * it keeps the number and takes only higher ones, so that a code seen by others is worth nothing.
 */
export function codeStep(secret: string, code: string, wallMs: number): number | undefined {
  const delta = totpOf("", secret).validate({ token: code, timestamp: wallMs, window });
  return delta === null ? undefined : Math.floor(wallMs / 1_000 / period) + delta;
}
