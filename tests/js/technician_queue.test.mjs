// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_KEPT, Queue } from "../../static/technician/queue.mjs";
import { forbidden, ping, storage } from "./phone.mjs";

test("positions come out in the order in which they were measured, and stay until they are forgotten", () => {
  const queue = new Queue(storage(), "de_1");
  for (const n of [1, 2, 3]) queue.add(ping(n));
  const { pings, mark } = queue.first(2);
  assert.deepEqual(pings, [ping(1), ping(2)]);
  assert.equal(queue.size, 3);
  queue.forget(mark);
  assert.deepEqual(queue.first(9).pings, [ping(3)]);
});

test("of too many the oldest go, and a mark made before forgets no newer ones", () => {
  const queue = new Queue(storage(), "de_1");
  for (let n = 0; n < MOST_KEPT; n += 1) queue.add(ping(n));
  const { mark } = queue.first(2);
  for (let n = 0; n < 5; n += 1) queue.add(ping(MOST_KEPT + n));
  assert.equal(queue.size, MOST_KEPT);
  queue.forget(mark);
  assert.equal(queue.size, MOST_KEPT);
  assert.deepEqual(queue.first(1).pings, [ping(5)]);
});

test("what was saved is there again when the page is opened again, for the same phone only", () => {
  const store = storage();
  const queue = new Queue(store, "de_1");
  queue.add(ping(1));
  queue.save();
  assert.deepEqual(new Queue(store, "de_1").first(9).pings, [ping(1)]);
  assert.equal(new Queue(store, "de_2").size, 0);
});

test("nothing is left on the phone once the hub has everything", () => {
  const store = storage();
  const queue = new Queue(store, "de_1");
  queue.add(ping(1));
  queue.save();
  queue.forget(queue.first(9).mark);
  assert.equal(store.kept.size, 0);
});

test("a storage that is forbidden or holds nonsense is no reason to stop", () => {
  const queue = new Queue(forbidden, "de_1");
  queue.add(ping(1));
  queue.save();
  assert.equal(queue.size, 1);
  for (const text of ["{", "null", '"text"']) {
    const store = storage();
    store.setItem("enroute.pings.de_1", text);
    assert.equal(new Queue(store, "de_1").size, 0);
  }
});
