// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { apply } from "../../static/map/messages.mjs";
import { snapshot } from "./builders.mjs";

const moved = /** @type {any} */ ({ type: "position", seq: 11, position: { lat: 1, lon: 2 }, eta: null, freshness: "live", last_seen_at: null });

test("the first snapshot is what is known", () => {
  const state = apply(null, snapshot({ seq: 10 }));
  assert.equal(state?.seq, 10);
  assert.equal("type" in /** @type {object} */ (state), false);
});

test("a newer position replaces the parts it names and keeps the others", () => {
  const state = apply(apply(null, snapshot({ seq: 10, stops_before: 2 })), moved);
  assert.equal(state?.position?.lat, 1);
  assert.equal(state?.stops_before, 2);
});

test("an older message changes nothing", () => {
  const state = apply(null, snapshot({ seq: 11 }));
  assert.equal(apply(state, moved), state);
  assert.equal(apply(state, snapshot({ seq: 10 })), state);
});

test("a change before the first snapshot is left alone", () => {
  assert.equal(apply(null, moved), null);
});

test("a heartbeat changes nothing", () => {
  const state = apply(null, snapshot({}));
  assert.equal(apply(state, { type: "heartbeat", server_time: "2026-11-23T14:00:00Z" }), state);
});

test("arrival takes the route away", () => {
  const state = apply(null, snapshot({ seq: 10, route: { polyline6: "abc" } }));
  const visit = { ...snapshot({}).visit, status: "in_progress" };
  const parts = { visit, technician: null, position: null, eta: null, freshness: "lost", last_seen_at: null };
  const next = apply(state, /** @type {any} */ ({ type: "status", seq: 11, ...parts }));
  assert.equal(next?.route, null);
  assert.equal(next?.visit.status, "in_progress");
});

test("a pause of sharing is over when a status does not name it any more", () => {
  const state = apply(null, snapshot({ seq: 10, paused: true }));
  const parts = { visit: snapshot({}).visit, technician: null, position: null, eta: null, freshness: "lost", last_seen_at: null };
  assert.equal(apply(state, /** @type {any} */ ({ type: "status", seq: 11, ...parts }))?.paused, undefined);
});

test("an unknown type is an error", () => {
  assert.throws(() => apply(null, /** @type {any} */ ({ type: "surprise" })), /unknown message type: surprise/);
});
