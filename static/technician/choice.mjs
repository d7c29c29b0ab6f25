// @ts-check
/** When a technician wants to share the position; remembered on the phone until they sign out. */

/** @typedef {"way" | "always" | "never"} Choice */

const NAME = "choice";
/** What counts until somebody chooses. */
const DEFAULT = "way";

/** @param {import("./kept.mjs").Kept} kept @returns {Promise<Choice>} */
export async function readChoice(kept) {
  const found = (await kept.all("facts")).find(({ key }) => key === NAME)?.value;
  return found === "always" || found === "never" ? found : DEFAULT;
}

/** @param {import("./kept.mjs").Kept} kept @param {Choice} choice */
export async function keepChoice(kept, choice) {
  await kept.put("facts", choice, NAME);
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
