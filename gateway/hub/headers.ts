/** What every page of the home says to the browser about how far it may trust it. Pure. */

/** Longer names of hosts there are none. */
const hostMax = 260;

/**
 * No script and no style but from files of our own, and no frame around them. The address of the
 * WebSocket is written out where it can be: not every browser takes 'self' for wss as well.
 */
function policyFor(host: string | undefined, isTls: boolean): string {
  const isPlain = host !== undefined && host.length < hostMax && /^[\w.:[\]-]+$/.test(host);
  const socket = isPlain ? ` ${isTls ? "wss" : "ws"}://${host}` : "";
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    `connect-src 'self'${socket}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * No strict-transport-security: with a certificate of the home's own, a browser that once took it
 * up could not be told to trust the next certificate.
 */
const always = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

export function strictHeaders(host: string | undefined, isTls: boolean): Record<string, string> {
  return { ...always, "content-security-policy": policyFor(host, isTls) };
}
