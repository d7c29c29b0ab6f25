// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { STILL, addFix, beatMs, play } from "../../static/map/glide.mjs";
import { distanceM, measure, project } from "../../static/map/route.mjs";

/** @typedef {import("../../static/map/route.mjs").LonLat} LonLat */
const BEAT_MS = 2_000;
const FRAME_MS = 50;
const GLIDE = { reduced: false };
/** 20 m east at this latitude: 10 m/s with a beat of 2 s. */
const STEP_DEG = 20 / (111_195 * Math.cos((60.17 * Math.PI) / 180));

/** @param {number} i @returns {LonLat} */
const east = (i) => [24.94 + i * STEP_DEG, 60.17];

/**
 * Drives fixes 0..count-1, a beat apart, and plays frames until `untilMs`.
 *
 * @param {number} count
 * @param {number} untilMs
 * @param {(i: number) => LonLat} [place]
 * @param {import("../../static/map/route.mjs").Line | null} [line]
 */
function drive(count, untilMs, place = east, line = null) {
  let motion = STILL;
  const frames = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += FRAME_MS) {
    const i = nowMs / BEAT_MS;
    if (Number.isInteger(i) && i < count) motion = addFix(motion, place(i), 1_000_000 + nowMs, nowMs);
    const played = play(motion, nowMs, line, GLIDE);
    motion = played.motion;
    if (played.shown) frames.push({ nowMs, ...played.shown });
  }
  return { motion, frames };
}

test("before the first fix nothing is shown", () => {
  assert.equal(play(STILL, 0, null, GLIDE).shown, null);
});

test("the first fix is shown at once", () => {
  const motion = addFix(STILL, east(0), 1_000, 50);
  assert.deepEqual(play(motion, 50, null, GLIDE).shown?.place, east(0));
});

test("the marker moves at the pace driven, a little more than a beat behind", () => {
  const { frames } = drive(11, 20_000);
  const settled = frames.filter((frame) => frame.nowMs > 8_000);
  for (let i = 1; i < settled.length; i++) {
    const metres = distanceM(settled[i - 1].place, settled[i].place);
    assert.ok(metres > 0.3 && metres < 0.7, `${metres} m in a frame of 0.5 m`);
  }
  const lag = distanceM(frames[frames.length - 1].place, east(10)) / 10;
  assert.ok(lag > 1.5 && lag < 2.6, `${lag} s behind`);
});

test("it never moves backwards nor past the newest fix", () => {
  const { frames } = drive(6, 30_000);
  for (let i = 1; i < frames.length; i++) assert.ok(frames[i].place[0] >= frames[i - 1].place[0]);
  assert.deepEqual(frames[frames.length - 1].place, east(5));
});

test("more than three beats late it stands still and says so", () => {
  const { frames } = drive(6, 30_000);
  const lastFixMs = 5 * BEAT_MS;
  for (const frame of frames) assert.equal(frame.late, frame.nowMs - lastFixMs > 3 * BEAT_MS, `at ${frame.nowMs}`);
  assert.equal(frames[frames.length - 1].resting, true);
});

test("standing still is said after five seconds at the earliest", () => {
  let motion = addFix(STILL, east(0), 0, 0);
  motion = addFix(motion, east(0.1), 500, 500);
  assert.equal(play(motion, 5_500, null, GLIDE).shown?.late, false);
  assert.equal(play(motion, 5_501, null, GLIDE).shown?.late, true);
});

test("a fix more than 200 m away is jumped to", () => {
  let motion = addFix(STILL, east(0), 0, 0);
  motion = addFix(motion, east(11), 2_000, 2_000);
  assert.deepEqual(play(motion, 2_001, null, GLIDE).shown?.place, east(11));
});

test("a fix just under 200 m away is glided to", () => {
  let motion = addFix(STILL, east(0), 0, 0);
  motion = addFix(motion, east(9.9), 2_000, 2_000);
  const place = play(motion, 2_050, null, GLIDE).shown?.place;
  assert.ok(place && distanceM(place, east(0)) < 20);
});

test("less motion means snapping", () => {
  let motion = addFix(STILL, east(0), 0, 0);
  motion = addFix(motion, east(3), 2_000, 2_000);
  assert.deepEqual(play(motion, 2_001, null, { reduced: true }).shown?.place, east(3));
});

test("an older fix changes nothing", () => {
  const motion = addFix(STILL, east(1), 2_000, 0);
  assert.equal(addFix(motion, east(0), 1_000, 100), motion);
});

test("between fixes on the road the marker follows its corner", () => {
  const corner = /** @type {LonLat} */ ([24.94 + 4.5 * STEP_DEG, 60.17]);
  const north = 20 / 111_195;
  const place = (/** @type {number} */ i) =>
    /** @type {LonLat} */ (i <= 4 ? east(i) : [corner[0], 60.17 + (i - 4.5) * north]);
  const line = measure([east(0), corner, [corner[0], 60.175]]);
  const { frames } = drive(10, 20_000, place, line);
  for (const frame of frames) assert.ok(project(/** @type {any} */ (line), frame.place).offM < 0.01);
});

test("a resting marker stands on the road beside its fix", () => {
  const line = measure([[24.93, 60.1701], [24.96, 60.1701]]);
  const { frames } = drive(3, 12_000, east, line);
  assert.ok(Math.abs(frames[frames.length - 1].place[1] - 60.1701) < 1e-9);
});

test("far from the road the marker goes straight", () => {
  const line = measure([[24.93, 60.18], [24.96, 60.18]]);
  const { frames } = drive(5, 10_000, east, line);
  for (const frame of frames) assert.ok(Math.abs(frame.place[1] - 60.17) < 1e-9);
});

test("the bearing comes from movement of more than 10 m", () => {
  const noise = drive(10, 18_000, (i) => [24.94 + (i % 2) * STEP_DEG * 0.4, 60.17]);
  assert.equal(noise.frames[noise.frames.length - 1].bearingDeg, null);
  const driven = drive(10, 18_000);
  assert.equal(Math.round(/** @type {number} */ (driven.frames[driven.frames.length - 1].bearingDeg)), 90);
});

test("the beat is the median of the last steps", () => {
  let motion = STILL;
  for (const atMs of [0, 1_000, 2_000, 12_000, 13_000]) motion = addFix(motion, east(atMs / 10_000), atMs, atMs);
  assert.equal(beatMs(motion), 1_000);
});
