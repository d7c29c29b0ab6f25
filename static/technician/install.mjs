// @ts-check
/** Installs the service worker, which opens the page without a connection, and follows its updates. */

/** @type {ServiceWorkerRegistration | null} */
let registration = null;

export async function install() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let controlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    if (controlled && workers.controller) location.reload(); // a newer version took over, with a page of its own
    controlled = workers.controller !== null; // signing out takes it away
  });
  registration = await workers
    .register("/tech/worker.js", { scope: "/tech", updateViaCache: "none" })
    .catch(() => null); // forbidden: then the page works with a connection only
}

/** Looks for a newer version now. */
export async function update() {
  await registration?.update().catch(() => {});
}
