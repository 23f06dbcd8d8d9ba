// Lets the page open without the network: then it says the truth, that the home is not reached.
// The newest page wins whenever the home answers soon; files are named by their content.
const cacheName = "tablet";
const page = "/tablet/";
const answerWithinMs = 2_000;
// All of its files: a home that goes silent between two of them must not keep a kept page waiting.
const filesWithinMs = 8_000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Keeps a page together with every file that it names, or keeps nothing of it. */
async function keepPage(answer) {
  const html = answer ?? (await fetch(page, { cache: "no-store" }));
  if (!html.ok) throw new Error(`the page answered ${html.status}`);
  const text = await html.clone().text();
  const files = [...text.matchAll(/(?:src|href)="(\/tablet\/[^"]+)"/g)].map((hit) => hit[1]);
  const cache = await caches.open(cacheName);
  const missing = [];
  for (const file of files) if ((await cache.match(file)) === undefined) missing.push(file);
  await cache.addAll(missing);
  await cache.put(page, html.clone());
  const kept = new Set([page, ...files].map((path) => new URL(path, self.location.origin).href));
  for (const request of await cache.keys()) {
    if (!kept.has(request.url)) await cache.delete(request);
  }
}

const tooLate = () =>
  new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), filesWithinMs));

async function openPage() {
  const cache = await caches.open(cacheName);
  let answer;
  try {
    answer = await fetch(page, {
      cache: "no-store",
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
    await Promise.race([keepPage(answer.clone()).catch(() => undefined), tooLate()]);
    return answer;
  } catch (unreachable) {
    const kept = (await cache.match(page)) ?? answer;
    if (kept === undefined) throw unreachable;
    return kept;
  }
}

async function file(request) {
  const cache = await caches.open(cacheName);
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage());
  else if (url.pathname.startsWith(page)) event.respondWith(file(request));
});
