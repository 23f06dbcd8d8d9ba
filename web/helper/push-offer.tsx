/** Offers to be woken by the phone itself next time. Never asked for before somebody wants it. */
import { useState } from "preact/hooks";
import { ask } from "../common/api.ts";
import type { Speech } from "./speech.ts";

export interface PushOfferParts {
  readonly speech: Speech;
  readonly token: string;
  /** VAPID public key, base64url; empty where the care service has no push. */
  readonly publicKey: string;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

async function subscribe(token: string, publicKey: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const registration = await navigator.serviceWorker.register("/helper/service-worker.js", {
    // The pages behind links, such as this one: of another scope it would never be ready here.
    scope: "/h/",
  });
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(publicKey),
  });
  const { endpoint, keys } = subscription.toJSON();
  const path = `/api/helper/${encodeURIComponent(token)}/push`;
  return (await ask("POST", path, { endpoint, keys })).ok;
}

export function PushOffer({ speech, token, publicKey }: PushOfferParts) {
  const { own } = speech;
  const [result, setResult] = useState<"none" | "on" | "refused">("none");
  const isPossible = publicKey !== "" && "serviceWorker" in navigator && "PushManager" in window;
  if (!isPossible) return null;
  if (result === "on") return <p class="hint">{own.pushOn}</p>;
  const want = async (): Promise<void> => {
    const on = await subscribe(token, publicKey).catch(() => false);
    setResult(on ? "on" : "refused");
  };
  return (
    <p class="push">
      <button type="button" onClick={() => void want()}>
        {own.pushOffer}
      </button>
      {result === "refused" ? <span role="alert">{own.pushRefused}</span> : null}
    </p>
  );
}
