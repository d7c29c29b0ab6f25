// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { bounds, chosen, features, layers } from "../../static/console/points.mjs";

/** @typedef {import("../../static/console/points.mjs").Point} Point */

/** @param {number} number @param {Point["verdict"]} verdict @param {number} [north] @returns {Point} */
function point(number, verdict, north = number) {
  return { number, verdict, lat: 60 + north / 1_000, lon: 24.9 };
}

test("the line goes through what was shown, the oldest first, and every position is a point", () => {
  const found = features([point(0, "accepted"), point(1, "flagged", 900), point(2, "accepted"), point(3, "late")]).features;
  assert.deepEqual(found[0].geometry, { type: "LineString", coordinates: [[24.9, 60.002], [24.9, 60]] });
  assert.deepEqual(
    found.slice(1).map(({ properties }) => properties),
    [
      { number: 0, verdict: "accepted" },
      { number: 1, verdict: "flagged" },
      { number: 2, verdict: "accepted" },
      { number: 3, verdict: "late" },
    ],
  );
});

test("a single shown position makes no line", () => {
  assert.deepEqual(features([point(0, "accepted"), point(1, "late")]).features.map(({ geometry }) => geometry.type), ["Point", "Point"]);
});

test("flagged positions far away do not decide what is looked at first, unless there are no others", () => {
  const far = point(9, "flagged", 900);
  assert.deepEqual(bounds([point(0, "accepted"), far, point(5, "late")]), [24.9, 60, 24.9, 60.005]);
  assert.deepEqual(bounds([far]), [24.9, 60.9, 24.9, 60.9]);
});

test("each layer has its own name and nothing is chosen at first", () => {
  const drawn = layers({ line: "#111111", edge: "#222222", accepted: "#333333", late: "#444444", flagged: "#555555" });
  assert.equal(new Set(drawn.map(({ id }) => id)).size, drawn.length);
  assert.deepEqual(chosen(null), ["==", ["get", "number"], -1]);
  assert.deepEqual(chosen(0), ["==", ["get", "number"], 0]);
});
