// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { IDBFactory } from "fake-indexeddb";

import { openKept } from "../../static/technician/kept.mjs";
import { MOST_KEPT, Queue } from "../../static/technician/queue.mjs";
import { ping } from "./phone.mjs";

/** @param {IDBFactory} phone */
async function opened(phone, device = "de_1") {
  const kept = await openKept(phone, device);
  return { kept, queue: await Queue.load(kept) };
}

/** @param {Queue} queue @param {number} most */
const pings = (queue, most = 9) => queue.next(most).map((one) => one.ping);

test("the newest position goes first, then the others in the order in which they were measured", async () => {
  const { queue } = await opened(new IDBFactory());
  for (const n of [1, 2, 3]) queue.add(ping(n));
  assert.deepEqual(pings(queue), [ping(3)]);
  queue.forget(queue.next(9));
  assert.deepEqual(pings(queue), [ping(1), ping(2)]);
  assert.equal(queue.size, 2);
});

test("they stay until they are forgotten", async () => {
  const { queue } = await opened(new IDBFactory());
  queue.add(ping(1));
  queue.next(9);
  assert.deepEqual(pings(queue), [ping(1)]);
});

test("of too many the oldest go", async () => {
  const { queue } = await opened(new IDBFactory());
  for (let n = 0; n < MOST_KEPT + 5; n += 1) queue.add(ping(n));
  assert.equal(queue.size, MOST_KEPT);
  queue.forget(queue.next(1)); // the newest
  assert.deepEqual(pings(queue, 1), [ping(5)]);
});

test("what waits is there again when the page is opened again, in order", async () => {
  const phone = new IDBFactory();
  const { queue, kept } = await opened(phone);
  for (let n = 0; n < 12; n += 1) queue.add(ping(n));
  await kept.all("pings");
  const again = await opened(phone);
  again.queue.forget(again.queue.next(1));
  assert.deepEqual(pings(again.queue, 20), [...Array(11).keys()].map(ping));
});

test("nothing is left on the phone once the hub has everything", async () => {
  const phone = new IDBFactory();
  const { queue, kept } = await opened(phone);
  queue.add(ping(1));
  queue.forget(queue.next(9));
  assert.deepEqual(await kept.all("pings"), []);
});

test("another technician on the same phone finds nothing of the former", async () => {
  const phone = new IDBFactory();
  const { queue, kept } = await opened(phone);
  queue.add(ping(1));
  await kept.put("acts", { kind: "status" });
  await kept.put("facts", "always", "choice");
  const { kept: theirs } = await opened(phone, "de_2");
  assert.deepEqual(await theirs.all("pings"), []);
  assert.deepEqual(await theirs.all("acts"), []);
  assert.deepEqual(await theirs.all("facts"), [{ key: "device", value: "de_2" }]);
});

test("a database that is forbidden is no reason to stop", async () => {
  const forbidden = /** @type {any} */ ({
    open: () => {
      throw new Error("forbidden");
    },
  });
  for (const phone of [forbidden, undefined]) {
    const { queue } = await opened(phone);
    queue.add(ping(1));
    assert.equal(queue.size, 1);
  }
});
