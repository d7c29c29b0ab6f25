// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { ANSWER_WITHIN_MS, Line, MOST_PER_FRAME } from "../../static/technician/line.mjs";
import { inMemory } from "../../static/technician/kept.mjs";
import { Queue } from "../../static/technician/queue.mjs";
import { Network, ping } from "./phone.mjs";

/** @param {number} waiting */
function started(waiting = 0) {
  const network = new Network();
  const queue = new Queue(inMemory());
  for (let n = 0; n < waiting; n += 1) queue.add(ping(n));
  /** @type {any[]} */
  const heard = [];
  const line = new Line(
    "wss://hub.example/api/v1/pings",
    "secret",
    queue,
    {
      answered: (others) => heard.push(others),
      changed: () => {},
      refused: () => heard.push("refused"),
    },
    network.ports(),
  );
  line.start();
  return { network, queue, line, heard };
}

/** @param {any} socket @param {object} answer */
function answer(socket, answer = {}) {
  socket.onmessage({ data: JSON.stringify({ ack: 1, accepted: 1, ...answer }) });
}

test("the token goes by subprotocol, never in the address", () => {
  const { network } = started();
  assert.deepEqual(network.newest.protocols, ["enroute.v1", "bearer.secret"]);
  assert.equal(network.newest.url, "wss://hub.example/api/v1/pings");
});

test("one frame is under way at a time, and forgotten only when it is answered", () => {
  const { network, queue, line, heard } = started(1);
  network.newest.onopen();
  assert.deepEqual(network.newest.sent, [[ping(0)]]);
  queue.add(ping(1));
  line.send();
  assert.equal(network.newest.sent.length, 1);
  assert.equal(queue.size, 2);
  answer(network.newest, { others: [{ index: 0, verdict: "rejected", reasons: ["future"] }] });
  assert.deepEqual(heard, [[{ index: 0, verdict: "rejected", reasons: ["future"] }]]);
  assert.deepEqual(network.newest.sent[1], [ping(1)]);
  assert.equal(queue.size, 1);
});

test("after a long silence the newest goes first and alone, then the others in order, many in one frame", () => {
  const { network, queue } = started(MOST_PER_FRAME + 2);
  network.newest.onopen();
  assert.deepEqual(network.newest.sent[0], [ping(MOST_PER_FRAME + 1)]);
  answer(network.newest);
  assert.deepEqual(network.newest.sent[1].slice(0, 2), [ping(0), ping(1)]);
  assert.equal(network.newest.sent[1].length, MOST_PER_FRAME);
  queue.add(ping(MOST_PER_FRAME + 2)); // measured meanwhile: newer than all that waits
  answer(network.newest);
  assert.deepEqual(network.newest.sent[2], [ping(MOST_PER_FRAME + 2)]);
  answer(network.newest);
  assert.deepEqual(network.newest.sent[3], [ping(MOST_PER_FRAME)]);
  answer(network.newest);
  assert.equal(queue.size, 0);
});

test("held back it sends nothing, and goes on afterwards", () => {
  const { network, line } = started(1);
  line.hold(true);
  network.newest.onopen();
  assert.equal(network.newest.sent.length, 0);
  line.hold(false);
  assert.equal(network.newest.sent.length, 1);
});

test("what had no answer when the line broke is sent again on the next one", () => {
  const { network, queue } = started(1);
  network.newest.onopen();
  const broken = network.newest;
  broken.onclose({ code: 1006 });
  assert.equal(queue.size, 1);
  network.pass(1_000);
  assert.notEqual(network.newest, broken);
  network.newest.onopen();
  assert.deepEqual(network.newest.sent, [[ping(0)]]);
  answer(broken); // too late
  assert.equal(queue.size, 1);
});

test("it comes back later and later, at most after half a minute, and soon again once it was heard", () => {
  const { network } = started(1);
  const pauses = [1, 2, 4, 8, 16, 30, 30];
  for (const pauseS of pauses) {
    const count = network.sockets.length;
    network.newest.onclose({ code: 1006 });
    network.pass(pauseS * 1_000 - 1);
    assert.equal(network.sockets.length, count);
    network.pass(1);
    assert.equal(network.sockets.length, count + 1);
  }
  network.newest.onopen();
  answer(network.newest);
  network.newest.onclose({ code: 1012 });
  network.pass(1_000);
  assert.equal(network.sockets.length, pauses.length + 2);
});

test("a hub that does not answer is left", () => {
  const { network } = started(1);
  network.newest.onopen();
  const silent = network.newest;
  network.pass(ANSWER_WITHIN_MS);
  assert.equal(silent.closed, true);
  network.pass(1_000);
  assert.notEqual(network.newest, silent);
});

test("a token that is no longer valid ends it for good", () => {
  const { network, line, heard } = started(1);
  network.newest.onclose({ code: 4401 });
  assert.deepEqual(heard, ["refused"]);
  network.pass(60_000);
  assert.equal(network.sockets.length, 1);
  assert.equal(line.connected, false);
});

test("stopped, it neither sends nor comes back", () => {
  const { network, line, queue } = started(1);
  line.stop();
  assert.equal(network.newest.closed, true);
  network.newest.onclose({ code: 1000 });
  network.pass(60_000);
  line.send();
  assert.equal(network.sockets.length, 1);
  assert.equal(queue.size, 1);
});
