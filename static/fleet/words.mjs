// @ts-check
/** A technician in words. Pure, and the twin of the macros in `templates/pages/staff/fleet_rows.html`. */

import { seen, say } from "../map/words.mjs";

/** @typedef {import("./fleet.mjs").Technician} Technician */
/** @typedef {import("../map/words.mjs").Language} Language */
/** @typedef {{ visit: string, times: string, seen: string, badge: string }} Words */

/** Says what dispatchers need to know of a technician; makes its formats once, since each costs as much as a row. */
export class Wording {
  #clock;
  #language;

  /** @param {Language} language its phrases include those of the fleet */
  constructor(language) {
    this.#language = language;
    this.#clock = new Intl.DateTimeFormat(language.locale, { timeStyle: "short", timeZone: language.timeZone });
  }

  /** @param {Technician} technician @param {number} nowMs by the server's clock @returns {Words} */
  words(technician, nowMs) {
    const { phrases } = this.#language;
    const { visit, lateness, freshness, silence, last_seen_at } = technician;
    const times = [];
    if (visit?.status === "scheduled") times.push(say(phrases, "fleet_starts", { time: this.#time(visit.starts_at) }));
    else if (visit) times.push(say(phrases, `status_${visit.status}`));
    if (technician.arrival) times.push(say(phrases, "fleet_arriving", { range: this.#range(technician.arrival) }));
    if (visit && lateness) times.push(say(phrases, "fleet_promised", { range: this.#range(visit.window) }));
    const heard = [freshness === "live" ? say(phrases, "fleet_live") : seen(freshness, last_seen_at, nowMs, this.#language)];
    if (silence) heard.push(say(phrases, `silence_${silence}`));
    return {
      visit: visit ? visit.customer : say(phrases, "fleet_no_visit"),
      times: times.join(" · "),
      seen: heard.join(" · "),
      badge: lateness ? say(phrases, `lateness_${lateness}`) : "",
    };
  }

  /** Says how many are late and at risk. @param {{ late: number, atRisk: number, all: number }} counts */
  summary({ late, atRisk, all }) {
    const numbers = { late: String(late), at_risk: String(atRisk), all: String(all) };
    return say(this.#language.phrases, "fleet_summary", numbers);
  }

  /** Says that the list holds more. @param {number} more */
  more(more) {
    return say(this.#language.phrases, "fleet_more", { n: String(more) });
  }

  /** @param {import("./fleet.mjs").Window} window in whole minutes, as promises and arrivals are */
  #range({ earliest, latest }) {
    return `${this.#time(earliest)}–${this.#time(latest)}`;
  }

  /** @param {string} at */
  #time(at) {
    return this.#clock.format(Date.parse(at));
  }
}
