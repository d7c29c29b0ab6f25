// @ts-check
/** Shows the day as it stands with what waits on this phone, on top of what the hub has written. */

import { currentOf } from "./day.mjs";

/** @typedef {import("./day.mjs").Visit} Visit */
/**
 * @typedef {object} Words
 * @property {Record<string, string>} main_step
 * @property {Record<string, string[]>} side_steps
 * @property {Record<string, Record<string, string>>} steps what a button says, by status and the next one
 * @property {Record<string, string>} statuses
 */

/** @param {Visit[]} visits with what waits counted in @param {Words} words */
export function showDay(visits, words) {
  const current = currentOf(visits);
  showCard(current, words);
  for (const visit of visits) showRow(visit, words, visit === current);
  const main = /** @type {HTMLElement} */ (document.getElementById("main-step"));
  const step = current && words.main_step[current.status];
  if (!current || !step) main.replaceChildren();
  else if (!shows(main, current, [step])) main.replaceChildren(form(current, step, words, "button-large"));
}

/** @param {Visit | null} current @param {Words} words */
function showCard(current, words) {
  const day = /** @type {HTMLElement} */ (document.getElementById("day"));
  const nothing = /** @type {HTMLElement} */ (day.querySelector("[data-nothing]"));
  nothing.hidden = current !== null;
  let card = /** @type {HTMLElement | null} */ (day.querySelector("[data-card]"));
  if (card?.dataset.card !== current?.booking) {
    card?.remove();
    card = current && takeCard(day, current.booking);
    if (card) nothing.before(card);
  }
  if (!card || !current) return;
  card.dataset.status = current.status;
  put(card.querySelector("[data-status-words]"), words.statuses[current.status]);
  const side = /** @type {HTMLElement} */ (card.querySelector(".side-steps"));
  const steps = words.side_steps[current.status] ?? [];
  if (!shows(side, current, steps)) side.replaceChildren(...steps.map((step) => form(current, step, words, "button-quiet")));
}

/** @param {HTMLElement} day @param {string} booking @returns {HTMLElement | null} */
function takeCard(day, booking) {
  const template = /** @type {HTMLTemplateElement | null} */ (day.querySelector(`[data-card-of="${booking}"]`));
  return /** @type {HTMLElement | null} */ (template?.content.firstElementChild?.cloneNode(true) ?? null);
}

/** @param {Visit} visit @param {Words} words @param {boolean} large it is the card */
function showRow(visit, words, large) {
  const row = /** @type {HTMLElement | null} */ (document.querySelector(`[data-row="${visit.booking}"]`));
  if (!row) return;
  row.hidden = large;
  const badge = /** @type {HTMLElement} */ (row.querySelector(".badge"));
  badge.dataset.status = visit.status;
  put(badge, words.statuses[visit.status]);
  const old = row.querySelector(".step");
  const step = words.main_step[visit.status];
  if (old && !step) old.remove();
  else if (old && !shows(/** @type {HTMLElement} */ (old.parentElement), visit, [step])) old.replaceWith(form(visit, step, words, ""));
}

/** Tells whether these buttons are there already: a button that is replaced loses its focus. @param {HTMLElement} place @param {Visit} visit @param {string[]} steps */
function shows(place, visit, steps) {
  const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (place.querySelectorAll(".step button"))];
  const same = buttons.every((button) => button.form?.dataset.booking === visit.booking && button.form.dataset.from === visit.status);
  return same && buttons.map(({ value }) => value).join() === steps.join();
}

/** @param {Visit} visit @param {string} step @param {Words} words @param {string} looks */
function form(visit, step, words, looks) {
  const made = document.createElement("form");
  made.className = "step";
  made.method = "post"; // never sent as a form: its script sends it
  made.dataset.booking = visit.booking;
  made.dataset.from = visit.status;
  const button = document.createElement("button");
  button.className = `button ${looks}`;
  button.name = "status";
  button.value = step;
  button.textContent = words.steps[visit.status][step];
  made.append(button);
  return made;
}

/** @param {Element | null} place @param {string} text */
function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
