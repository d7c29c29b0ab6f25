// @ts-check
/**
 * Sends positions to the hub: one frame at a time, the next one only after its answer, over any number of broken
 * connections. What has no answer is sent again; the hub knows positions it has already.
 */

/** @typedef {import("./queue.mjs").Queue} Queue */
/** @typedef {{ index: number, verdict: string, reasons: string[] }} Other */
/**
 * @typedef {object} Listener
 * @property {(others: Other[]) => void} answered the hub has a frame; these of it were not simply accepted
 * @property {() => void} changed connected or no longer
 * @property {() => void} refused the device's token is no longer valid; nothing more is sent
 */
/**
 * What a browser provides, passed in so that tests can play it.
 *
 * @typedef {object} Ports
 * @property {typeof WebSocket} WebSocket
 * @property {(act: () => void, delayMs: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random 0 to 1
 */

/** The hub closes a device's socket with this code when its token is unknown or revoked. */
export const CLOSED_UNKNOWN_TOKEN = 4401;
/** More than the hub takes until it gives up on its own store. */
export const ANSWER_WITHIN_MS = 35_000;
export const MOST_PER_FRAME = 100;
/** `WebSocket.CLOSING` */
const CLOSING = 2;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** One phone's way to the hub. */
export class Line {
  /** @type {WebSocket | null} */
  #socket = null;
  #open = false;
  #held = false;
  #failures = 0;
  /** @type {import("./queue.mjs").Waiting[] | null} */
  #sent = null;
  /** @type {any} */
  #retry = null;
  /** @type {any} */
  #patience = null;
  #url;
  #protocols;
  #queue;
  #listener;
  #ports;

  /**
   * @param {string} url of the hub's pings, `ws://…` or `wss://…`
   * @param {string} token the device's
   * @param {Queue} queue
   * @param {Listener} listener
   * @param {Ports} ports
   */
  constructor(url, token, queue, listener, ports) {
    this.#url = url;
    this.#protocols = ["enroute.v1", `bearer.${token}`];
    this.#queue = queue;
    this.#listener = listener;
    this.#ports = ports;
  }

  get connected() {
    return this.#open;
  }

  /** Connects unless it does already; also when the network is back. */
  start() {
    if (this.#socket) return;
    this.#ports.clearTimeout(this.#retry);
    const socket = new this.#ports.WebSocket(this.#url, this.#protocols);
    this.#socket = socket;
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = (event) => this.#heard(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** Ends the connection; what waits stays in the queue. */
  stop() {
    this.#ports.clearTimeout(this.#retry);
    this.#letGo();
  }

  /** Sends what waits, if nothing is under way. */
  send() {
    if (!this.#open || this.#held || this.#sent || this.#queue.size === 0) return;
    if (this.#socket?.readyState === CLOSING) return; // what waits goes over the next one
    this.#sent = this.#queue.next(MOST_PER_FRAME);
    this.#socket?.send(JSON.stringify(this.#sent.map(({ ping }) => ping)));
    this.#patience = this.#ports.setTimeout(() => this.#failed(), ANSWER_WITHIN_MS);
  }

  /** Keeps positions back for a while: the hub shall hear first of what comes before them. @param {boolean} held */
  hold(held) {
    this.#held = held;
    this.send();
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#open = true;
    this.#listener.changed();
    this.send();
  }

  /** @param {WebSocket} socket @param {{ others?: Other[] }} answer */
  #heard(socket, answer) {
    if (socket !== this.#socket || !this.#sent) return;
    this.#failures = 0;
    this.#ports.clearTimeout(this.#patience);
    this.#queue.forget(this.#sent);
    this.#sent = null;
    this.#listener.answered(answer.others ?? []);
    this.send();
  }

  /** @param {WebSocket} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    if (code !== CLOSED_UNKNOWN_TOKEN) return this.#failed();
    this.#letGo();
    this.#listener.refused();
  }

  #failed() {
    this.#letGo();
    this.#failures += 1;
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    // Jitter keeps all phones from coming back in the same moment.
    this.#retry = this.#ports.setTimeout(() => this.start(), longest * (0.5 + this.#ports.random() / 2));
  }

  #letGo() {
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    this.#sent = null;
    this.#ports.clearTimeout(this.#patience);
    socket?.close();
    this.#listener.changed();
  }
}
