// @ts-check
/** The way from the fleet feed to the page, and what the page says on it. */

/** @typedef {import("../map/transports.mjs").Transport} Transport */

/** The hub closes a feed with this code when nobody is signed in any more. */
export const CLOSED_SIGNED_OUT = 4401;

/** The feed of one page; only the newest socket counts. */
export class FeedSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {[number, number, number, number] | null} */
  #bounds = null;

  /** Listens at `<url>/live`. @type {Transport} */
  listen = (url, listener, ports) => {
    const address = new URL(`${url}/live`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new ports.WebSocket(address.href);
    this.#socket = socket;
    let ended = false;
    socket.onopen = () => this.#say();
    socket.onmessage = (event) => !ended && listener.heard(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (ended) return;
      ended = true;
      if (event.code === CLOSED_SIGNED_OUT) listener.gone();
      else listener.failed();
    };
    return () => {
      ended = true;
      socket.close();
    };
  };

  /** Says which part of the Earth the map shows. @param {[west: number, south: number, east: number, north: number]} bounds */
  lookAt(bounds) {
    this.#bounds = bounds;
    this.#say();
  }

  #say() {
    if (this.#bounds && this.#socket?.readyState === 1) {
      this.#socket.send(JSON.stringify({ type: "viewport", bounds: this.#bounds }));
    }
  }
}
