// @ts-check
/**
 * The service worker: opens the page without a connection. The hub writes `self.shell` before this text.
 *
 * One cache holds one version: its program, and the last page that was made for it. So nothing is ever mixed.
 */

const PREFIX = "enroute-technician-";
const PAGE = "/tech";
/** With one bar of signal a page that is kept is better than one that may come. */
const PATIENCE_MS = 4_000;

/** @type {any} */
const worker = self;
/** @type {{ version: string, urls: string[] }} */
const shell = worker.shell;
const CACHE = PREFIX + shell.version;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === PAGE) event.respondWith(request.mode === "navigate" ? open(event) : fromHub(request));
  else if (shell.urls.includes(url.pathname + url.search)) event.respondWith(kept(request));
});

/** All or nothing: a part that is missing, or of another version, and the worker before this one goes on. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(shell.urls);
  const page = await fetch(PAGE, { headers: { Accept: "text/html" } });
  if (page.status !== 401 && !(page.ok && isMine(page))) throw new Error("the hub is being updated");
  await keep(page);
  await worker.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Opens the page: the hub's, or the last one where the hub does not answer. @param {any} event */
async function open(event) {
  const last = await (await caches.open(CACHE)).match(PAGE, { ignoreVary: true });
  const fresh = fromHub(event.request);
  if (!last) return fresh;
  event.waitUntil(fresh.catch(() => {})); // it may still come, and is then kept
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const first = await Promise.race([fresh.catch(() => null), late]);
  return first && first.status < 500 ? first : last;
}

/** @param {Request} request */
async function fromHub(request) {
  const page = await fetch(request);
  await keep(page);
  return page;
}

/** Keeps a page of this version; forgets the last one where nobody is signed in. @param {Response} page */
async function keep(page) {
  const cache = await caches.open(CACHE);
  if (page.status === 401) await cache.delete(PAGE);
  else if (page.ok && !page.redirected && isMine(page)) await cache.put(PAGE, page.clone());
  else if (page.ok && !isMine(page)) void worker.registration.update();
}

/** @param {Response} page */
function isMine(page) {
  return page.headers.get("X-Shell") === shell.version;
}

/** @param {Request} request */
async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
