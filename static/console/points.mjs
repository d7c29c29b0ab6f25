// @ts-check
/** The last positions of a technician as a map draws them. Pure. */

/** @typedef {"accepted" | "late" | "flagged"} Verdict */
/** @typedef {{ number: number, lat: number, lon: number, verdict: Verdict }} Point the newest has number 0 */
/** @typedef {{ line: string, edge: string } & Record<Verdict, string>} Colours */
/** @typedef {[west: number, south: number, east: number, north: number]} Bounds */

/**
 * Describes the points, and the line through those that were shown, oldest first.
 *
 * @param {Point[]} points
 * @returns {import("geojson").FeatureCollection}
 */
export function features(points) {
  const shown = points.filter((point) => point.verdict === "accepted").map(place).reverse();
  /** @type {import("geojson").Feature[]} */
  const line = shown.length > 1 ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: shown } }] : [];
  return { type: "FeatureCollection", features: [...line, ...points.map(feature)] };
}

/**
 * Finds what to look at first: the believed points, or all where there are none. Flagged ones may lie far away.
 *
 * @param {Point[]} points at least one
 * @returns {Bounds}
 */
export function bounds(points) {
  const believed = points.filter((point) => point.verdict !== "flagged");
  const places = (believed.length > 0 ? believed : points).map(place);
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/**
 * Describes how they are drawn; flagged ones as rings, so that colour is not all that tells them.
 *
 * @param {Colours} colours
 * @returns {import("maplibre-gl").LayerSpecification[]}
 */
export function layers({ line, edge, accepted, late, flagged }) {
  /** @type {import("maplibre-gl").ExpressionSpecification} */
  const colour = ["match", ["get", "verdict"], "accepted", accepted, "late", late, flagged];
  return [
    {
      id: "trace-line",
      type: "line",
      source: "trace",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": line, "line-width": 2, "line-opacity": 0.6 },
    },
    {
      id: "trace-points",
      type: "circle",
      source: "trace",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": ["match", ["get", "verdict"], "late", 4, 5.5],
        "circle-color": colour,
        "circle-opacity": ["match", ["get", "verdict"], "flagged", 0.15, 1],
        "circle-stroke-color": ["match", ["get", "verdict"], "flagged", flagged, edge],
        "circle-stroke-width": ["match", ["get", "verdict"], "flagged", 2.5, 1.5],
      },
    },
    {
      id: "trace-chosen",
      type: "circle",
      source: "trace",
      filter: chosen(null),
      paint: { "circle-radius": 11, "circle-opacity": 0, "circle-stroke-color": colour, "circle-stroke-width": 3 },
    },
  ];
}

/**
 * Narrows to the point that somebody has chosen.
 *
 * @param {number | null} number
 * @returns {import("maplibre-gl").FilterSpecification}
 */
export function chosen(number) {
  return ["==", ["get", "number"], number ?? -1];
}

/** @param {Point} point @returns {[number, number]} */
function place({ lon, lat }) {
  return [lon, lat];
}

/** @param {Point} point @returns {import("geojson").Feature} */
function feature(point) {
  const { number, verdict } = point;
  return { type: "Feature", properties: { number, verdict }, geometry: { type: "Point", coordinates: place(point) } };
}
