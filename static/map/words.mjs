// @ts-check
/**
 * The facts of a visit in words. Pure, and the twin of `hub/web/visit_words.py`: the same phrases, which
 * come translated from the server, and the same rules, so that a page does not change its mind when script
 * takes over.
 */

import { distanceM } from "./route.mjs";

/** @typedef {import("./messages.mjs").State} State */
/** @typedef {import("./messages.mjs").Window} Window */
/** @typedef {Record<string, string>} Phrases */
/** @typedef {{ phrases: Phrases, locale: string, timeZone: string }} Language */
/**
 * @typedef {object} Words null: nothing to say
 * @property {string} headline
 * @property {string} status
 * @property {string} windowDate
 * @property {string} windowRange
 * @property {string | null} distance
 * @property {string | null} area where only an area is shown
 * @property {string | null} freshness
 * @property {string | null} confidence
 * @property {string | null} late
 * @property {string | null} stops
 */

const MINUTE_MS = 60_000;
/** An accuracy from which on a position is told in whole kilometres and drawn as a circle. */
const AREA_FROM_M = 500;

/**
 * Says a phrase with its blanks filled in.
 *
 * @param {Phrases} phrases
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
export function say(phrases, key, values = {}) {
  return phrases[key].replace(/\{(\w+)\}/g, (_blank, name) => values[name]);
}

/**
 * Says everything about the visit.
 *
 * @param {State} state
 * @param {number} nowMs by the server's clock
 * @param {Language} language
 * @returns {Words}
 */
export function words(state, nowMs, language) {
  const { visit, eta, freshness } = state;
  const { phrases, locale } = language;
  const traveling = visit.status === "traveling";
  return {
    headline: headline(state, language),
    status: say(phrases, `status_${visit.status}`),
    windowDate: date(visit.window.earliest, language),
    windowRange: timeRange(visit.window, language),
    distance: traveling && state.position ? away(state, language) : null,
    area: traveling && isArea(state.position) ? say(phrases, "area") : null,
    freshness: traveling && !state.paused && state.technician !== null ? seen(freshness, state.last_seen_at, nowMs, language) : null,
    confidence: traveling && eta ? say(phrases, "confidence", { percent: percent(eta.confidence, locale) }) : null,
    late: isLate(state, nowMs) ? say(phrases, "late", { range: timeRange(visit.window, language) }) : null,
    stops: traveling && state.stops_before > 0 ? number(state.stops_before, locale, 0) : null,
  };
}

/** @param {State} state @param {Language} language */
function headline({ visit, eta }, language) {
  const { phrases } = language;
  if (visit.status === "traveling" && eta) return say(phrases, "arriving", { range: timeRange(eta, language) });
  if (visit.status !== "scheduled") return say(phrases, `headline_${visit.status}`);
  const day = date(visit.window.earliest, language);
  return say(phrases, "headline_scheduled", { date: day, range: timeRange(visit.window, language) });
}

/**
 * Tells whether the visit is later than promised: the estimate lies past the promised window, or the window
 * has passed and nobody has come.
 *
 * @param {State} state
 * @param {number} nowMs
 */
export function isLate({ visit, eta }, nowMs) {
  if (visit.status !== "traveling" && visit.status !== "scheduled") return false;
  const expectedMs = visit.status === "traveling" && eta ? Date.parse(eta.at) : nowMs;
  return expectedMs >= Date.parse(visit.window.latest);
}

/** @param {State} state @param {Language} language */
function away({ position, visit }, { phrases, locale }) {
  if (!position) return null;
  const metres = distanceM([position.lon, position.lat], [visit.lon, visit.lat]);
  if (isArea(position)) return say(phrases, "away", { distance: wholeKilometres(metres, phrases, locale) });
  return say(phrases, "away", { distance: distance(metres, phrases, locale) });
}

/**
 * Tells whether a position is only an area: it is vaguer than any phone that is believed, or made so on purpose.
 *
 * @param {import("./messages.mjs").Position | null} position
 */
export function isArea(position) {
  return position !== null && (position.accuracy_m ?? 0) >= AREA_FROM_M;
}

/** @param {number} metres @param {Phrases} phrases @param {string} locale */
function wholeKilometres(metres, phrases, locale) {
  return say(phrases, "kilometres", { n: number(Math.max(1, Math.round(metres / 1_000)), locale, 0) });
}

/**
 * Says a distance as precisely as it matters: 50 m steps below a kilometre, then tenths, then kilometres.
 *
 * @param {number} metres
 * @param {Phrases} phrases
 * @param {string} locale
 */
export function distance(metres, phrases, locale) {
  if (metres < 975) return say(phrases, "metres", { n: number(Math.max(50, Math.round(metres / 50) * 50), locale, 0) });
  return say(phrases, "kilometres", { n: number(metres / 1_000, locale, metres < 9_950 ? 1 : 0) });
}

/**
 * Says how old the newest position is.
 *
 * @param {import("./messages.mjs").Freshness} freshness
 * @param {string | null} lastSeenAt
 * @param {number} nowMs
 * @param {Language} language
 */
export function seen(freshness, lastSeenAt, nowMs, { phrases, locale }) {
  if (lastSeenAt === null) return say(phrases, "not_seen");
  const ageText = age((nowMs - Date.parse(lastSeenAt)) / 1_000, phrases, locale);
  return say(phrases, freshness === "lost" ? "last_seen" : "updated", { age: ageText });
}

/**
 * Says a length of time by its largest unit, rounded down.
 *
 * @param {number} seconds
 * @param {Phrases} phrases
 * @param {string} locale
 */
export function age(seconds, phrases, locale) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return say(phrases, "seconds", { n: number(s, locale, 0) });
  if (s < 3_600) return say(phrases, "minutes", { n: number(Math.floor(s / 60), locale, 0) });
  return say(phrases, "hours", { n: number(Math.floor(s / 3_600), locale, 0) });
}

/**
 * Says a range of times of day in the visit's zone, rounded outwards to whole minutes.
 *
 * @param {Window} window
 * @param {Language} language
 */
export function timeRange({ earliest, latest }, { locale, timeZone }) {
  const format = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  const from = Math.floor(Date.parse(earliest) / MINUTE_MS) * MINUTE_MS;
  const until = Math.ceil(Date.parse(latest) / MINUTE_MS) * MINUTE_MS;
  // A time and its half of the day belong on one line.
  return `${format.format(from)}–${format.format(until)}`.replaceAll(" ", "\u00a0");
}

/**
 * Says a day in the visit's zone, such as Monday 23 November.
 *
 * @param {string} at
 * @param {Language} language
 */
export function date(at, { locale, timeZone }) {
  const format = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone });
  return format.format(Date.parse(at));
}

/** @param {number} value @param {string} locale @param {number} decimals */
function number(value, locale, decimals) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: decimals }).format(value);
}

/**
 * Says a share, 0 to 1, as a percentage.
 *
 * @param {number} share
 * @param {string} locale
 */
export function percent(share, locale) {
  // Without the marks of direction that browsers add in Arabic: a percentage stands in running text.
  return new Intl.NumberFormat(locale, { style: "percent" }).format(share).replaceAll("\u200e", "");
}
