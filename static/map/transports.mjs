// @ts-check
/**
 * The three ways a page hears from the hub. Each starts at once, reports to its listener and answers a
 * function that ends it; an ended transport reports nothing more.
 */

/** @typedef {import("./messages.mjs").Message} Message */
/**
 * @typedef {object} Listener
 * @property {(message: Message) => void} heard
 * @property {() => void} failed the way is closed; it may be tried again
 * @property {() => void} gone the link is no longer valid; nothing will ever come
 */
/**
 * What a browser provides, passed in so that tests can play it.
 *
 * @typedef {object} Ports
 * @property {typeof WebSocket} WebSocket
 * @property {typeof EventSource} EventSource
 * @property {(url: string, options?: RequestInit) => Promise<Response>} fetch
 * @property {(act: () => void, delayMs: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random 0 to 1
 * @property {() => number} now in ms, by a clock that goes on while the device sleeps
 */
/** @typedef {(url: string, listener: Listener, ports: Ports) => () => void} Transport */

/** Takes the ports of the browser itself. @returns {Ports} */
export function browserPorts() {
  return {
    WebSocket,
    EventSource,
    fetch: (url, options) => fetch(url, options),
    setTimeout: (act, delayMs) => setTimeout(act, delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    random: Math.random,
    now: Date.now,
  };
}

/** The hub closes a watcher's socket with this code when its link is unknown, expired or revoked. */
export const CLOSED_UNKNOWN_LINK = 4404;
const POLL_EVERY_MS = 10_000;

/** Listens on a websocket at `<url>/live`. @type {Transport} */
export function listenSocket(url, listener, ports) {
  const address = new URL(`${url}/live`);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new ports.WebSocket(address.href);
  let ended = false;
  socket.onmessage = (event) => !ended && listener.heard(JSON.parse(event.data));
  socket.onclose = (event) => {
    if (ended) return;
    ended = true;
    if (event.code === CLOSED_UNKNOWN_LINK) listener.gone();
    else listener.failed();
  };
  return () => {
    ended = true;
    socket.close();
  };
}

/** Listens to server-sent events at `<url>/events`. @type {Transport} */
export function listenEvents(url, listener, ports) {
  const source = new ports.EventSource(`${url}/events`);
  const end = () => source.close();
  source.onmessage = (event) => listener.heard(JSON.parse(event.data));
  source.onerror = () => {
    end(); // our own back-off decides, not the browser's
    listener.failed();
  };
  return end;
}

/** Asks for `<url>/snapshot` every 10 s. @type {Transport} */
export function poll(url, listener, ports) {
  const stop = new AbortController();
  /** @type {any} */
  let timer = null;
  const ask = async () => {
    const outcome = await askOnce(url, ports, stop.signal);
    if (stop.signal.aborted) return;
    if (outcome === "gone") return listener.gone();
    if (outcome === null) return listener.failed();
    listener.heard(outcome);
    timer = ports.setTimeout(ask, POLL_EVERY_MS);
  };
  void ask();
  return () => {
    stop.abort();
    ports.clearTimeout(timer);
  };
}

/**
 * @param {string} url
 * @param {Ports} ports
 * @param {AbortSignal} signal
 * @returns {Promise<Message | "gone" | null>} null when nothing useful came back
 */
async function askOnce(url, ports, signal) {
  try {
    const response = await ports.fetch(`${url}/snapshot`, { signal, cache: "no-store" });
    if (response.status === 404) return "gone";
    return response.ok ? /** @type {Message} */ (await response.json()) : null;
  } catch {
    return null; // no network: the caller tries again
  }
}
