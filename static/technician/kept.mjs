// @ts-check
/** What the phone keeps until the hub has it: in the browser's database, or in memory where a browser forbids that. */

/** @typedef {"pings" | "acts" | "facts"} Name */
/** @typedef {{ key: any, value: any }} Item */
/**
 * @typedef {object} Kept
 * @property {(name: Name) => Promise<Item[]>} all by key
 * @property {(name: Name, value: any, key?: number | string) => Promise<any>} put gives the key, the next number without one
 * @property {(name: Name, keys: any[]) => Promise<void>} remove
 */

export const DATABASE = "enroute-technician";
/** @type {Name[]} */
const NAMES = ["pings", "acts", "facts"];

/**
 * Opens what is kept for this device; what was kept for another technician's is thrown away first.
 *
 * @param {IDBFactory | undefined} factory
 * @param {string} device
 * @returns {Promise<Kept>}
 */
export async function openKept(factory, device) {
  try {
    const kept = inDatabase(await opened(/** @type {IDBFactory} */ (factory)));
    const owner = (await kept.all("facts")).find(({ key }) => key === "device")?.value;
    if (owner !== device) await handOver(kept, device);
    return kept;
  } catch {
    return inMemory(); // private windows of some browsers
  }
}

/** @param {Kept} kept @param {string} device */
async function handOver(kept, device) {
  for (const name of NAMES) await kept.remove(name, (await kept.all(name)).map(({ key }) => key));
  await kept.put("facts", device, "device");
}

/** @returns {Kept} */
export function inMemory() {
  const stores = new Map(NAMES.map((name) => [name, new Map()]));
  const store = (/** @type {Name} */ name) => /** @type {Map<any, any>} */ (stores.get(name));
  let last = 0;
  return {
    all: async (name) => [...store(name)].map(([key, value]) => ({ key, value })),
    put: async (name, value, key = last + 1) => {
      if (typeof key === "number") last = Math.max(last, key);
      store(name).set(key, value);
      return key;
    },
    remove: async (name, keys) => keys.forEach((key) => store(name).delete(key)),
  };
}

/** @param {IDBDatabase} database @returns {Kept} */
function inDatabase(database) {
  return {
    async all(name) {
      const store = database.transaction(name).objectStore(name);
      const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
      return keys.map((key, index) => ({ key, value: values[index] }));
    },
    put: (name, value, key) => answer(database.transaction(name, "readwrite").objectStore(name).put(value, key)),
    remove(name, keys) {
      const transaction = database.transaction(name, "readwrite");
      keys.forEach((key) => transaction.objectStore(name).delete(key));
      return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}

/** @param {IDBFactory} factory @returns {Promise<IDBDatabase>} */
async function opened(factory) {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    for (const name of NAMES) request.result.createObjectStore(name, { autoIncrement: name !== "facts" });
  };
  const database = await answer(request);
  database.onversionchange = () => database.close(); // signed out in another tab
  return database;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
