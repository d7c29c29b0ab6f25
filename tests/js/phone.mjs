// @ts-check
/** A phone's browser that is played by the test: positions, sockets and a clock. */

/** @param {number} n @returns {import("../../static/technician/fixes.mjs").Ping} */
export function ping(n) {
  const at = new Date(Date.UTC(2026, 10, 23, 14, 0, n)).toISOString();
  const unknown = { speed_mps: null, heading_deg: null, altitude_m: null, battery: null };
  return { lat: 60 + n / 1_000, lon: 24.9, at, accuracy_m: 5, ...unknown, id: `ping-${n}` };
}

/** Sockets, a clock and chance. */
export class Network {
  nowMs = 0;
  /** @type {any[]} */
  sockets = [];
  /** @type {{ atMs: number, act: () => void }[]} */
  timers = [];

  get newest() {
    return this.sockets[this.sockets.length - 1];
  }

  ports() {
    const { sockets } = this;
    return /** @type {any} */ ({
      WebSocket: class {
        /** @type {any[][]} */
        sent = [];
        closed = false;
        /** @param {string} url @param {string[]} protocols */
        constructor(url, protocols) {
          Object.assign(this, { url, protocols });
          sockets.push(this);
        }
        /** @param {string} text */
        send(text) {
          this.sent.push(JSON.parse(text));
        }
        close() {
          this.closed = true;
        }
      },
      setTimeout: (/** @type {() => void} */ act, /** @type {number} */ delayMs) => {
        const timer = { atMs: this.nowMs + delayMs, act };
        this.timers.push(timer);
        return timer;
      },
      clearTimeout: (/** @type {any} */ timer) => (this.timers = this.timers.filter((other) => other !== timer)),
      random: () => 1,
    });
  }

  /** Lets the clock run. @param {number} ms */
  pass(ms) {
    this.nowMs += ms;
    for (const timer of this.timers.filter(({ atMs }) => atMs <= this.nowMs)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.act();
    }
  }
}
