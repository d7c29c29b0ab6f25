// @ts-check
/**
 * The road to the customer as a measured line. Pure.
 *
 * Positions are `[lon, lat]` in degrees, as GeoJSON has them. Distances use a plane around the place, which
 * within a city is off by less than 0.1 % and costs a fraction of the geodesic.
 */

/** @typedef {[number, number]} LonLat */
/**
 * @typedef {object} Line
 * @property {LonLat[]} points at least two
 * @property {number[]} alongM metres from the start to each point
 */
/** @typedef {{ alongM: number, offM: number, at: LonLat }} Projection */

/** Metres in a degree of latitude, on the sphere of mean radius 6,371,009 m (as in the hub's geodesy). */
const METRES_PER_DEGREE = 111_195;

/**
 * Decodes an encoded polyline of precision 6 (Google's algorithm with factor 1e6).
 *
 * Own code because the well-kept package (@mapbox/polyline) is CommonJS, which browsers do not load
 * without a bundler.
 *
 * @param {string} text
 * @returns {LonLat[]}
 */
export function decode(text) {
  /** @type {LonLat[]} */
  const points = [];
  let index = 0;
  const next = () => {
    let value = 0;
    for (let shift = 0; index < text.length; shift += 5) {
      const chunk = text.charCodeAt(index++) - 63;
      value |= (chunk & 31) << shift;
      if (chunk < 32) break;
    }
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  let lat = 0;
  let lon = 0;
  while (index < text.length) {
    lat += next();
    lon += next();
    points.push([lon / 1e6, lat / 1e6]);
  }
  return points;
}

/**
 * Measures the metres between two places.
 *
 * @param {LonLat} a
 * @param {LonLat} b
 */
export function distanceM(a, b) {
  const [x, y] = offset(a, b);
  return Math.hypot(x, y);
}

/**
 * Tells the direction from `a` to `b` in degrees clockwise from north, 0 to 360.
 *
 * @param {LonLat} a
 * @param {LonLat} b
 */
export function bearingDeg(a, b) {
  const [x, y] = offset(a, b);
  return ((Math.atan2(x, y) * 180) / Math.PI + 360) % 360;
}

/**
 * Measures a line once, so that it can be projected on and cut for every frame.
 *
 * @param {LonLat[]} points
 * @returns {Line | null} null for fewer than two points: no line
 */
export function measure(points) {
  if (points.length < 2) return null;
  const alongM = [0];
  for (let i = 1; i < points.length; i++) alongM.push(alongM[i - 1] + distanceM(points[i - 1], points[i]));
  return { points, alongM };
}

/**
 * Finds the point of the line nearest to a place.
 *
 * @param {Line} line
 * @param {LonLat} place
 * @returns {Projection}
 */
export function project(line, place) {
  /** @type {Projection} */
  let best = { alongM: 0, offM: Infinity, at: line.points[0] };
  for (let i = 1; i < line.points.length; i++) {
    const from = line.points[i - 1];
    const [dx, dy] = offset(from, line.points[i]);
    const [px, py] = offset(from, place);
    const length2 = dx * dx + dy * dy;
    const share = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
    const offM = Math.hypot(px - share * dx, py - share * dy);
    if (offM < best.offM) {
      const alongM = line.alongM[i - 1] + share * (line.alongM[i] - line.alongM[i - 1]);
      best = { alongM, offM, at: between(from, line.points[i], share) };
    }
  }
  return best;
}

/**
 * Finds the place that lies so many metres along the line; its ends when outside.
 *
 * @param {Line} line
 * @param {number} alongM
 * @returns {LonLat}
 */
export function pointAt(line, alongM) {
  const last = line.points.length - 1;
  if (alongM <= 0) return line.points[0];
  if (alongM >= line.alongM[last]) return line.points[last];
  const i = line.alongM.findIndex((m) => m > alongM);
  const share = (alongM - line.alongM[i - 1]) / (line.alongM[i] - line.alongM[i - 1]);
  return between(line.points[i - 1], line.points[i], share);
}

/**
 * Cuts off what is already driven: the line from the projection of a place to its end.
 *
 * @param {Line} line
 * @param {LonLat} place
 * @returns {LonLat[]}
 */
export function left(line, place) {
  const { alongM, at } = project(line, place);
  return [at, ...line.points.filter((_point, i) => line.alongM[i] > alongM)];
}

/**
 * Finds the place a share of the way from `a` to `b`.
 *
 * @param {LonLat} a
 * @param {LonLat} b
 * @param {number} share 0 to 1
 * @returns {LonLat}
 */
export function between(a, b, share) {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

/** Metres east and north from `a` to `b`. @param {LonLat} a @param {LonLat} b @returns {[number, number]} */
function offset(a, b) {
  const middle = ((a[1] + b[1]) / 2) * (Math.PI / 180);
  return [(b[0] - a[0]) * METRES_PER_DEGREE * Math.cos(middle), (b[1] - a[1]) * METRES_PER_DEGREE];
}
