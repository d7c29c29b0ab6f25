// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { keepChoice, readChoice, wantsSharing } from "../../static/technician/choice.mjs";
import { isWorth, pingOf } from "../../static/technician/fixes.mjs";
import { inMemory } from "../../static/technician/kept.mjs";
import { seenOf, stateOf } from "../../static/technician/state.mjs";

/** @param {Partial<import("../../static/technician/state.mjs").Known>} parts */
function said(parts) {
  return stateOf({
    choice: "way",
    traveling: true,
    supported: true,
    fault: null,
    found: true,
    connected: true,
    waiting: 0,
    refused: false,
    badClock: false,
    tracked: true,
    first: true,
    ...parts,
  });
}

test("on the way the position is shared, else not, unless the technician chose otherwise", () => {
  assert.deepEqual(said({}), { key: "way_sharing", look: "on" });
  assert.deepEqual(said({ traveling: false }), { key: "way_waiting", look: "off" });
  assert.deepEqual(said({ choice: "always", traveling: false }), { key: "always_sharing", look: "on" });
  assert.deepEqual(said({ choice: "never", traveling: false }), { key: "off", look: "off" });
  assert.deepEqual(said({ choice: "never" }), { key: "off_traveling", look: "off" });
});

test("what keeps the position from being shared is said, the worst first", () => {
  assert.deepEqual(said({ refused: true, choice: "never" }), { key: "refused", look: "trouble" });
  assert.equal(said({ supported: false, fault: "denied" }).key, "unsupported");
  assert.equal(said({ fault: "denied", connected: false, waiting: 3 }).key, "denied");
  assert.equal(said({ connected: false, waiting: 3 }).key, "no_signal");
  assert.equal(said({ badClock: true }).key, "clock");
  assert.equal(said({ fault: "no_position" }).key, "no_position");
  assert.equal(said({ found: false, connected: false }).key, "connecting");
});

test("troubles of a phone that shall not share are nobody's business", () => {
  assert.equal(said({ traveling: false, fault: "denied", connected: false, waiting: 2 }).key, "way_waiting");
});

test("the choice is remembered, and on the way is what counts without one", async () => {
  const kept = inMemory();
  assert.equal(await readChoice(kept), "way");
  for (const choice of /** @type {const} */ (["always", "never", "way"])) {
    await keepChoice(kept, choice);
    assert.equal(await readChoice(kept), choice);
  }
  await kept.put("facts", "nonsense", "choice");
  assert.equal(await readChoice(kept), "way");
});

test("outside tracking hours, and beside another tab, nothing is the phone's fault", () => {
  assert.deepEqual(said({ tracked: false, fault: "denied" }), { key: "off_hours", look: "off" });
  assert.deepEqual(said({ first: false, connected: false, waiting: 2 }), { key: "other_tab", look: "on" });
});

test("what customers see is the hub's word, and nobody's without a connection", () => {
  const known = /** @type {const} */ ({ traveling: true, reachable: true, seen: "yes" });
  assert.equal(seenOf(known), "seen_yes");
  assert.equal(seenOf({ ...known, seen: "lost" }), "seen_lost");
  assert.equal(seenOf({ ...known, seen: null }), "seen_lost");
  assert.equal(seenOf({ ...known, reachable: false }), "seen_unknown");
  assert.equal(seenOf({ ...known, traveling: false, reachable: false }), "seen_no");
});

test("whether to share follows from choice and visit", () => {
  assert.equal(wantsSharing("way", true), true);
  assert.equal(wantsSharing("way", false), false);
  assert.equal(wantsSharing("always", false), true);
  assert.equal(wantsSharing("never", true), false);
});

test("a fix becomes a ping with what is unknown as null", () => {
  const coords = { latitude: 60.17, longitude: 24.94, accuracy: 7, speed: null, heading: NaN, altitude: 12 };
  const fix = /** @type {any} */ ({ coords, timestamp: Date.UTC(2026, 10, 23, 14, 0, 1) });
  assert.deepEqual(pingOf(fix, 0.5, "one"), {
    lat: 60.17,
    lon: 24.94,
    at: "2026-11-23T14:00:01.000Z",
    accuracy_m: 7,
    speed_mps: null,
    heading_deg: null,
    altitude_m: 12,
    battery: 0.5,
    id: "one",
  });
});

test("more than one position a second is more than anybody needs", () => {
  assert.equal(isWorth(null, 5_000), true);
  assert.equal(isWorth(5_000, 5_999), false);
  assert.equal(isWorth(5_000, 6_000), true);
});
