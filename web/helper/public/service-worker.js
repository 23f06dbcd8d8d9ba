// Wakes the phone. What it shows was written by the care service; the phone's own word that it was
// shown is the receipt by which the chain knows that somebody could be reached.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const message = event.data?.json() ?? {};
  const url = String(message.url ?? "");
  const token = url.split("/").filter(Boolean).at(-1) ?? "";
  const shown = self.registration.showNotification(String(message.title ?? "Obhut"), {
    body: String(message.body ?? ""),
    tag: String(message.id ?? "obhut"),
    renotify: true,
    requireInteraction: true,
    vibrate: [400, 200, 400, 200, 400],
    data: { url },
  });
  const told = shown.then(() =>
    token === ""
      ? undefined
      : fetch(`/api/helper/${encodeURIComponent(token)}/delivered`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-obhut": "1" },
          body: "{}",
        }).catch(() => undefined),
  );
  event.waitUntil(told);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  // Only a page of this care service is ever opened from here.
  const target = new URL(url, self.location.origin);
  if (target.origin === self.location.origin) {
    event.waitUntil(self.clients.openWindow(target.href));
  }
});
