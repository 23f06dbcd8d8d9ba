/** What every answer says to the browser about how far it may trust it. */

/** No script and no style but from files of our own; nobody may show our pages in a frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const strictHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** Life of people stays in no cache; files of the pages are asked for anew each time. */
export const cacheControl = (path: string): string =>
  path.startsWith("/api/") ? "no-store" : "no-cache";
