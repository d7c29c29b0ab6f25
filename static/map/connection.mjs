// @ts-check
/**
 * Keeps a page connected to the hub: websocket first, then server-sent events, then polling. A way that has worked is
 * left after three failures in a row, one that never has (a proxy in between may not let it through) at the first.
 * Tells the viewer's own lost connection apart from a silent technician.
 */

import { listenEvents, listenSocket, poll } from "./transports.mjs";

/** @typedef {import("./transports.mjs").Ports} Ports */
/** @typedef {import("./messages.mjs").Message} Message */
/** @typedef {"connecting" | "live" | "lost" | "gone"} ConnectionState */
/** @typedef {{ heard: (message: Message) => void, turned: (state: ConnectionState) => void }} Viewer */

/** Two heartbeats of 20 s and some room for a slow network. */
export const SILENT_AFTER_MS = 45_000;
/** A line that has said nothing for so long missed a heartbeat: not yet dead, but not to be trusted after a sleep. */
const DOUBTFUL_AFTER_MS = 25_000;
/** An open way that says nothing at all for so long is as good as closed. */
const FIRST_WORD_MS = 10_000;
/** Failures in a row after which the next way is tried. */
const FAILURES_PER_WAY = 3;
/** One silent retry is not worth a word; the second failure in a row is. */
const FAILURES_BEFORE_LOST = 2;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** How long to stay on a lesser way before the websocket is tried again. */
const BETTER_WAY_AFTER_MS = 120_000;

const WAYS = [listenSocket, listenEvents, poll];

/** A page's connection to one visit. */
export class Connection {
  /** @type {ConnectionState} */
  #state = "connecting";
  #way = 0;
  #failures = 0;
  #heardMs = 0;
  /** @type {Set<number>} the ways that have worked on this page */
  #proven = new Set();
  /** @type {(() => void) | null} */
  #end = null;
  /** @type {Record<"silence" | "retry" | "better", any>} */
  #timers = { silence: null, retry: null, better: null };

  /**
   * @param {string} url the page's own address, without a trailing slash
   * @param {Viewer} viewer
   * @param {Ports} ports
   * @param {import("./transports.mjs").Transport[]} ways the best first
   */
  constructor(url, viewer, ports, ways = WAYS) {
    this.#ways = ways;
    this.#url = url;
    this.#viewer = viewer;
    this.#ports = ports;
  }

  #ways;
  #url;
  #viewer;
  #ports;

  /** Connects; call once. */
  start() {
    this.#open();
  }

  /** Ends everything. */
  stop() {
    this.#close();
    this.#clear("better");
  }

  /** Tries again at once: the network came back, or the page was shown again after the phone had slept. */
  nudge() {
    if (this.#state === "gone") return;
    const doubtful = this.#ports.now() - this.#heardMs > DOUBTFUL_AFTER_MS;
    if (this.#state === "live" && this.#end && !doubtful) return;
    this.#close();
    this.#way = 0;
    this.#open();
  }

  /** Takes the browser's word that the network is gone, rather than wait for the silence. */
  interrupt() {
    if (this.#state === "gone") return;
    this.#failures = Math.max(this.#failures, FAILURES_BEFORE_LOST - 1);
    this.#turn("lost");
    this.#failed();
  }

  #open() {
    this.#listenForSilence(FIRST_WORD_MS);
    this.#end = this.#ways[this.#way](
      this.#url,
      { heard: (message) => this.#heard(message), failed: () => this.#failed(), gone: () => this.#gone() },
      this.#ports,
    );
  }

  /** @param {Message} message */
  #heard(message) {
    this.#failures = 0;
    this.#heardMs = this.#ports.now();
    this.#proven.add(this.#way);
    this.#turn("live");
    this.#listenForSilence(SILENT_AFTER_MS);
    this.#viewer.heard(message);
  }

  #failed() {
    this.#close();
    this.#failures += 1;
    if (!this.#proven.has(this.#way) && this.#way < this.#ways.length - 1) {
      this.#nextWay();
      return this.#open();
    }
    if (this.#failures >= FAILURES_BEFORE_LOST) this.#turn("lost");
    if (this.#failures % FAILURES_PER_WAY === 0) this.#nextWay();
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    // Jitter keeps a thousand pages from coming back in the same moment.
    this.#set("retry", longest * (0.5 + this.#ports.random() / 2), () => this.#open());
  }

  #gone() {
    this.stop();
    this.#turn("gone");
  }

  #nextWay() {
    if (this.#ways.length === 1) return;
    this.#way = Math.min(this.#way + 1, this.#ways.length - 1);
    this.#set("better", BETTER_WAY_AFTER_MS, () => this.#tryBetterWay());
  }

  #tryBetterWay() {
    this.#close();
    this.#way = 0;
    this.#proven.delete(this.#way); // one chance, then the next way
    this.#open();
  }

  /** @param {number} ms */
  #listenForSilence(ms) {
    this.#set("silence", ms, () => this.#failed());
  }

  #close() {
    this.#clear("silence");
    this.#clear("retry");
    this.#end?.();
    this.#end = null;
  }

  /** @param {ConnectionState} state */
  #turn(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#viewer.turned(state);
  }

  /** @param {"silence" | "retry" | "better"} name @param {number} delayMs @param {() => void} act */
  #set(name, delayMs, act) {
    this.#clear(name);
    this.#timers[name] = this.#ports.setTimeout(act, delayMs);
  }

  /** @param {"silence" | "retry" | "better"} name */
  #clear(name) {
    this.#ports.clearTimeout(this.#timers[name]);
  }
}
