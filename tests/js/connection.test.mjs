// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, SILENT_AFTER_MS } from "../../static/map/connection.mjs";

const SNAPSHOT = { type: "snapshot", seq: 1 };

/** A browser that is played by the test: sockets, event streams, answers and a clock. */
class Browser {
  nowMs = 0;
  /** @type {{ atMs: number, act: () => void }[]} */
  timers = [];
  /** @type {any[]} */
  sockets = [];
  /** @type {any[]} */
  streams = [];
  /** @type {string[]} */
  asked = [];
  answer = { status: 200, body: /** @type {any} */ (SNAPSHOT) };
  /** @type {any[]} */
  heard = [];
  /** @type {string[]} */
  states = [];

  ports() {
    const { sockets, streams } = this;
    class Stub {
      closed = false;
      /** @param {string} url */
      constructor(url) {
        this.url = url;
      }
      close() {
        this.closed = true;
      }
    }
    return /** @type {any} */ ({
      WebSocket: class extends Stub {
        /** @param {string} url */
        constructor(url) {
          super(url);
          sockets.push(this);
        }
      },
      EventSource: class extends Stub {
        /** @param {string} url */
        constructor(url) {
          super(url);
          streams.push(this);
        }
      },
      fetch: async (/** @type {string} */ url) => {
        this.asked.push(url);
        const { status, body } = this.answer;
        return { status, ok: status === 200, json: async () => body };
      },
      setTimeout: (/** @type {() => void} */ act, /** @type {number} */ delayMs) => {
        const timer = { atMs: this.nowMs + delayMs, act };
        this.timers.push(timer);
        return timer;
      },
      clearTimeout: (/** @type {any} */ timer) => (this.timers = this.timers.filter((other) => other !== timer)),
      random: () => 0.5,
      now: () => this.nowMs,
    });
  }

  connect() {
    const viewer = {
      heard: (/** @type {any} */ message) => this.heard.push(message),
      turned: (/** @type {string} */ state) => this.states.push(state),
    };
    const connection = new Connection("https://hub.example/v/token", viewer, this.ports());
    connection.start();
    return connection;
  }

