/** Asks the office of the care service. An answer, or a sentence for the person who asked. */
import { csrfHeader } from "../../protocol/care-http.ts";

/** What came of a request: the answer, or why there is none. */
export type Asked<Answer> =
  | { readonly ok: true; readonly value: Answer }
  | {
      readonly ok: false;
      /** HTTP status; 0 where no answer came. */
      readonly status: number;
      readonly why: string;
      /** A sentence for each fault of what was sent. */
      readonly faults: readonly string[];
    };

/** An office that does not answer in this time is not waited for. */
const patienceMs = 10_000;

async function failure(answer: Response): Promise<Asked<never>> {
  const body: unknown = await answer.json().catch(() => undefined);
  const told = typeof body === "object" && body !== null ? body : {};
  const why = "error" in told && typeof told.error === "string" ? told.error : answer.statusText;
  const faults = "faults" in told && Array.isArray(told.faults) ? told.faults.map(String) : [];
  return { ok: false, status: answer.status, why, faults };
}

/** One request. Never rejects. */
export async function ask<Answer>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Asked<Answer>> {
  try {
    const answer = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        [csrfHeader]: "1",
        // Sentences about what was sent come in the page's language, not the browser's.
        "accept-language": document.documentElement.lang,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) return await failure(answer);
    return { ok: true, value: (await answer.json()) as Answer };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, status: 0, why, faults: [] };
  }
}
