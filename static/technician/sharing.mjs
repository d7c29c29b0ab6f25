// @ts-check
/** Shares the phone's position as the technician wishes: the watch, the queue and the line behind one switch. */

import { stayAwake } from "./awake.mjs";
import { charge, knowBattery } from "./battery.mjs";
import { wantsSharing } from "./choice.mjs";
import { isWorth, LEAST_APART_MS, pingOf } from "./fixes.mjs";
import { Line } from "./line.mjs";
import { Watch } from "./watch.mjs";

/** @typedef {import("./state.mjs").Known} Known */

/** What the page needs to know of it is in `known`. */
export class Sharing {
  /** @type {number | null} */
  #lastMs = null;
  /** @type {any} */
  #early = null;
  #queue;
  #changed;
  #line;
  #watch;

  /**
   * @param {string} token of the device
   * @param {import("./queue.mjs").Queue} queue
   * @param {Known} known
   * @param {() => void} changed
   */
  constructor(token, queue, known, changed) {
    this.known = known;
    this.#queue = queue;
    this.#changed = changed;
    this.#watch = new Watch(navigator.geolocation, {
      found: (fix) => this.#found(fix),
      failed: (fault) => this.#tell({ fault }),
    });
    this.#line = new Line(
      new URL("/api/v1/pings", location.href).href.replace(/^http/, "ws"),
      token,
      queue,
      {
        answered: (others) => this.#answered(others),
        changed: () => this.#tell({}),
        refused: () => this.#refused(),
      },
      {
        WebSocket,
        setTimeout: (act, delayMs) => setTimeout(act, delayMs),
        clearTimeout: (timer) => clearTimeout(timer),
        random: Math.random,
      },
    );
    void knowBattery();
    this.#alone();
  }

  /** Starts and stops what the technician's wish asks for. */
  follow() {
    if (this.#wanted()) this.#watch.start();
    else this.#watch.stop();
    const { refused, first } = this.known;
    if (first && !refused && (this.#wanted() || this.#queue.size > 0)) this.#line.start();
    else this.#line.stop();
    void stayAwake(this.#wanted());
    this.#tell({});
  }

  /** Leaves a line that is known to be dead; `follow` makes another one. */
  cut() {
    this.#line.stop();
  }

  /** Lets statuses go before positions: that a technician set off, before where. @param {boolean} held */
  hold(held) {
    this.#line.hold(held);
  }

  #wanted() {
    const { refused, supported, tracked, first, choice, traveling } = this.known;
    return first && tracked && !refused && supported && wantsSharing(choice, traveling);
  }

  /** Two tabs would send every position twice: only one shares, for as long as it is open. */
  #alone() {
    if (!navigator.locks) return;
    this.known.first = false;
    void navigator.locks.request("enroute-technician-sharing", () => {
      this.known.first = true;
      this.follow();
      return new Promise(() => {});
    });
  }

  /** @param {GeolocationPosition} fix */
  #found(fix) {
    clearTimeout(this.#early);
    const sinceMs = fix.timestamp - (this.#lastMs ?? 0);
    if (isWorth(this.#lastMs, fix.timestamp)) this.#take(fix);
    else if (sinceMs > 0) this.#early = setTimeout(() => this.#take(fix), LEAST_APART_MS - sinceMs); // maybe the last
    this.#tell({ fault: null, found: true });
  }

  /** @param {GeolocationPosition} fix */
  #take(fix) {
    this.#lastMs = fix.timestamp;
    this.#queue.add(pingOf(fix, charge(), crypto.randomUUID()));
    this.#line.send();
  }

  /** @param {import("./line.mjs").Other[]} others */
  #answered(others) {
    const badClock = others.some(({ reasons }) => reasons.includes("future") || reasons.includes("ancient"));
    if (this.#queue.size === 0 && !this.#wanted()) this.#line.stop();
    this.#tell({ badClock });
  }

  #refused() {
    this.known.refused = true;
    this.follow();
  }

  /** @param {Partial<Known>} news */
  #tell(news) {
    Object.assign(this.known, news, { connected: this.#line.connected, waiting: this.#queue.size });
    this.#changed();
  }
}
