// @ts-check
/**
 * The map's style, drawn from the hub's own GeoJSON and the page's design tokens. Pure.
 *
 * The style names no `glyphs` address: MapLibre then draws letters with the reader's own fonts, so that a
 * customer's page asks nobody else for anything.
 */

/** @typedef {import("maplibre-gl").StyleSpecification} StyleSpecification */
/** @typedef {import("maplibre-gl").LayerSpecification} Layer */
/** @typedef {Record<typeof COLOURS[number], string>} Palette */

/** The design tokens a palette consists of: `--map-ground` and so on in tokens.css. */
export const COLOURS = /** @type {const} */ ([
  "ground", "water", "park", "building", "street", "street-main", "street-edge", "path", "label", "label-edge",
]);

const SOURCES = ["water", "parks", "buildings", "streets"];
const FONT = ["system-ui"];

/**
 * Makes the style of a plain background, for a hub without a base map.
 *
 * @param {Palette} palette
 * @returns {StyleSpecification}
 */
export function plainStyle(palette) {
  return { version: 8, sources: {}, layers: [ground(palette)] };
}

/**
 * Makes the style of the hub's own base map.
 *
 * @param {Palette} palette
 * @param {string} url folder of the GeoJSON files, absolute and without a trailing slash
 * @returns {StyleSpecification}
 */
export function basemapStyle(palette, url) {
  return {
    version: 8,
    sources: Object.fromEntries(
      SOURCES.map((name) => [name, { type: "geojson", data: `${url}/${name}.geojson`, tolerance: 0.2 }]),
    ),
    layers: [
      ground(palette),
      fill("parks", palette.park),
      fill("water", palette.water),
      { ...fill("buildings", palette.building), minzoom: 13.5 },
      ...streetLines(palette, (wanted) => ["==", ["get", "class"], wanted]),
      names(palette),
    ],
  };
}

/** @param {Palette} palette @returns {Layer} */
export function ground(palette) {
  return { id: "ground", type: "background", paint: { "background-color": palette.ground } };
}

/** @param {string} source @param {string} colour @returns {import("maplibre-gl").FillLayerSpecification} */
export function fill(source, colour) {
  return { id: source, type: "fill", source, paint: { "fill-color": colour } };
}

/**
 * Draws streets, the edges of all of them first, so that crossings join.
 *
 * @param {Palette} palette
 * @param {(wanted: "main" | "minor" | "path") => any} filter which features these are
 * @returns {import("maplibre-gl").LineLayerSpecification[]}
 */
export function streetLines(palette, filter) {
  const minor = { id: "minor", filter: filter("minor"), wide: 9 };
  const main = { id: "main", filter: filter("main"), wide: 15 };
  return [
    line({ id: "paths", filter: filter("path"), wide: 1.5 }, palette.path, 0),
    line({ ...minor, id: "minor-edge" }, palette["street-edge"], 1.5),
    line({ ...main, id: "main-edge" }, palette["street-edge"], 1.5),
    line(minor, palette.street, 0),
    line(main, palette["street-main"], 0),
  ];
}

/**
 * @param {{ id: string, filter: any, wide: number }} street `wide`: pixels at zoom 17
 * @param {string} colour
 * @param {number} edge pixels added
 * @returns {import("maplibre-gl").LineLayerSpecification}
 */
function line({ id, filter, wide }, colour, edge) {
  return {
    id: `streets-${id}`,
    type: "line",
    source: "streets",
    filter,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": colour,
      "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, wide / 8 + edge / 2, 17, wide + edge],
    },
  };
}

/** @param {Palette} palette */
export function names(palette) {
  return /** @type {const} @satisfies {Layer} */ ({
    id: "street-names",
    type: "symbol",
    source: "streets",
    minzoom: 14,
    filter: ["all", ["has", "name"], ["!=", ["get", "class"], "path"]],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 260,
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 14, 10.5, 17, 13],
      "symbol-sort-key": ["match", ["get", "class"], "main", 0, 1],
    },
    paint: { "text-color": palette.label, "text-halo-color": palette["label-edge"], "text-halo-width": 1.4 },
  });
}
