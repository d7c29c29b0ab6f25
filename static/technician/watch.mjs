// @ts-check
/** Asks the phone where it is: whenever it moves, and now and then while it stands still. */

/**
 * @typedef {object} Watcher
 * @property {(fix: GeolocationPosition) => void} found
 * @property {(fault: "denied" | "no_position") => void} failed
 */

/** Customers see a position as live for 30 s; a phone that stands still must be heard before. */
const STILL_MS = 12_000;
const PERMISSION_DENIED = 1;

/** A watch that can be started and stopped. */
export class Watch {
  /** @type {number | null} */
  #id = null;
  /** @type {any} */
  #still = null;
  #geolocation;
  #watcher;

  /** @param {Geolocation} geolocation @param {Watcher} watcher */
  constructor(geolocation, watcher) {
    this.#geolocation = geolocation;
    this.#watcher = watcher;
  }

  get running() {
    return this.#id !== null;
  }

  start() {
    if (this.running) return;
    const found = (/** @type {GeolocationPosition} */ fix) => this.running && this.#watcher.found(fix);
    const failed = (/** @type {GeolocationPositionError} */ error) => this.running && this.#failed(error);
    const options = { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 };
    this.#id = this.#geolocation.watchPosition(found, failed, options);
    this.#still = setInterval(() => this.#geolocation.getCurrentPosition(found, failed, options), STILL_MS);
  }

  stop() {
    if (this.#id === null) return;
    this.#geolocation.clearWatch(this.#id);
    clearInterval(this.#still);
    this.#id = null;
  }

  /** @param {GeolocationPositionError} error */
  #failed(error) {
    this.#watcher.failed(error.code === PERMISSION_DENIED ? "denied" : "no_position");
  }
}
