// @ts-check
/** How full the battery is, where the browser tells. */

/** @type {{ level: number } | null} */
let battery = null;

/** Begins to know; before and without it `charge` is null. */
export async function knowBattery() {
  const told = /** @type {any} */ (navigator).getBattery?.();
  battery = (await told?.catch(() => null)) ?? null; // forbidden in frames and by some browsers
}

/** @returns {number | null} 0 to 1 */
export function charge() {
  return battery?.level ?? null;
}
