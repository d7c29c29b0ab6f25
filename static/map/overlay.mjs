// @ts-check
/** The line drawn over the base map: the route left. */

import { left } from "./route.mjs";

/** @typedef {import("maplibre-gl").Map} MapLibreMap */
/** @typedef {import("./route.mjs").LonLat} LonLat */
/** @typedef {import("./route.mjs").Line} Line */

/**
 * Adds the route's layers to a loaded style, below the street names where there are any.
 *
 * @param {MapLibreMap} map
 * @param {{ route: string, edge: string }} colours
 */
export function addOverlay(map, colours) {
  const below = map.getLayer("street-names") ? "street-names" : undefined;
  const rounded = /** @type {const} */ ({ "line-cap": "round", "line-join": "round" });
  map.addSource("route", { type: "geojson", data: nothing() });
  map.addLayer({ id: "route-edge", type: "line", source: "route", layout: rounded, paint: { "line-color": colours.edge, "line-width": 8 } }, below);
  map.addLayer({ id: "route", type: "line", source: "route", layout: rounded, paint: { "line-color": colours.route, "line-width": 4.5 } }, below);
}

/**
 * Draws what is left of the route, or nothing.
 *
 * @param {MapLibreMap} map
 * @param {Line | null} line
 * @param {LonLat | null} place
 */
export function drawRoute(map, line, place) {
  const coordinates = line && place ? left(line, place) : [];
  const source = /** @type {import("maplibre-gl").GeoJSONSource | undefined} */ (map.getSource("route"));
  const drawn = coordinates.length > 1;
  source?.setData(drawn ? { type: "Feature", geometry: { type: "LineString", coordinates }, properties: {} } : nothing());
}

/** @returns {import("geojson").FeatureCollection} */
function nothing() {
  return { type: "FeatureCollection", features: [] };
}
