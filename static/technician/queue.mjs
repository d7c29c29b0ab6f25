// @ts-check
/** Positions that the hub has not acknowledged yet: in memory, and on the phone in case the page is closed. */

import { attempt } from "./choice.mjs";

/** @typedef {import("./fixes.mjs").Ping} Ping */
/** @typedef {import("./choice.mjs").Store} Store */

/** At one position in two seconds an hour; then the oldest go. */
export const MOST_KEPT = 1_800;

/** First in, first out; bounded. */
export class Queue {
  /** @type {Ping[]} */
  #pings;
  /** How many have ever left, so that a mark stays true while the oldest go. */
  #left = 0;
  #saved = true;
  #store;
  #name;

  /**
   * @param {Store} store
   * @param {string} device whose positions these are: another technician on the same phone has others
   */
  constructor(store, device) {
    this.#store = store;
    this.#name = `enroute.pings.${device}`;
    this.#pings = this.#read();
  }

  get size() {
    return this.#pings.length;
  }

  /** @param {Ping} ping */
  add(ping) {
    this.#pings.push(ping);
    this.#drop(this.#pings.length - MOST_KEPT);
    this.#saved = false;
  }

  /**
   * Shows the oldest ones without taking them out, and the mark to forget them by.
   *
   * @param {number} most
   */
  first(most) {
    const pings = this.#pings.slice(0, most);
    return { pings, mark: this.#left + pings.length };
  }

  /** Forgets what came before a mark. @param {number} mark */
  forget(mark) {
    this.#drop(mark - this.#left);
    this.#saved = false;
    if (this.size === 0) this.save(); // else a page that is closed now would send them again
  }

  /** Writes to the phone what has changed; cheap enough every few seconds, not for every position. */
  save() {
    if (this.#saved) return;
    this.#saved = true;
    if (this.size) attempt(() => this.#store.setItem(this.#name, JSON.stringify(this.#pings)));
    else attempt(() => this.#store.removeItem(this.#name));
  }

  /** @param {number} count */
  #drop(count) {
    if (count <= 0) return;
    this.#left += this.#pings.splice(0, count).length;
  }

  /** @returns {Ping[]} */
  #read() {
    const kept = attempt(() => JSON.parse(this.#store.getItem(this.#name) ?? "[]"));
    return Array.isArray(kept) ? kept.slice(-MOST_KEPT) : [];
  }
}
