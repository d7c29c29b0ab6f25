// @ts-check
/** When a technician wants to share the position; remembered on the phone. Pure but for the storage passed in. */

/** @typedef {"way" | "always" | "never"} Choice */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

const NAME = "enroute.share";
/** What counts until somebody chooses. */
const DEFAULT = "way";

/** @param {Store} store @returns {Choice} */
export function readChoice(store) {
  const kept = attempt(() => store.getItem(NAME));
  return kept === "always" || kept === "never" ? kept : DEFAULT;
}

/** @param {Store} store @param {Choice} choice */
export function keepChoice(store, choice) {
  attempt(() => store.setItem(NAME, choice));
}

/**
 * Tells whether the position is to be shared now.
 *
 * @param {Choice} choice
 * @param {boolean} traveling to a customer, just now
 */
export function wantsSharing(choice, traveling) {
  return choice === "always" || (choice === "way" && traveling);
}

/**
 * Uses the browser's storage, which may be full or forbidden; then the page goes on without a memory.
 *
 * @template T
 * @param {() => T} use
 * @returns {T | null}
 */
export function attempt(use) {
  try {
    return use();
  } catch {
    return null;
  }
}
