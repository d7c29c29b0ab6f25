// @ts-check
/**
 * How the marker moves between fixes. Pure: the clock comes in as an argument.
 *
 * The fixes are played back like a recording, a little more than one beat behind the newest, at the pace at
 * which they were driven. Device clocks may be wrong, so a fix's own time only measures the pace; the
 * delay is counted from its arrival here. A late fix stretches the rest of the recording up to three
 * beats, then the marker stands still. It is never moved past the newest fix.
 */

import { bearingDeg, between, distanceM, pointAt, project } from "./route.mjs";

/** @typedef {import("./route.mjs").LonLat} LonLat */
/** @typedef {import("./route.mjs").Line} Line */
/** @typedef {{ place: LonLat, atMs: number, arrivedMs: number }} Fix */
/**
 * @typedef {object} Motion
 * @property {Fix[]} fixes oldest first, the last few
 * @property {number} playedMs up to when the recording has been played, in fix time
 * @property {number} frameMs when the last frame was drawn
 * @property {LonLat | null} anchor where the bearing was last taken
 * @property {number | null} bearingDeg null until the marker has moved far enough
 */
/** @typedef {{ place: LonLat, bearingDeg: number | null, late: boolean, resting: boolean }} Shown */

/** Room for jitter between fixes. */
const SLACK_MS = 300;
/** Beats without a fix after which the marker stands still. */
const LATE_BEATS = 3;
/** Standing still for less is no news, however quick the beat. */
const SAID_AFTER_MS = 5_000;
/** Longest step that is glided; farther is a jump (live-map rules). */
const JUMP_M = 200;
/** Farthest from the road at which a fix still counts as on it. */
const ON_ROUTE_M = 30;
/** Shortest movement that tells a direction; less is GPS noise. */
const BEARING_M = 10;
const KEPT_FIXES = 6;
const DEFAULT_BEAT_MS = 2_000;

/** @type {Motion} */
export const STILL = { fixes: [], playedMs: 0, frameMs: 0, anchor: null, bearingDeg: null };

/**
 * Adds a fix that just arrived; one that is not newer than the newest changes nothing.
 *
 * @param {Motion} motion
 * @param {LonLat} place
 * @param {number} atMs when it was measured
 * @param {number} nowMs when it arrived here
 * @returns {Motion}
 */
export function addFix(motion, place, atMs, nowMs) {
  const newest = motion.fixes.at(-1);
  if (newest && atMs <= newest.atMs) return motion;
  const fix = { place, atMs, arrivedMs: nowMs };
  if (!newest) return { ...motion, fixes: [fix], playedMs: atMs, frameMs: nowMs, anchor: place };
  if (distanceM(newest.place, place) > JUMP_M) {
    return { ...motion, fixes: [fix], playedMs: atMs, frameMs: nowMs, anchor: place, bearingDeg: null };
  }
  return { ...motion, fixes: [...motion.fixes, fix].slice(-KEPT_FIXES) };
}

/**
 * Measures the beat: the median time between the last fixes, in ms.
 *
 * @param {Motion} motion
 */
export function beatMs(motion) {
  const steps = motion.fixes.slice(1).map((fix, i) => fix.atMs - motion.fixes[i].atMs);
  if (steps.length === 0) return DEFAULT_BEAT_MS;
  const middle = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
  return Math.min(10_000, Math.max(250, middle));
}

/**
 * Plays the motion up to now and tells where the marker is.
 *
 * @param {Motion} motion
 * @param {number} nowMs
 * @param {Line | null} line the road, when known
 * @param {{ reduced: boolean }} wish `reduced`: the person asked for less motion, so snap
 * @returns {{ motion: Motion, shown: Shown | null }} null before the first fix
 */
export function play(motion, nowMs, line, { reduced }) {
  const newest = motion.fixes.at(-1);
  if (!newest) return { motion, shown: null };
  const beat = beatMs(motion);
  const playedMs = reduced ? newest.atMs : playedUntil(motion, newest, beat, nowMs);
  const place = placeAt(motion.fixes, playedMs, line);
  const turned = turn(motion, place);
  return {
    motion: { ...turned, playedMs, frameMs: nowMs },
    shown: {
      place,
      bearingDeg: turned.bearingDeg,
      late: nowMs - newest.arrivedMs > Math.max(SAID_AFTER_MS, LATE_BEATS * beat),
      resting: playedMs >= newest.atMs,
    },
  };
}

/** @param {Motion} motion @param {Fix} newest @param {number} beat @param {number} nowMs */
function playedUntil(motion, newest, beat, nowMs) {
  const goal = newest.atMs - behindMs(nowMs - newest.arrivedMs, beat);
  const behind = goal - motion.playedMs;
  // Jitter is taken up by playing a little slower or faster, a silence by catching up within about a beat.
  const fastest = behind > LATE_BEATS * beat ? behind / beat : 1.5;
  const pace = Math.min(fastest, Math.max(0.5, 1 + behind / beat));
  const frame = Math.max(0, nowMs - motion.frameMs);
  return Math.max(motion.playedMs, Math.min(newest.atMs, goal, motion.playedMs + frame * pace));
}

/** How far behind the newest fix to play, so long after it arrived. @param {number} sinceMs @param {number} beat */
function behindMs(sinceMs, beat) {
  if (sinceMs <= beat) return beat + SLACK_MS - sinceMs;
  const stretch = (sinceMs - beat) / ((LATE_BEATS - 1) * beat);
  return SLACK_MS * Math.max(0, 1 - stretch);
}

/** @param {Fix[]} fixes @param {number} playedMs @param {Line | null} line @returns {LonLat} */
function placeAt(fixes, playedMs, line) {
  const i = fixes.findIndex((fix) => fix.atMs > playedMs);
  if (i === -1) return onRoad(line, fixes[fixes.length - 1].place);
  if (i === 0) return onRoad(line, fixes[0].place);
  const from = fixes[i - 1];
  const to = fixes[i];
  const share = (playedMs - from.atMs) / (to.atMs - from.atMs);
  return along(line, from.place, to.place, share) ?? between(onRoad(line, from.place), onRoad(line, to.place), share);
}

/** The place on the road beside a fix; the fix itself where it is too far from any. @param {Line | null} line @param {LonLat} place */
function onRoad(line, place) {
  if (!line) return place;
  const { offM, at } = project(line, place);
  return offM <= ON_ROUTE_M ? at : place;
}

/**
 * The place along the road, when both ends are on it and the way between them is plausible (a road may
 * pass the same corner twice).
 *
 * @param {Line | null} line
 * @param {LonLat} from
 * @param {LonLat} to
 * @param {number} share
 */
function along(line, from, to, share) {
  if (!line) return null;
  const a = project(line, from);
  const b = project(line, to);
  const metres = b.alongM - a.alongM;
  const plausible = metres >= 0 && metres <= 2 * distanceM(from, to) + ON_ROUTE_M;
  if (a.offM > ON_ROUTE_M || b.offM > ON_ROUTE_M || !plausible) return null;
  return pointAt(line, a.alongM + share * metres);
}

/** @param {Motion} motion @param {LonLat} place @returns {Motion} */
function turn(motion, place) {
  if (!motion.anchor) return { ...motion, anchor: place };
  if (distanceM(motion.anchor, place) <= BEARING_M) return motion;
  return { ...motion, anchor: place, bearingDeg: bearingDeg(motion.anchor, place) };
}
