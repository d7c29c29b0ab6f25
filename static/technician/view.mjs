// @ts-check
/** Puts on the page what is known: sharing, what customers see, what waits, and the day. */

import { showDay } from "./card.mjs";
import { showWaiting } from "./notes.mjs";
import { seenOf, stateOf } from "./state.mjs";

/**
 * @typedef {object} Facts
 * @property {import("./state.mjs").Known} known
 * @property {{ reachable: boolean, state: import("./poll.mjs").State | null }} hub
 * @property {import("./acts.mjs").Act[]} acts that wait
 * @property {import("./day.mjs").Visit[]} visits with what waits counted in
 */

/** @param {Facts} facts @param {any} settings of the page */
export function showSharing({ known, hub, acts, visits }, settings) {
  const box = /** @type {HTMLElement} */ (document.getElementById("sharing"));
  const { key, look } = stateOf(known);
  put(box, "[data-words]", settings.phrases[key]);
  box.dataset.state = look;
  const seen = seenOf({ traveling: known.traveling, reachable: hub.reachable, seen: hub.state?.seen ?? null });
  const looking = known.traveling && hub.reachable ? (hub.state?.looking_words ?? "") : "";
  put(box, "[data-seen]", `${settings.phrases[seen]} ${looking}`.trim());
  /** @type {HTMLElement} */ (document.getElementById("offline")).hidden = hub.reachable;
  const pings = hub.reachable && known.connected ? 0 : known.waiting; // with a connection they are gone in a moment
  showWaiting(/** @type {HTMLElement} */ (box.querySelector("[data-waiting]")), acts, pings, settings);
  showDay(visits, settings);
}

/** @param {HTMLElement} box @param {string} where @param {string} text */
function put(box, where, text) {
  const place = box.querySelector(where);
  if (place && place.textContent !== text) place.textContent = text;
}