  /** Lets the clock run, and promises settle. @param {number} ms */
  async pass(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.timers.sort((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      this.timers.shift();
      this.nowMs = next.atMs;
      next.act();
    }
    this.nowMs = untilMs;
  }

  get socket() {
    return this.sockets[this.sockets.length - 1];
  }

  /** @param {any} message */
  say(message) {
    this.socket.onmessage({ data: JSON.stringify(message) });
  }

  async failThreeSockets() {
    for (let i = 0; i < 3; i++) {
      this.socket.onclose({ code: 1006 });
      await this.pass(5_000);
    }
  }
}

test("a socket's messages are heard", () => {
  const browser = new Browser();
  browser.connect();
  assert.equal(browser.socket.url, "wss://hub.example/v/token/live");
  browser.say(SNAPSHOT);
  assert.deepEqual(browser.heard, [SNAPSHOT]);
  assert.deepEqual(browser.states, ["live"]);
});

test("a closed socket is opened again after a jittered moment, without a word", async () => {
  const browser = new Browser();
  browser.connect();
  browser.say(SNAPSHOT);
  browser.socket.onclose({ code: 1012 });
  await browser.pass(740);
  assert.equal(browser.sockets.length, 1);
  await browser.pass(20);
  assert.equal(browser.sockets.length, 2);
  assert.deepEqual(browser.states, ["live"]);
});

test("the second failure in a row is said, and healing too", async () => {
  const browser = new Browser();
  browser.connect();
  browser.say(SNAPSHOT);
  browser.socket.onclose({ code: 1006 });
  await browser.pass(1_000);
  browser.socket.onclose({ code: 1006 });
  assert.deepEqual(browser.states, ["live", "lost"]);
  await browser.pass(2_000);
  browser.say(SNAPSHOT);
  assert.deepEqual(browser.states, ["live", "lost", "live"]);
});

test("two missed heartbeats close the socket and open another", async () => {
  const browser = new Browser();
  browser.connect();
  browser.say(SNAPSHOT);
  await browser.pass(SILENT_AFTER_MS - 1);
  assert.equal(browser.socket.closed, false);
  await browser.pass(2_000);
  assert.equal(browser.sockets[0].closed, true);
  assert.equal(browser.sockets.length, 2);
});

test("a heartbeat keeps the socket", async () => {
  const browser = new Browser();
  browser.connect();
  for (let i = 0; i < 6; i++) {
    await browser.pass(20_000);
    browser.say({ type: "heartbeat", server_time: "2026-11-23T14:00:00Z" });
  }
  assert.equal(browser.sockets.length, 1);
});

test("where neither sockets nor event streams get through, polling every 10 s comes at once and without a word", async () => {
  const browser = new Browser();
  browser.connect();
  browser.socket.onclose({ code: 1006 });
  assert.equal(browser.streams[0].url, "https://hub.example/v/token/events");
  browser.streams[0].onerror();
  assert.equal(browser.asked[0], "https://hub.example/v/token/snapshot");
  await browser.pass(30_000);
  assert.equal(browser.asked.length, 4);
  assert.deepEqual(browser.heard.at(-1), SNAPSHOT);
  assert.deepEqual(browser.states, ["live"]);
  assert.deepEqual([browser.sockets.length, browser.streams.length], [1, 1]);
});

test("a socket that worked is left for event streams after three failures", async () => {
  const browser = new Browser();
  browser.connect();
  browser.say(SNAPSHOT);
  await browser.failThreeSockets();
  assert.equal(browser.sockets.length, 3);
  assert.equal(browser.streams.length, 1);
  assert.deepEqual(browser.states, ["live", "lost"]);
});

test("a way that opens and says nothing is left after ten seconds", async () => {
  const browser = new Browser();
  browser.connect();
  await browser.pass(9_999);
  assert.equal(browser.streams.length, 0);
  await browser.pass(1);
  assert.equal(browser.socket.closed, true);
  assert.equal(browser.streams.length, 1);
});

test("when everything is cut the viewer's own line is said to be down, and polling goes on in growing steps", async () => {
  const browser = new Browser();
  browser.answer = { status: 503, body: null };
  browser.connect();
  browser.socket.onclose({ code: 1006 });
  browser.streams[0].onerror();
  await browser.pass(60_000);
  assert.deepEqual(browser.states, ["lost"]);
  const asked = browser.asked.length;
  assert.ok(asked >= 4 && asked <= 8, `${asked} times in a minute`);
  browser.answer = { status: 200, body: SNAPSHOT };
  await browser.pass(31_000);
  assert.deepEqual(browser.states, ["lost", "live"]);
});

test("a lesser way is left for the socket after two minutes", async () => {
  const browser = new Browser();
  browser.connect();
  browser.socket.onclose({ code: 1006 });
  for (let i = 0; i < 7; i++) {
    browser.streams[0].onmessage({ data: JSON.stringify(SNAPSHOT) });
    await browser.pass(18_000);
  }
  assert.equal(browser.streams[0].closed, true);
  assert.equal(browser.sockets.length, 2);
  browser.socket.onclose({ code: 1006 });
  assert.equal(browser.streams.length, 2);
  assert.deepEqual(browser.states, ["live"]);
});

test("a link that is no longer valid ends everything", async () => {
  const browser = new Browser();
  const connection = browser.connect();
  browser.say(SNAPSHOT);
  browser.socket.onclose({ code: 4404 });
  connection.nudge();
  connection.interrupt();
  await browser.pass(600_000);
  assert.deepEqual(browser.states, ["live", "gone"]);
  assert.equal(browser.sockets.length, 1);
});

test("a snapshot that is not found ends polling", async () => {
  const browser = new Browser();
  browser.answer = { status: 404, body: null };
  browser.connect();
  browser.socket.onclose({ code: 1006 });
  browser.streams[0].onerror();
  await browser.pass(1_000);
  assert.equal(browser.states.at(-1), "gone");
  assert.deepEqual(browser.timers, []);
});

test("a lost network is said at once and tried again when it is back", async () => {
  const browser = new Browser();
  const connection = browser.connect();
  browser.say(SNAPSHOT);
  connection.interrupt();
  assert.deepEqual(browser.states, ["live", "lost"]);
  connection.nudge();
  assert.equal(browser.sockets.length, 2);
});

test("a page that is shown again after a sleep trusts no line that missed a heartbeat", () => {
  const browser = new Browser();
  const connection = browser.connect();
  browser.say(SNAPSHOT);
  browser.nowMs = 20_000;
  connection.nudge();
  assert.equal(browser.sockets.length, 1);
  browser.nowMs = 600_000; // no timer ran meanwhile
  connection.nudge();
  assert.deepEqual([browser.sockets.length, browser.sockets[0].closed], [2, true]);
  assert.deepEqual(browser.states, ["live"]);
});

test("an ended connection hears nothing more", () => {
  const browser = new Browser();
  const connection = browser.connect();
  connection.stop();
  browser.say(SNAPSHOT);
  assert.deepEqual(browser.heard, []);
  assert.deepEqual(browser.timers, []);
});
