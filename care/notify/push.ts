/**
 * Web push (RFC 8030) to the helper's phone, encrypted to it (RFC 8291), signed by VAPID (RFC
 * 8292).
 */
import { type Agent, request } from "node:https";
import type { Kysely } from "kysely";
import webpush from "web-push";
import { secretOf } from "../office/tokens.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";
import { type Sent, type Telling, type Way, wordsOf } from "./way.ts";
import { askText, sentenceOf } from "./words.ts";

/**
 * Push services of the browsers in use. A helper's browser names the address that we then send to:
 * only these, and what the configuration adds, are believed.
 */
const knownServices: readonly string[] = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  "web.push.apple.com",
  ".notify.windows.com",
];

/** After this a push is no help any more; the chain has gone on long before. */
const keptForSeconds = 3_600;

/** Phones of one person. */
export const phonesMax = 10;

export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

type Row = TableOf<"push_subscriptions">;

/** Made once; with new ones every phone would have to subscribe again. */
export async function vapidKeys(db: Kysely<CareDatabase>): Promise<VapidKeys> {
  const text = await secretOf(db, "vapid", () => JSON.stringify(webpush.generateVAPIDKeys()));
  return JSON.parse(text) as VapidKeys;
}

/** Whether an address is one of a push service, so that nobody makes us knock anywhere else. */
export function isPushService(endpoint: string, more: readonly string[] = []): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== "https:" || url.username !== "") return false;
  return [...knownServices, ...more].some((service) =>
    service.startsWith(".") ? url.hostname.endsWith(service) : url.hostname === service,
  );
}

interface Details {
  readonly endpoint: string;
  readonly method: string;
  readonly headers: Record<string, string | number>;
  readonly body: Buffer;
}

function post(details: Details, signal: AbortSignal, agent: Agent | undefined): Promise<number> {
  const { endpoint, method, headers, body } = details;
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, ...(agent === undefined ? {} : { agent }) };
    const outgoing = request(endpoint, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export interface PushParts {
  readonly db: Kysely<CareDatabase>;
  readonly keys: VapidKeys;
  readonly subject: string;
  readonly services: readonly string[];
  /** For a push service of one's own with a certificate of its own. */
  readonly agent?: Agent;
}

/** Gone: the person has withdrawn the permission, and this address never works again. */
const gone = new Set([404, 410]);

async function sendTo(parts: PushParts, row: Row, telling: Telling, signal: AbortSignal) {
  const { endpoint, p256dh, auth } = row;
  const { id, link } = telling;
  const [title, body] = [sentenceOf(telling), askText(telling)];
  const payload = JSON.stringify({ id, title, body, url: link });
  const { publicKey, privateKey } = parts.keys;
  const details = webpush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
    vapidDetails: { subject: parts.subject, publicKey, privateKey },
    TTL: keptForSeconds,
    urgency: "high",
  });
  return await post(details as unknown as Details, signal, parts.agent);
}

async function trySend(parts: PushParts, row: Row, telling: Telling, signal: AbortSignal) {
  try {
    const status = await sendTo(parts, row, telling, signal);
    if (gone.has(status)) {
      await parts.db.deleteFrom("push_subscriptions").where("n", "=", row.n).execute();
    }
    return status >= 200 && status < 300 ? "" : `the push service answered ${status}`;
  } catch (thrown) {
    return wordsOf(thrown);
  }
}

/** To every phone of the person; one that takes it is enough. */
export function pushWay(parts: PushParts): Way {
  return {
    atOnce: 16,
    dropsCopies: true,
    async send(telling, signal): Promise<Sent> {
      const rows = await parts.db
        .selectFrom("push_subscriptions")
        .selectAll()
        .where("home", "=", telling.home)
        .where("party", "=", telling.party)
        .orderBy("n", "desc")
        .limit(phonesMax)
        .execute();
      const phones = rows.filter(({ endpoint }) => isPushService(endpoint, parts.services));
      if (phones.length === 0) {
        return { ok: false, why: "no phone of this person takes pushes", end: "final" };
      }
      const faults = await Promise.all(phones.map((row) => trySend(parts, row, telling, signal)));
      if (faults.includes("")) return { ok: true, stage: "sent" };
      return { ok: false, why: faults.join("; "), end: "again" };
    },
  };
}
