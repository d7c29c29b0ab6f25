// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acts } from "../../static/technician/acts.mjs";
import { currentOf, travels, withActs } from "../../static/technician/day.mjs";
import { inMemory } from "../../static/technician/kept.mjs";

/** @param {string} status @param {number} n @returns {import("../../static/technician/acts.mjs").Act} */
function act(status, n = 1) {
  const at = new Date(Date.UTC(2026, 10, 23, 14, n)).toISOString();
  return { kind: "status", key: `key-${n}`, at, booking: "bk_1", name: "Aino", from: "scheduled", status };
}

/** Plays the hub: answers what `answers` says, then 200. */
function phone(/** @type {(number | [number, object] | "away")[]} */ answers = [], kept = inMemory()) {
  /** @type {any[]} */
  const calls = [];
  /** @type {any[]} */
  const heard = [];
  const acts = new Acts(
    kept,
    "token",
    {
      changed: () => {},
      done: ({ key }) => heard.push(["done", key]),
      refused: ({ key }, now) => heard.push(["refused", key, now]),
      gone: () => heard.push(["gone"]),
      heard: () => {},
    },
    {
      fetch: async (path, { headers, body }) => {
        calls.push({ path, headers, body: JSON.parse(body) });
        const answer = answers.shift() ?? 200;
        if (answer === "away") throw new TypeError("no network");
        const [status, problem] = typeof answer === "number" ? [answer, {}] : answer;
        return new Response(JSON.stringify(problem), { status });
      },
      now: () => new Date(Date.UTC(2026, 10, 23, 15)),
      alone: (work) => work(),
    },
  );
  return { acts, calls, heard, kept, answers };
}

test("a status goes with its own time, its key and the session's token", async () => {
  const { acts, calls, heard } = phone();
  await acts.add(act("traveling"));
  assert.equal(calls[0].path, "/tech/visits/bk_1/status");
  assert.deepEqual(calls[0].body, {
    status: "traveling",
    at: "2026-11-23T14:01:00.000Z",
    sent_at: "2026-11-23T15:00:00.000Z",
  });
  assert.equal(calls[0].headers["Idempotency-Key"], "key-1");
  assert.equal(calls[0].headers["X-Call-Token"], "token");
  assert.deepEqual(heard, [["done", "key-1"]]);
  assert.deepEqual(acts.waiting, []);
});

test("without a connection acts wait, outlive the page, and go in order", async () => {
  const { acts, kept } = phone(["away", "away"]);
  await acts.add(act("traveling", 1));
  await acts.add(act("in_progress", 2));
  assert.equal(acts.waiting.length, 2);
  const again = phone([], kept);
  await again.acts.load();
  assert.equal(again.acts.waiting.length, 2);
  await again.acts.send();
  assert.deepEqual(again.calls.map(({ body }) => body.status), ["traveling", "in_progress"]);
  assert.deepEqual(await kept.all("acts"), []);
});

test("sent from two places at once each act goes once", async () => {
  const { acts, calls } = phone(["away"]);
  await acts.add(act("traveling"));
  await Promise.all([acts.send(), acts.send(), acts.send()]);
  assert.equal(calls.length, 2); // the one that failed, and one more
});

test("a hub that fails or is still busy is asked again later, with the same key", async () => {
  for (const answer of /** @type {const} */ ([500, 503, 429, 409])) {
    const { acts, calls } = phone([answer]);
    await acts.add(act("traveling"));
    assert.equal(acts.waiting.length, 1);
    await acts.send();
    assert.deepEqual(calls.map(({ headers }) => headers["Idempotency-Key"]), ["key-1", "key-1"]);
    assert.equal(acts.waiting.length, 0);
  }
});

test("what is refused for good is told with the truth, and the next one goes on", async () => {
  const { acts, heard, answers } = phone(["away", "away"]);
  await acts.add(act("traveling", 1));
  await acts.add(act("in_progress", 2));
  answers.push([409, { current: "canceled" }], 404);
  await acts.send();
  assert.deepEqual(heard, [["refused", "key-1", "canceled"], ["refused", "key-2", null]]);
  assert.deepEqual(acts.waiting, []);
});

test("signed out, nothing is thrown away as if it had been refused", async () => {
  const { acts, heard } = phone([401]);
  await acts.add(act("traveling"));
  assert.deepEqual(heard, [["gone"]]);
  assert.equal(acts.waiting.length, 1);
});

test("of choices of sharing only the last one waits", async () => {
  const { acts, calls } = phone(["away", "away"]);
  for (const sharing of [false, true]) await acts.add({ kind: "sharing", key: String(sharing), at: "", sharing });
  await acts.send();
  assert.deepEqual(calls.at(-1).body, { sharing: true });
  assert.equal(calls.length, 3);
});

test("what waits counts before the hub knows it", () => {
  const visits = [
    { booking: "bk_1", status: "scheduled", name: "Aino" },
    { booking: "bk_2", status: "scheduled", name: "Eero" },
  ];
  assert.equal(currentOf(visits)?.booking, "bk_1");
  const seen = withActs(visits, [act("traveling", 1), act("in_progress", 2), act("completed", 3)]);
  assert.equal(seen[0].status, "completed");
  assert.equal(currentOf(seen)?.booking, "bk_2");
  assert.equal(currentOf(withActs(seen, [{ ...act("completed"), booking: "bk_2" }])), null);
  assert.equal(travels(withActs(visits, [act("traveling")])), true);
});
