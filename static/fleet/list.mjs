// @ts-check
/** The list of technicians, those in trouble first; and the card of the one who is chosen on the map. */

import { counts, kindOf, listed } from "./fleet.mjs";

/** @typedef {import("./fleet.mjs").Technician} Technician */
/** @typedef {import("./fleet.mjs").Fleet} Fleet */
/** @typedef {import("./fleet.mjs").Filter} Filter */

/** So many rows at first, and more by the button: nobody reads a thousand. */
const ROWS = 100;

/** One page's list. */
export class List {
  /** Each row with what it tells. @type {Map<string, { row: HTMLElement, told: Technician, live: boolean }>} */
  #rows = new Map();
  #most = ROWS;

  /**
   * @param {{ list: HTMLElement, template: HTMLTemplateElement, summary: HTMLElement, more: HTMLElement, empty: HTMLElement }} parts
   * @param {import("./words.mjs").Wording} wording
   * @param {(id: string) => void} show brings somebody into the middle of the map
   */
  constructor(parts, wording, show) {
    this.#parts = parts;
    this.#wording = wording;
    parts.list.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      const id = button?.closest("li")?.dataset.id;
      if (id) show(id);
    });
    parts.list.replaceChildren();
  }

  #parts;
  #wording;

  /** Lets the list hold more rows from the next time on. */
  grow() {
    this.#most += ROWS;
  }

  /**
   * Shows who passes the filter; touches only what changed.
   *
   * @param {Fleet} fleet
   * @param {Filter} filter
   * @param {number} nowMs by the server's clock
   */
  show(fleet, filter, nowMs) {
    const all = listed(fleet.technicians.values(), filter);
    const shown = all.slice(0, this.#most);
    const { list, summary, more, empty } = this.#parts;
    shown.forEach((technician, index) => {
      const row = this.#row(technician, nowMs);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    while (list.children.length > shown.length) {
      const last = /** @type {HTMLElement} */ (list.lastElementChild);
      this.#rows.delete(last.dataset.id ?? "");
      last.remove();
    }
    write(summary, this.#wording.summary(counts(fleet.technicians.values(), filter)));
    write(more, this.#wording.more(all.length - shown.length));
    more.hidden = all.length === shown.length;
    empty.hidden = all.length > 0;
  }

  /** Says again how long ago the silent were seen. @param {number} nowMs */
  age(nowMs) {
    for (const { row, told, live } of this.#rows.values()) if (!live) this.fill(row, told, nowMs);
  }

  /** Makes a row of its own, for the card on the map. @param {Technician} technician @param {number} nowMs */
  make(technician, nowMs) {
    const row = /** @type {HTMLElement} */ (this.#parts.template.content.firstElementChild?.cloneNode(true));
    this.fill(row, technician, nowMs);
    return row;
  }

  /** @param {Technician} technician @param {number} nowMs */
  #row(technician, nowMs) {
    const known = this.#rows.get(technician.id);
    const live = technician.freshness === "live";
    if (known?.told === technician) return known.row;
    const row = known?.row ?? this.make(technician, nowMs);
    if (known) this.fill(row, technician, nowMs);
    this.#rows.set(technician.id, { row, told: technician, live });
    return row;
  }

  /** Writes a technician into a row. @param {HTMLElement} row @param {Technician} technician @param {number} nowMs */
  fill(row, technician, nowMs) {
    const { visit, times, seen, badge } = this.#wording.words(technician, nowMs);
    row.dataset.id = technician.id;
    row.dataset.kind = kindOf(technician);
    row.dataset.freshness = technician.freshness;
    const who = part(row, "who");
    write(who, technician.name);
    who.setAttribute("href", `/staff/technicians/${encodeURIComponent(technician.id)}`);
    const link = part(row, "visit");
    write(link, visit);
    if (technician.visit) link.setAttribute("href", `/staff/visits/${encodeURIComponent(technician.visit.id)}`);
    else link.removeAttribute("href");
    write(part(row, "times"), times);
    write(part(row, "seen"), seen);
    write(part(row, "badge"), badge);
    part(row, "badge").hidden = !badge;
    const button = part(row, "show");
    button.hidden = !technician.position;
    button.setAttribute("aria-label", (button.dataset.label ?? "").replace("{name}", technician.name));
  }
}

/** @param {HTMLElement} row @param {string} name */
function part(row, name) {
  return /** @type {HTMLElement} */ (row.querySelector(`[data-part="${name}"]`));
}

/** @param {HTMLElement} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
