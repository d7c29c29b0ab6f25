// @ts-check
/** Says what waits on the phone, and what the hub refused. */

/** @typedef {import("./acts.mjs").Act} Act */
/**
 * @typedef {object} Words
 * @property {Record<string, string>} phrases
 * @property {Record<string, Record<string, string>>} steps
 * @property {Record<string, string>} statuses
 * @property {string} locale
 * @property {string} time_zone
 */

/** @param {HTMLElement} list @param {Act[]} acts @param {number} pings @param {Words} words */
export function showWaiting(list, acts, pings, words) {
  const lines = acts.map((act) => waits(act, words));
  if (pings > 0) lines.push(words.phrases.waiting_pings.replace("{n}", String(pings)));
  list.hidden = lines.length === 0;
  if ([...list.children].map(({ textContent }) => textContent).join("\n") === lines.join("\n")) return;
  list.replaceChildren(...lines.map((line) => withText("li", line)));
}

/** @param {HTMLElement} place @param {Act} act @param {string | null} now its visit's status @param {Words} words */
export function showRefused(place, act, now, words) {
  if (act.kind !== "status") return;
  const phrase = now === null ? words.phrases.refused_gone : words.phrases.refused_status;
  const note = withText("p", fill(phrase, act, words).replace("{now}", words.statuses[now ?? ""] ?? ""));
  note.className = "notice";
  note.setAttribute("role", "alert");
  place.append(note);
}

/** @param {Act} act @param {Words} words */
function waits(act, words) {
  return act.kind === "status" ? fill(words.phrases.waiting_status, act, words) : words.phrases[`waiting_${act.kind}`];
}

/** @param {string} phrase @param {Act} act @param {Words} words */
function fill(phrase, act, { steps, locale, time_zone: timeZone }) {
  const time = new Date(act.at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone });
  const said = steps[act.from ?? ""]?.[act.status ?? ""] ?? act.status ?? "";
  return phrase
    .replace("{words}", () => said)
    .replace("{name}", () => act.name ?? "")
    .replace("{time}", () => time);
}

/** @param {string} tag @param {string} text */
function withText(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
