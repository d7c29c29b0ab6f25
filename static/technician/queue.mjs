// @ts-check
/** Positions that the hub has not acknowledged yet. The newest goes first, then the others as they were taken. */

/** @typedef {import("./fixes.mjs").Ping} Ping */
/** @typedef {{ key: number, ping: Ping }} Waiting */

/** A long working day at one position in two seconds; then the oldest go. */
export const MOST_KEPT = 20_000;

/** In memory and on the phone; bounded. */
export class Queue {
  /** @type {Waiting[]} */
  #waiting;
  /** The newest one that the hub has: whatever is newer is worth more than all that is older. */
  #shownKey = 0;
  #lastKey;
  #kept;

  /** @param {import("./kept.mjs").Kept} kept @param {Waiting[]} waiting */
  constructor(kept, waiting = []) {
    this.#kept = kept;
    this.#waiting = waiting;
    this.#lastKey = waiting.at(-1)?.key ?? 0;
  }

  /** @param {import("./kept.mjs").Kept} kept */
  static async load(kept) {
    return new Queue(kept, (await kept.all("pings")).map(({ key, value }) => ({ key, ping: value })));
  }

  get size() {
    return this.#waiting.length;
  }

  /** @param {Ping} ping */
  add(ping) {
    this.#lastKey += 1;
    this.#waiting.push({ key: this.#lastKey, ping });
    this.#kept.put("pings", ping, this.#lastKey).catch(() => {}); // a full phone: it is still in memory
    if (this.size > MOST_KEPT) this.forget(this.#waiting.slice(0, this.size - MOST_KEPT));
  }

  /**
   * Shows what to send next, without taking it out.
   *
   * @param {number} most
   */
  next(most) {
    const newest = this.#waiting.at(-1);
    if (newest && newest.key > this.#shownKey) return [newest];
    return this.#waiting.slice(0, most);
  }

  /** Forgets what the hub has. @param {Waiting[]} sent */
  forget(sent) {
    const keys = new Set(sent.map(({ key }) => key));
    this.#waiting = this.#waiting.filter(({ key }) => !keys.has(key));
    this.#shownKey = Math.max(this.#shownKey, ...keys);
    this.#kept.remove("pings", [...keys]).catch(() => {});
  }
}
