/** Short messages and calls through any provider that takes a signed HTTP request. */
import type { WebhookSettings } from "../office/mail.ts";
import { signedHeaders } from "./signature.ts";
import { type Sent, type Telling, type Way, wordsOf } from "./way.ts";
import { shortText, spokenText } from "./words.ts";

/** An answer is a few words; more is not read. */
const answerBytesMax = 16_384;

/** The provider is busy or broken; the same request may do later. */
const passing = new Set([408, 409, 425, 429]);

function bodyOf(telling: Telling): string {
  const { id, way, address, name, language, drill, repeat } = telling;
  const common = { id, kind: way, to: address, name, language, drill, repeat };
  if (way !== "voice") return JSON.stringify({ ...common, text: shortText(telling) });
  return JSON.stringify({
    ...common,
    say: spokenText(telling),
    /** Keys of the telephone; the receipt says `accepted` or `declined`. */
    keys: { "1": "accepted", "2": "declined" },
  });
}

async function isDelivered(response: Response): Promise<boolean> {
  if (Number(response.headers.get("content-length") ?? 0) > answerBytesMax) return false;
  try {
    const answer: unknown = JSON.parse((await response.text()).slice(0, answerBytesMax));
    return typeof answer === "object" && answer !== null
      ? Reflect.get(answer, "stage") === "delivered"
      : false;
  } catch {
    return false;
  }
}

async function post(settings: WebhookSettings, telling: Telling, signal: AbortSignal) {
  const body = bodyOf(telling);
  const response = await fetch(settings.url, {
    method: "POST",
    body,
    signal,
    redirect: "error",
    headers: {
      "content-type": "application/json",
      "idempotency-key": telling.id,
      ...signedHeaders(settings.secret, body, Date.now()),
    },
  });
  const { status, ok } = response;
  if (ok) return { ok, stage: (await isDelivered(response)) ? "delivered" : "sent" } as const;
  await response.body?.cancel();
  const end = status >= 500 || passing.has(status) ? "again" : "final";
  return { ok: false, why: `the provider answered ${status}`, end } as const;
}

/** The same id goes with every try of a message: the provider drops what it has. */
export function webhookWay(settings: WebhookSettings): Way {
  return {
    atOnce: 16,
    dropsCopies: true,
    async send(telling, signal): Promise<Sent> {
      try {
        return await post(settings, telling, signal);
      } catch (thrown) {
        return { ok: false, why: wordsOf(thrown), end: "again" };
      }
    },
  };
}
