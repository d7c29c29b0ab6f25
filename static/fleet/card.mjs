// @ts-check
/** The card on the map of the technician who is chosen. */

/** @typedef {import("./fleet.mjs").Technician} Technician */

/** One page's card. */
export class Card {
  /** @type {string | null} */
  #id = null;

  /**
   * @param {HTMLElement} box
   * @param {(technician: Technician) => HTMLElement} make writes a technician down
   */
  constructor(box, make) {
    this.#box = box;
    this.#make = make;
    const place = /** @type {HTMLElement} */ (box.querySelector("ul"));
    this.#place = place;
    box.querySelector("button")?.addEventListener("click", () => this.show(null));
    box.addEventListener("keydown", (event) => event.key === "Escape" && this.show(null));
  }

  #box;
  #make;
  #place;

  /** Shows somebody, with the focus on them, or hides. @param {Technician | null} technician */
  show(technician) {
    this.#id = technician?.id ?? null;
    this.#box.hidden = technician === null;
    if (!technician) return;
    this.#place.replaceChildren(this.#make(technician));
    this.#place.querySelector("a")?.focus({ preventScroll: true });
  }

  /**
   * Says what is new about whoever is shown, once more than a place is.
   *
   * @param {Set<string>} touched ids
   * @param {import("./fleet.mjs").Fleet} fleet
   */
  update(touched, fleet) {
    if (this.#id === null || !touched.has(this.#id)) return;
    const technician = fleet.technicians.get(this.#id);
    if (!technician) return this.show(null);
    const made = this.#make(technician);
    if (made.textContent === this.#place.textContent) return;
    const focused = document.activeElement?.getAttribute("data-part");
    const within = this.#place.contains(document.activeElement);
    this.#place.replaceChildren(made);
    if (within) /** @type {HTMLElement | null} */ (made.querySelector(`[data-part="${focused}"]`))?.focus({ preventScroll: true });
  }
}
