// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { worthSaying } from "../../static/map/announce.mjs";
import { apply } from "../../static/map/messages.mjs";
import { age, distance, timeRange, words } from "../../static/map/words.mjs";
import { eta, snapshot } from "./builders.mjs";

const phrases = {
  arriving: "Arriving {range}", headline_scheduled: "Coming {date}, {range}", headline_traveling: "On the way to you",
  headline_in_progress: "Here", status_traveling: "On the way", status_scheduled: "Scheduled", status_in_progress: "At work",
  late: "Running late: promised {range}", confidence: "{percent} likely", away: "about {distance} away", metres: "{n} m", area: "in this area",
  kilometres: "{n} km", updated: "updated {age} ago", last_seen: "last seen {age} ago", not_seen: "waiting",
  seconds: "{n} s", minutes: "{n} min", hours: "{n} h",
};
const language = { phrases, locale: "en-GB", timeZone: "Europe/Helsinki" };
const NOW_MS = Date.parse("2026-11-23T12:10:00Z");

/** @param {Record<string, any>} parts */
const say = (parts) => words(/** @type {any} */ (apply(null, snapshot(parts))), NOW_MS, language);

test("an arrival is a range, rounded outwards to whole minutes, in the visit's zone", () => {
  const range = { earliest: "2026-11-23T12:20:59Z", latest: "2026-11-23T12:34:01Z" };
  assert.equal(timeRange(range, language), "14:20–14:35");
  assert.equal(say({ eta: eta(range.earliest, range.latest) }).headline, "Arriving 14:20–14:35");
});

test("without an estimate the page says what is known", () => {
  const said = say({ freshness: "lost", last_seen_at: "2026-11-23T12:06:30Z" });
  assert.equal(said.headline, "On the way to you");
  assert.equal(said.freshness, "last seen 3 min ago");
});

test("running late is said when the estimate lies past the promised window", () => {
  assert.equal(say({}).late, null);
  assert.equal(say({ eta: eta("2026-11-23T16:00:00Z", "2026-11-23T16:10:00Z") }).late, "Running late: promised 16:00–18:00");
});

test("a visit under way says nothing of the technician", () => {
  const said = say({ visit: { ...snapshot({}).visit, status: "in_progress" } });
  assert.deepEqual([said.headline, said.distance, said.freshness, said.late], ["Here", null, null, null]);
});

test("distances are as precise as they matter", () => {
  const said = [30, 374, 974, 975, 2449, 9949, 12600].map((metres) => distance(metres, phrases, "en-GB"));
  assert.deepEqual(said, ["50 m", "350 m", "950 m", "1 km", "2.4 km", "9.9 km", "13 km"]);
});

test("an area is told in whole kilometres", () => {
  const position = { lat: 60.17, lon: 24.98, at: "2026-11-23T12:09:58Z", heading_deg: null, speed_mps: null, accuracy_m: 900 };
  const said = say({ position, last_seen_at: position.at });
  assert.deepEqual([said.distance, said.area], ["about 2 km away", "in this area"]);
  assert.equal(say({ position: { ...position, accuracy_m: 8 }, last_seen_at: position.at }).area, null);
});

test("whoever pauses sharing is not said to be silent", () => {
  assert.equal(say({ paused: true, freshness: "lost" }).freshness, null);
});

test("a map that has closed is not said to be silent", () => {
  assert.equal(say({ technician: null, freshness: "lost" }).freshness, null);
});

test("ages are told by their largest unit", () => {
  const said = [-3, 8.9, 59, 60, 3599, 7300].map((seconds) => age(seconds, phrases, "en-GB"));
  assert.deepEqual(said, ["0 s", "8 s", "59 s", "1 min", "59 min", "2 h"]);
});

test("a screen reader hears a new status and an arrival that moved by more than 2 minutes", () => {
  const at = (/** @type {string} */ time) => /** @type {any} */ (apply(null, snapshot({ eta: eta(`2026-11-23T12:${time}Z`, "2026-11-23T12:50:00Z") })));
  const first = worthSaying(null, at("20:00"));
  assert.equal(first.speak, null);
  const near = worthSaying(first.said, at("22:00"));
  assert.equal(near.speak, null);
  assert.equal(worthSaying(near.said, at("22:01")).speak, "arrival");
  const arrived = apply(null, snapshot({ visit: { ...snapshot({}).visit, status: "in_progress" } }));
  assert.equal(worthSaying(near.said, /** @type {any} */ (arrived)).speak, "status");
});
