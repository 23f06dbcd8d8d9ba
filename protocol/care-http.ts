/**
 * What browser and office agree on beside the bodies. Without schemas, so that pages stay small.
 */

/** Name of the session cookie; the prefix binds it to this host, to TLS and to the path `/`. */
export const sessionCookie = "__Host-obhut";

/** Remembers a browser that has logged in: guesses of strangers then do not slow it. */
export const deviceCookie = "__Host-obhut-device";

/** The header that every change needs: a page of somebody else cannot send it. */
export const csrfHeader = "x-obhut";
