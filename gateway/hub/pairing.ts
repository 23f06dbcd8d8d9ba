/**
 * The door of `POST /pair`: a one-time code for a credential. A wrong guess is slowed by its
 * address; a right code is never refused because others guessed.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sign } from "../../platform/intrusions.ts";
import { Buckets } from "../../platform/throttle.ts";
import { remoteOf } from "../../platform/wire.ts";
import type { Redeemed } from "./keyring.ts";
import { isCode } from "./pair-order.ts";

const path = "/pair";

/** The body is `{"code":"…"}`; one past this is not read. */
const bodyMax = 1_024;

/** Wrong guesses of one address that are told what was wrong: five, then five a minute. */
const wrongRate = { burst: 5, perSecond: 5 / 60 };
const remotesMax = 10_000;

export interface PairingParts {
  readonly redeem: (code: string) => Promise<Redeemed>;
  /** A sentence for the log: who was paired. */
  readonly say: (words: string) => void;
  /** A sentence about a wrong guess. */
  readonly note: (words: string, sign?: Sign) => void;
}

type Wrong =
  | "malformed"
  | "not-json"
  | "too-long"
  | "unknown"
  | "expired"
  | "used"
  | "too-many"
  | "storage";

interface Words {
  readonly status: number;
  readonly de: string;
  readonly en: string;
}

/** The page shows the sentence of its language, or one of its own for the word. */
const sentences: Readonly<Record<Wrong, Words>> = {
  "not-json": {
    status: 415,
    de: "Diese Anfrage ist kein JSON.",
    en: "This request is no JSON.",
  },
  malformed: {
    status: 400,
    de: "Das ist kein Code zum Verbinden. Bitte den QR-Code neu abfotografieren.",
    en: "This is no code for pairing. Please scan the QR code again.",
  },
  "too-long": {
    status: 413,
    de: "Diese Anfrage ist zu lang.",
    en: "This request is too long.",
  },
  unknown: {
    status: 403,
    de: "Dieser Code gilt nicht. Bitte einen neuen Code machen lassen.",
    en: "This code does not count. Please have a new code made.",
  },
  expired: {
    status: 410,
    de: "Dieser Code ist abgelaufen. Bitte einen neuen Code machen lassen.",
    en: "This code has expired. Please have a new code made.",
  },
  used: {
    status: 410,
    de: "Dieser Code wurde schon benutzt. Bitte einen neuen Code machen lassen.",
    en: "This code was used already. Please have a new code made.",
  },
  "too-many": {
    status: 429,
    de: "Zu viele falsche Codes. Bitte eine Minute warten.",
    en: "Too many wrong codes. Please wait a minute.",
  },
  storage: {
    status: 503,
    de: "Das Gateway kann gerade nichts speichern. Bitte später noch einmal versuchen.",
    en: "The gateway cannot store anything at the moment. Please try again later.",
  },
};

type Post = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

export function openPairing({ redeem, say, note }: PairingParts): Post {
  const wrongs = new Buckets(wrongRate, remotesMax);
  const pair = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const remote = remoteOf(request.socket.remoteAddress);
    const read = await codeIn(request);
    const done = read.ok ? await redeem(read.code) : read;
    if (done.ok) {
      say(`${done.client} was paired by the browser at ${remote}; its old credential is out`);
      answer(response, 200, { client: done.client, secret: done.secret });
      return;
    }
    const sign = done.why === "storage" ? "none" : "refused";
    note(`a code for pairing from ${remote} was refused: ${done.why}`, sign);
    const mayHear = done.why === "storage" || wrongs.take(remote, performance.now());
    const why = mayHear ? done.why : "too-many";
    const { status, de, en } = sentences[why];
    answer(response, status, { error: why, de, en });
  };
  return (asked, request, response) => {
    if (asked !== path) return false;
    pair(request, response).catch((thrown: unknown) => {
      note(`a request to pair was not handled: ${String(thrown)}`);
      response.destroy();
    });
    return true;
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      connection: "close",
    })
    .end(JSON.stringify(body));
}

type Code = { readonly ok: true; readonly code: string } | { readonly ok: false; why: Wrong };

/** Only JSON by name: a page of somebody else cannot send that without being asked for it. */
async function codeIn(request: IncomingMessage): Promise<Code> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) return { ok: false, why: "not-json" };
  const parts: Buffer[] = [];
  let bytes = 0;
  // The connection stays whole when the rest is not read: the answer goes out on it.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += part.length;
    if (bytes > bodyMax) return { ok: false, why: "too-long" };
    parts.push(Buffer.from(part));
  }
  try {
    const { code } = JSON.parse(Buffer.concat(parts).toString());
    return isCode(code) ? { ok: true, code } : { ok: false, why: "malformed" };
  } catch {
    return { ok: false, why: "malformed" };
  }
}
