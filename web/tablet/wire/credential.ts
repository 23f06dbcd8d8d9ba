/**
 * The credential of this tablet: given once by pairing, kept on the device, never typed. The code
 * of a pairing stands behind the # of the address, so that no server's log sees it.
 */

export interface Credential {
  readonly client: string;
  readonly secret: string;
}

const key = "obhut-tablet";

function asCredential(value: unknown): Credential | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("client" in value && "secret" in value)) return undefined;
  const { client, secret } = value;
  return typeof client === "string" && typeof secret === "string" ? { client, secret } : undefined;
}

/** The credential that this device has; undefined before its first pairing. */
export function keptCredential(): Credential | undefined {
  try {
    return asCredential(JSON.parse(localStorage.getItem(key) ?? "null"));
  } catch {
    return undefined;
  }
}

/** The code in the address, taken out of it at once: a reload must not use it again. */
export function takeCode(): string | undefined {
  const code = /^#pair=([\w-]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, "", location.pathname);
  return code;
}

/** `used`: the code is not, or no longer, good. `unheard`: the home did not answer. */
export type Paired = "paired" | "used" | "unheard";

/** Gives the code for a credential and keeps that. */
export async function pair(code: string): Promise<Paired> {
  try {
    const answer = await fetch("/pair", {
      method: "POST",
      credentials: "omit",
      cache: "no-store",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(10_000),
    });
    // Too many guesses (429), or a disk that takes nothing: the same code may do later.
    if (!answer.ok) return answer.status >= 429 ? "unheard" : "used";
    const credential = asCredential(await answer.json());
    if (credential === undefined) return "unheard";
    localStorage.setItem(key, JSON.stringify(credential));
    return "paired";
  } catch {
    return "unheard";
  }
}
