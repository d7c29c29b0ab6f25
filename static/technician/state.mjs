// @ts-check
/** What the page says about sharing, in one sentence. Pure. */

import { wantsSharing } from "./choice.mjs";

/**
 * @typedef {object} Known
 * @property {import("./choice.mjs").Choice} choice
 * @property {boolean} traveling to a customer, just now
 * @property {boolean} supported the browser can tell positions here
 * @property {"denied" | "no_position" | null} fault why there is no position
 * @property {boolean} found a position was found since the page was opened
 * @property {boolean} connected
 * @property {number} waiting positions that the hub has not acknowledged
 * @property {boolean} refused the hub no longer knows this phone
 * @property {boolean} badClock the hub cannot use this phone's times
 * @property {boolean} tracked positions may be taken at this hour
 * @property {boolean} first no other tab of this browser shares
 */
/** @typedef {{ key: string, look: "on" | "off" | "trouble" }} Said */

/**
 * The worst thing first: what the technician can do something about.
 *
 * @param {Known} known
 * @returns {Said}
 */
export function stateOf(known) {
  const { choice, traveling } = known;
  if (known.refused) return { key: "refused", look: "trouble" };
  if (choice === "never") return { key: traveling ? "off_traveling" : "off", look: "off" };
  if (!wantsSharing(choice, traveling)) return { key: "way_waiting", look: "off" };
  if (!known.tracked) return { key: "off_hours", look: "off" };
  if (!known.first) return { key: "other_tab", look: "on" };
  const trouble = troubleOf(known);
  if (trouble) return { key: trouble, look: "trouble" };
  if (!known.found) return { key: "connecting", look: "off" };
  return { key: choice === "always" ? "always_sharing" : "way_sharing", look: "on" };
}

/** @param {Known} known @returns {string | null} */
function troubleOf({ supported, fault, badClock, connected, waiting }) {
  if (!supported) return "unsupported";
  if (fault === "denied") return "denied";
  if (!connected && waiting > 0) return "no_signal";
  if (badClock) return "clock";
  return fault;
}

/**
 * What customers see, as the hub last said; without a connection nothing is promised.
 *
 * @param {{ traveling: boolean, reachable: boolean, seen: import("./poll.mjs").State["seen"] | null }} known
 */
export function seenOf({ traveling, reachable, seen }) {
  if (!traveling) return "seen_no";
  if (!reachable) return "seen_unknown";
  return seen === null || seen === "no" ? "seen_lost" : `seen_${seen}`;
}
