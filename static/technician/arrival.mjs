// @ts-check
/** Asks whether the technician has arrived, where the hub believes so. */

/** @typedef {NonNullable<import("./poll.mjs").State["arrival"]>} Arrival */

/** The banner. */
export class ArrivalBanner {
  /** @type {Arrival | null} */
  #arrival = null;
  /** Answered here; the hub may not know yet. */
  #answered = new Set();
  #untilMs = 0;
  #box;
  #phrases;

  /**
   * @param {HTMLElement} box
   * @param {Record<string, string>} phrases
   * @param {(arrival: Arrival, arrived: boolean) => void} answer
   */
  constructor(box, phrases, answer) {
    this.#box = box;
    this.#phrases = phrases;
    const says = (/** @type {boolean} */ arrived) => () => {
      if (!this.#arrival) return;
      this.#answered.add(nameOf(this.#arrival));
      answer(this.#arrival, arrived);
      this.show(null);
    };
    box.querySelector("[data-yes]")?.addEventListener("click", says(true));
    box.querySelector("[data-no]")?.addEventListener("click", says(false));
    setInterval(() => this.#count(), 1_000);
  }

  /** @param {Arrival | null} arrival */
  show(arrival) {
    this.#arrival = arrival && !this.#answered.has(nameOf(arrival)) ? arrival : null;
    this.#box.hidden = this.#arrival === null;
    if (!this.#arrival) return;
    this.#untilMs = Date.now() + (this.#arrival.in_s ?? 0) * 1_000;
    put(this.#box.querySelector("[data-words]"), this.#phrases.arrived.replace("{name}", this.#arrival.name));
    this.#count();
  }

  /** Counts down where the hub will believe it by itself. */
  #count() {
    if (!this.#arrival) return;
    const leftS = Math.max(0, Math.ceil((this.#untilMs - Date.now()) / 1_000));
    const soon = leftS > 0 ? this.#phrases.arrived_soon.replace("{n}", String(leftS)) : this.#phrases.arrived_marked;
    put(this.#box.querySelector("[data-soon]"), this.#arrival.in_s === null ? "" : soon);
  }
}

/** @param {Arrival} arrival */
function nameOf({ booking, at }) {
  return `${booking} ${at}`;
}

/** @param {Element | null} place @param {string} text */
function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
