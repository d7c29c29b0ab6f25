// @ts-check
/**
 * What the technician did and the hub has not heard yet: statuses, answers to arrivals, whether to share.
 *
 * Sent one by one in the order in which it was done, each with its own time and a key, by which the hub knows what it
 * has already.
 */

/**
 * @typedef {object} Act
 * @property {"status" | "arrival" | "sharing"} kind
 * @property {string} key made here, once
 * @property {string} at
 * @property {string} [booking]
 * @property {string} [name] of the customer
 * @property {string} [from] the status before
 * @property {string} [status]
 * @property {boolean} [sharing]
 */
/**
 * @typedef {object} Listener
 * @property {() => void} changed
 * @property {(act: Act) => void} done
 * @property {(act: Act, now: string | null) => void} refused for good; `now` is the visit's status, null where it is not theirs
 * @property {() => void} gone this phone is not signed in any more
 * @property {(reachable: boolean) => void} heard whether the hub answered
 */
/**
 * What a browser provides, passed in so that tests can play it.
 *
 * @typedef {object} Ports
 * @property {(path: string, options: any) => Promise<Response>} fetch
 * @property {() => Date} now
 * @property {(work: () => Promise<void>) => Promise<void>} alone does it while no other tab does
 */

export const ANSWER_WITHIN_MS = 20_000;

/** One phone's acts. */
export class Acts {
  /** @type {{ key: any, value: Act }[]} */
  #waiting = [];
  /** @type {Promise<void> | null} */
  #sending = null;
  #again = false;
  #kept;
  #token;
  #listener;
  #ports;

  /**
   * @param {import("./kept.mjs").Kept} kept
   * @param {string} token of the session's calls
   * @param {Listener} listener
   * @param {Ports} ports
   */
  constructor(kept, token, listener, ports) {
    this.#kept = kept;
    this.#token = token;
    this.#listener = listener;
    this.#ports = ports;
  }

  /** @returns {Act[]} */
  get waiting() {
    return this.#waiting.map(({ value }) => value);
  }

  async load() {
    this.#waiting = await this.#kept.all("acts");
  }

  /** Keeps an act, and tries to send it. @param {Act} act */
  async add(act) {
    if (act.kind === "sharing") await this.#overrule();
    const key = await this.#kept.put("acts", act);
    this.#waiting.push({ key, value: act });
    this.#listener.changed();
    await this.send();
  }

  /** Sends what waits until nothing is left or the hub does not answer. */
  async send() {
    this.#again = true;
    this.#sending ??= this.#ports.alone(() => this.#sendAll()).finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** Of choices of sharing only the last one matters. */
  async #overrule() {
    const earlier = this.#waiting.filter(({ value }) => value.kind === "sharing").map(({ key }) => key);
    await this.#forget(earlier);
  }

  async #sendAll() {
    while (this.#again) {
      this.#again = false;
      await this.load(); // another tab may have added or sent some
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        if (!(await this.#sendOne(next.value))) return;
        await this.#forget([next.key]);
      }
    }
  }

  /** @param {Act} act @returns {Promise<boolean>} whether it is settled */
  async #sendOne(act) {
    const { path, body } = call(act, this.#ports.now());
    let response;
    try {
      response = await this.#ports.fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Call-Token": this.#token, "Idempotency-Key": act.key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch {
      this.#listener.heard(false);
      return false;
    }
    this.#listener.heard(response.status < 500);
    if (response.ok) this.#listener.done(act);
    else if (response.status === 401 || response.status === 403) return this.#leave();
    else return this.#refused(act, response);
    return true;
  }

  #leave() {
    this.#listener.gone();
    return false;
  }

  /** @param {Act} act @param {Response} response */
  async #refused(act, response) {
    const problem = await response.json().catch(() => ({}));
    const stillThought = response.status === 409 && problem.current === undefined; // the first try is in flight
    if (response.status === 408 || response.status === 429 || response.status >= 500 || stillThought) return false;
    this.#listener.refused(act, problem.current ?? null);
    return true;
  }

  /** @param {any[]} keys */
  async #forget(keys) {
    await this.#kept.remove("acts", keys);
    this.#waiting = this.#waiting.filter(({ key }) => !keys.includes(key));
    this.#listener.changed();
  }
}

/** @param {Act} act @param {Date} now */
function call(act, now) {
  if (act.kind === "sharing") return { path: "/tech/sharing", body: { sharing: act.sharing } };
  const visit = `/tech/visits/${encodeURIComponent(act.booking ?? "")}`;
  if (act.kind === "arrival") return { path: `${visit}/arrival`, body: { arrived: false } };
  return { path: `${visit}/status`, body: { status: act.status, at: act.at, sent_at: now.toISOString() } };
}
