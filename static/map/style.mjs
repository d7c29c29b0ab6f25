// @ts-check
/** Which style a map gets: the operator's own, or the hub's base map in the page's colours. */

import { COLOURS, basemapStyle, plainStyle } from "./basemap.mjs";
import { isRegion, readRegions, regionStyle } from "./region.mjs";

/** @typedef {import("./basemap.mjs").Palette} Palette */

/**
 * Gets ready to draw what `styleFor` answers; await it before the map is made.
 *
 * @param {typeof import("maplibre-gl")} library
 * @param {{ styleUrl: string | null, basemap: string | null }} settings
 */
export async function prepareStyle(library, { styleUrl, basemap }) {
  // A style may name such files itself.
  if (styleUrl || isRegion(basemap)) await readRegions(library);
}

/**
 * @param {{ styleUrl: string | null, basemap: string | null }} settings
 * @returns {string | import("maplibre-gl").StyleSpecification}
 */
export function styleFor({ styleUrl, basemap }) {
  if (styleUrl) return styleUrl;
  const palette = /** @type {Palette} */ (Object.fromEntries(COLOURS.map((name) => [name, token(`map-${name}`)])));
  if (basemap === null) return plainStyle(palette);
  return isRegion(basemap) ? regionStyle(palette, basemap) : basemapStyle(palette, basemap);
}

/** Reads a design token as the page shows it now. @param {string} name */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
