// @ts-check
/** The technician's page: shares the position as the technician wishes, and says so. */

import { stayAwake } from "./awake.mjs";
import { attempt, keepChoice, readChoice, wantsSharing } from "./choice.mjs";
import { isWorth, pingOf } from "./fixes.mjs";
import { Line } from "./line.mjs";
import { Queue } from "./queue.mjs";
import { stateOf } from "./state.mjs";
import { Watch } from "./watch.mjs";

/**
 * What the server hands over in the page's data block.
 *
 * @typedef {{ device: string, token: string, traveling: boolean, phrases: Record<string, string> }} Settings
 */

const SAVE_EVERY_MS = 5_000;
/** A page that was out of sight for longer may be out of date. */
const OLD_AFTER_MS = 60_000;
/** A second tap of a double press must not hit the next button of the page that the first one brought. */
const DEAF_MS = 500;
const PRESSED = "enroute.pressed";

/** @type {Settings} */
const settings = JSON.parse(document.getElementById("sharing-settings")?.textContent ?? "{}");
const box = /** @type {HTMLElement} */ (document.getElementById("sharing"));
const said = /** @type {HTMLElement} */ (box.querySelector("[data-words]"));
const store = attempt(() => localStorage) ?? sessionless();
const queue = new Queue(store, settings.device);

/** @type {import("./state.mjs").Known} */
const known = {
  choice: readChoice(store),
  traveling: settings.traveling,
  supported: isSecureContext && "geolocation" in navigator,
  fault: null,
  found: false,
  connected: false,
  waiting: queue.size,
  refused: false,
  badClock: false,
};
/** @type {number | null} */
let lastMs = null;

const line = new Line(
  new URL("/api/v1/pings", location.href).href.replace(/^http/, "ws"),
  settings.token,
  queue,
  { answered, changed: show, refused },
  {
    WebSocket,
    setTimeout: (act, delayMs) => setTimeout(act, delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    random: Math.random,
  },
);
const watch = new Watch(navigator.geolocation, { found, failed });

/** @param {GeolocationPosition} fix */
function found(fix) {
  known.fault = null;
  known.found = true;
  if (isWorth(lastMs, fix.timestamp)) {
    lastMs = fix.timestamp;
    queue.add(pingOf(fix));
    line.send();
  }
  show();
}

/** @param {"denied" | "no_position"} fault */
function failed(fault) {
  known.fault = fault;
  show();
}

/** @param {import("./line.mjs").Other[]} others */
function answered(others) {
  known.badClock = others.some(({ reasons }) => reasons.includes("future") || reasons.includes("ancient"));
  if (queue.size === 0 && !wanted()) line.stop();
  show();
}

function refused() {
  known.refused = true;
  follow();
}

function wanted() {
  return !known.refused && known.supported && wantsSharing(known.choice, known.traveling);
}

/** Starts and stops what the technician's wish asks for. */
function follow() {
  if (wanted()) watch.start();
  else watch.stop();
  if (!known.refused && (wanted() || queue.size > 0)) line.start();
  else line.stop();
  void stayAwake(wanted());
  show();
}

function show() {
  known.connected = line.connected;
  known.waiting = queue.size;
  const { key, look } = stateOf(known);
  const words = settings.phrases[key].replace("{n}", String(known.waiting));
  if (said.textContent !== words) said.textContent = words;
  box.dataset.state = look;
}

/** Offers the choice, and remembers it. */
function offerChoice() {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("input[name='share']"))) {
    input.checked = input.value === known.choice;
    input.addEventListener("change", () => {
      known.choice = /** @type {import("./choice.mjs").Choice} */ (input.value);
      keepChoice(store, known.choice);
      follow();
    });
  }
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[hidden]"))) part.hidden = false;
}

/** Apple's phones know no `geo:` addresses. */
function leadIntoMaps() {
  if (!/iPhone|iPad|Macintosh/.test(navigator.userAgent)) return;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-navigate]"))) {
    link.href = `maps:?daddr=${link.dataset.lat},${link.dataset.lon}`;
  }
}

/** Takes the place of a storage that the browser forbids. @returns {import("./choice.mjs").Store} */
function sessionless() {
  return { getItem: () => null, setItem: () => {}, removeItem: () => {} };
}

/** @param {SubmitEvent} event */
function pressed(event) {
  const lastMs = Number(attempt(() => sessionStorage.getItem(PRESSED)) ?? 0);
  if (Date.now() - lastMs < DEAF_MS) event.preventDefault();
  else attempt(() => sessionStorage.setItem(PRESSED, String(Date.now())));
}

/** @type {number | null} */
let hiddenAtMs = null;

function visibilityChanged() {
  if (document.hidden) {
    hiddenAtMs = Date.now();
    queue.save();
  } else if (hiddenAtMs !== null && Date.now() - hiddenAtMs > OLD_AFTER_MS) {
    location.reload();
  } else {
    follow(); // the browser gave the screen's lock back, and may have broken the line
  }
}

offerChoice();
leadIntoMaps();
follow();
setInterval(() => queue.save(), SAVE_EVERY_MS);
addEventListener("online", follow);
addEventListener("pagehide", () => queue.save());
document.addEventListener("visibilitychange", visibilityChanged);
document.addEventListener("submit", pressed);
