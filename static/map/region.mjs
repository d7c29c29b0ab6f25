// @ts-check
/**
 * The map's style over the operator's own region: one PMTiles file in the schema of Protomaps' basemap, of which the
 * browser reads the few tiles that it shows.
 */

import { fill, ground, names, streetLines } from "./basemap.mjs";

/** @typedef {import("maplibre-gl").StyleSpecification} StyleSpecification */
/** @typedef {import("maplibre-gl").LayerSpecification} Layer */
/** @typedef {import("./basemap.mjs").Palette} Palette */
/** @typedef {{ Protocol: new () => { tile: import("maplibre-gl").AddProtocolAction } }} PmTiles */

/** The package's file for pages without a bundler; its ES module names another package, which browsers do not find. */
const READER = "/static/vendor/pmtiles/pmtiles.js";
const SOURCE = "region";
const GREEN = ["park", "forest", "wood", "grass", "grassland", "meadow", "cemetery", "golf_course", "garden", "nature_reserve", "recreation_ground", "playground", "pitch", "scrub", "farmland", "orchard"];
const WAYS = { main: ["highway", "major_road"], minor: ["minor_road"], path: ["path", "rail", "other"] };

/** Tells whether a base map is such a file. @param {string | null} basemap */
export function isRegion(basemap) {
  return basemap !== null && new URL(basemap, "http://hub").pathname.endsWith(".pmtiles");
}

/** @type {Promise<void> | null} */
let reading = null;

/**
 * Teaches MapLibre to read such files, once.
 *
 * @param {typeof import("maplibre-gl")} library
 * @returns {Promise<void>} rejects when the reader cannot be loaded
 */
export function readRegions(library) {
  reading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: READER });
    script.onload = () => {
      const { pmtiles } = /** @type {typeof globalThis & { pmtiles: PmTiles }} */ (globalThis);
      library.addProtocol("pmtiles", new pmtiles.Protocol().tile);
      resolve();
    };
    script.onerror = () => reject(new Error("the reader of the base map did not load"));
    document.head.append(script);
  });
  return reading;
}

/**
 * Makes the style. Pure.
 *
 * @param {Palette} palette
 * @param {string} url of the file, absolute
 * @returns {StyleSpecification}
 */
export function regionStyle(palette, url) {
  return {
    version: 8,
    sources: { [SOURCE]: { type: "vector", url: `pmtiles://${url}` } },
    layers: [
      ground(palette),
      of("landuse", { ...fill("green", palette.park), filter: kinds(GREEN) }),
      of("water", { ...fill("water", palette.water), filter: ["==", ["geometry-type"], "Polygon"] }),
      of("buildings", { ...fill("buildings", palette.building), minzoom: 13.5 }),
      ...streetLines(palette, (wanted) => kinds(WAYS[wanted])).map((layer) => of("roads", layer)),
      of("roads", {
        ...names(palette),
        filter: ["all", ["has", "name"], kinds([...WAYS.main, ...WAYS.minor])],
        layout: { ...names(palette).layout, "symbol-sort-key": ["match", ["get", "kind"], WAYS.main, 0, 1] },
      }),
      of("places", places(palette)),
    ],
  };
}

/** @param {string[]} wanted @returns {any} */
function kinds(wanted) {
  return ["in", ["get", "kind"], ["literal", wanted]];
}

/** @template {Layer} L @param {string} layer of the file @param {L} style @returns {L} */
function of(layer, style) {
  return { ...style, source: SOURCE, "source-layer": layer };
}

/** Names of towns and their parts, as long as streets have none. @param {Palette} palette @returns {Layer} */
function places(palette) {
  const { "text-font": font } = names(palette).layout;
  return {
    id: "place-names",
    type: "symbol",
    source: SOURCE,
    maxzoom: 14,
    filter: ["has", "name"],
    layout: { "text-field": ["get", "name"], "text-font": font, "text-size": ["match", ["get", "kind"], "locality", 14, 11.5] },
    paint: { "text-color": palette.label, "text-halo-color": palette["label-edge"], "text-halo-width": 1.4 },
  };
}
