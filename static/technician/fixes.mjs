// @ts-check
/** Turns what the browser's Geolocation API tells into pings (the public contract, "Pings"). Pure. */

/**
 * @typedef {object} Ping
 * @property {number} lat
 * @property {number} lon
 * @property {string} at
 * @property {number | null} accuracy_m
 * @property {number | null} speed_mps
 * @property {number | null} heading_deg
 * @property {number | null} altitude_m
 * @property {number | null} battery 0 to 1
 * @property {string} id by which the hub knows a position that comes twice
 */

/** Some phones tell their position many times a second; nobody needs more than one. */
export const LEAST_APART_MS = 1_000;

/** @param {GeolocationPosition} fix @param {number | null} battery @param {string} id @returns {Ping} */
export function pingOf({ coords, timestamp }, battery, id) {
  return {
    lat: coords.latitude,
    lon: coords.longitude,
    at: new Date(timestamp).toISOString(),
    accuracy_m: known(coords.accuracy),
    speed_mps: known(coords.speed),
    heading_deg: known(coords.heading), // browsers tell NaN while the phone lies still
    altitude_m: known(coords.altitude),
    battery,
    id,
  };
}

/**
 * Tells whether a fix is worth a ping: newer than the last one by enough.
 *
 * @param {number | null} lastMs when the last one that was worth it was measured
 * @param {number} fixMs
 */
export function isWorth(lastMs, fixMs) {
  return lastMs === null || fixMs - lastMs >= LEAST_APART_MS;
}

/** @param {number | null} value */
function known(value) {
  return value === null || Number.isNaN(value) ? null : value;
}
