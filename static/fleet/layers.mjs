// @ts-check
/** How technicians and clusters of them are drawn. Pure. */

import { KINDS } from "./fleet.mjs";

/** @typedef {import("maplibre-gl").ExpressionSpecification} Expression */

const CLUSTER_RADIUS_PX = 48;
/** Nearer than this everybody is shown apart. */
const CLUSTER_MAX_ZOOM = 15;
/** Kinds that a cluster tells of: where nobody is in trouble, how many is enough. */
const TROUBLE = /** @type {const} */ (["late", "at_risk"]);

/** @param {boolean} clustered @returns {import("maplibre-gl").GeoJSONSourceSpecification} */
export function source(clustered) {
  return {
    type: "geojson",
    data: { type: "FeatureCollection", features: [] },
    promoteId: "id",
    cluster: clustered,
    clusterRadius: CLUSTER_RADIUS_PX,
    clusterMaxZoom: CLUSTER_MAX_ZOOM,
    clusterProperties: Object.fromEntries(
      TROUBLE.map((kind) => [kind, ["+", ["case", ["==", ["get", "kind"], kind], 1, 0]]]),
    ),
    maxzoom: CLUSTER_MAX_ZOOM + 1, // fewer tiles nearer than that: each batch renews all that are in sight
  };
}

/** @returns {import("maplibre-gl").LayerSpecification[]} */
export function layers() {
  return [
    {
      id: "technicians",
      type: "symbol",
      source: "fleet",
      filter: ["!", ["has", "point_count"]],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
    },
    {
      id: "clusters",
      type: "symbol",
      source: "fleet",
      filter: ["has", "point_count"],
      layout: { "icon-image": clusterName(), "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
  ];
}

/** @returns {Expression} a name such as "cluster/12/late", drawn when it is first missed */
function clusterName() {
  /** @type {Expression} */
  const worst = ["case", [">", ["get", "late"], 0], "late", [">", ["get", "at_risk"], 0], "at_risk", "traveling"];
  return ["concat", "cluster/", ["to-string", ["get", "point_count_abbreviated"]], "/", worst];
}

/**
 * Reads the name of a cluster's symbol; null for any other.
 *
 * @param {string} name
 * @returns {{ count: string, worst: import("./fleet.mjs").Kind } | null}
 */
export function readClusterName(name) {
  const [, count, worst] = /^cluster\/([\w.]+)\/(\w+)$/.exec(name) ?? [];
  const kind = KINDS.find((one) => one === worst);
  return kind ? { count, worst: kind } : null;
}
