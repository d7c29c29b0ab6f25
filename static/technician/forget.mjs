// @ts-check
/** Loaded by the page of a phone that is not enrolled: whatever was kept here for a technician goes. */

const PREFIX = "enroute-technician";

async function forget() {
  indexedDB.deleteDatabase(PREFIX);
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
  const names = "caches" in globalThis ? await caches.keys() : [];
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => caches.delete(name)));
  document.documentElement.dataset.forgotten = "";
}

await forget();
