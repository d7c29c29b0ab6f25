// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { bearingDeg, decode, distanceM, left, measure, pointAt, project } from "../../static/map/route.mjs";

/** @typedef {import("../../static/map/route.mjs").LonLat} LonLat */
/** East 557 m, then north 1112 m. */
const CORNER = /** @type {LonLat[]} */ ([[24.94, 60.17], [24.95, 60.17], [24.95, 60.18]]);
const line = /** @type {import("../../static/map/route.mjs").Line} */ (measure(CORNER));

test("a polyline of precision 6 is decoded to longitude and latitude", () => {
  // Encoded by the `polyline` package of Python from (38.5, -120.2), (40.7, -120.95), (43.252, -126.453).
  assert.deepEqual(decode("_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI"), [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]);
});

test("an empty polyline has no points and makes no line", () => {
  assert.deepEqual(decode(""), []);
  assert.equal(measure([]), null);
  assert.equal(measure([[24.94, 60.17]]), null);
});

test("distances and bearings are those of the map", () => {
  assert.ok(Math.abs(distanceM(CORNER[1], CORNER[2]) - 1112) < 1);
  assert.equal(Math.round(bearingDeg(CORNER[0], CORNER[1])), 90);
  assert.equal(Math.round(bearingDeg(CORNER[2], CORNER[1])), 180);
});

test("a place beside the road is projected onto it", () => {
  const { alongM, offM } = project(line, [24.945, 60.1701]);
  assert.ok(Math.abs(alongM - line.alongM[1] / 2) < 1);
  assert.ok(Math.abs(offM - 11.1) < 0.2);
});

test("a place on the line is found again by its metres", () => {
  for (const alongM of [0, 100, 600, line.alongM[2]]) {
    assert.ok(Math.abs(project(line, pointAt(line, alongM)).alongM - alongM) < 0.01);
  }
});

test("metres outside the line are its ends", () => {
  assert.deepEqual(pointAt(line, -5), CORNER[0]);
  assert.deepEqual(pointAt(line, 1e6), CORNER[2]);
});

test("the route left begins at the technician and keeps the corners ahead", () => {
  const rest = left(line, [24.945, 60.17]);
  assert.equal(rest.length, 3);
  assert.ok(Math.abs(rest[0][0] - 24.945) < 1e-9);
  assert.deepEqual(rest.at(-1), CORNER[2]);
});

test("a line that stands still for a moment is no trouble", () => {
  const still = /** @type {any} */ (measure([CORNER[0], CORNER[0], CORNER[1]]));
  assert.ok(Number.isFinite(project(still, CORNER[1]).alongM));
  assert.ok(Number.isFinite(pointAt(still, 0.001)[0]));
});
