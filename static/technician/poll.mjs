// @ts-check
/** Asks the hub now and then what has changed; without an answer it goes on asking. */

/**
 * What the hub answers.
 *
 * @typedef {object} State
 * @property {string} shell
 * @property {string} device
 * @property {string} day
 * @property {boolean} traveling
 * @property {boolean} tracked
 * @property {"yes" | "area" | "lost" | "paused" | "closed" | "no"} seen
 * @property {number} looking
 * @property {string} looking_words
 * @property {{ booking: string, name: string, at: string, in_s: number | null } | null} arrival
 */
/**
 * @typedef {object} Listener
 * @property {(state: State) => void} told
 * @property {(reachable: boolean) => void} heard whether the hub answered
 * @property {() => void} gone this phone is not signed in any more
 */
/**
 * @typedef {object} Ports
 * @property {(path: string, options: any) => Promise<Response>} fetch
 * @property {(act: () => void, delayMs: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

export const EVERY_MS = 15_000;
/** While the hub waits for an objection to an arrival, or does not answer. */
export const SOON_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

/** Asks while it runs. */
export class Poll {
  #running = false;
  #asking = false;
  #answered = true;
  /** @type {any} */
  #timer = null;
  #tag = "";
  /** @type {State | null} */
  #state = null;
  #listener;
  #ports;

  /** @param {Listener} listener @param {Ports} ports */
  constructor(listener, ports) {
    this.#listener = listener;
    this.#ports = ports;
  }

  start() {
    this.#running = true;
    void this.now();
  }

  stop() {
    this.#running = false;
    this.#ports.clearTimeout(this.#timer);
  }

  /** Asks at once, unless it does already. */
  async now() {
    if (this.#asking || !this.#running) return;
    this.#asking = true;
    this.#ports.clearTimeout(this.#timer);
    await this.#ask();
    this.#asking = false;
    if (!this.#running) return;
    const pauseMs = this.#state?.arrival || !this.#answered ? SOON_MS : EVERY_MS;
    this.#timer = this.#ports.setTimeout(() => void this.now(), pauseMs);
  }

  async #ask() {
    try {
      const response = await this.#ports.fetch("/tech/state", {
        headers: { Accept: "application/json", ...(this.#tag && { "If-None-Match": this.#tag }) },
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      this.#answered = response.status < 500;
      this.#listener.heard(this.#answered);
      if (response.status === 401) this.#listener.gone();
      if (!response.ok) return;
      this.#state = await response.json();
      this.#tag = response.headers.get("ETag") ?? "";
    } catch {
      this.#answered = false;
      this.#listener.heard(false);
      return;
    }
    if (this.#state) this.#listener.told(this.#state);
  }
}
