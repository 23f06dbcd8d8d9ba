/** What providers say of messages that they were given. */
import { type Receipts, receiptsSchema } from "../../protocol/care-api.ts";
import { parseJson } from "../../protocol/parse.ts";
import { SignatureCheck, signatureHeader, timestampHeader } from "../notify/signature.ts";
import type { OfficeParts } from "./parts.ts";
import { notYours, Refusal } from "./refusal.ts";
import type { Ask, Handlers } from "./route.ts";
import { textOf } from "./server.ts";

type Receipt = Receipts["receipts"][number];

const refused = {
  forged: "the signature is wrong",
  old: "the time of the signature is more than five minutes from now",
  replayed: "this was taken already",
} as const;

function header({ request }: Ask, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

function secretOf({ settings }: OfficeParts, way: string): string {
  const provider = way === "sms" || way === "voice" ? settings.notify[way] : null;
  if (provider === null) throw notYours("way of this name");
  return provider.secret;
}

/** A key pressed at the telephone is the person's answer, like a tap on the helper's page. */
async function answerByKey(parts: OfficeParts, id: string, kind: "accept" | "decline") {
  const row = await parts.db
    .selectFrom("tellings")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return;
  const by = { id: row.party, name: row.name };
  const request = { kind, alarmId: row.alarm, by };
  await parts.core.ask({ home: row.home, account: by, kind: "alarm", request });
}

async function take(parts: OfficeParts, way: string, receipt: Receipt): Promise<boolean> {
  const { id, stage, why } = receipt;
  if (!id.endsWith(`/${way}`)) return false;
  try {
    if (stage === "accepted") await answerByKey(parts, id, "accept");
    if (stage === "declined") await answerByKey(parts, id, "decline");
  } catch (thrown) {
    // Closed meanwhile: the key changes nothing. No answer of the core: the provider says it again.
    if (!(thrown instanceof Refusal) || thrown.status !== 409) throw thrown;
    return false;
  }
  const error = stage === "failed" ? { error: why ?? "the provider gave up" } : {};
  return (await parts.notifier.advance(id, { stage, now: parts.wall(), ...error })) !== undefined;
}

async function receipts(parts: OfficeParts, check: SignatureCheck, ask: Ask) {
  const way = ask.param("way");
  const secret = secretOf(parts, way);
  const signed = {
    timestamp: header(ask, timestampHeader),
    signature: header(ask, signatureHeader),
    body: textOf(ask.request),
  };
  const verdict = check.check(secret, signed, parts.wall());
  if (verdict !== "good") throw new Refusal(verdict === "replayed" ? 409 : 401, refused[verdict]);
  const read = parseJson(receiptsSchema, signed.body);
  if (!read.ok) throw new Refusal(400, read.why);
  let news = 0;
  try {
    for (const receipt of read.value.receipts) if (await take(parts, way, receipt)) news += 1;
  } catch (thrown) {
    check.forget(signed);
    throw thrown;
  }
  return { taken: read.value.receipts.length, news };
}

export function receiptRoutes(parts: OfficeParts): Handlers {
  const check = new SignatureCheck();
  return { "POST /api/receipts/:way": (ask) => receipts(parts, check, ask) };
}
