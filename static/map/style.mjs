// @ts-check
/** Which style a map gets: the operator's own, or the hub's base map in the page's colours. */

import { COLOURS, basemapStyle, plainStyle } from "./basemap.mjs";

/** @typedef {import("./basemap.mjs").Palette} Palette */

/**
 * @param {{ styleUrl: string | null, basemap: string | null }} settings
 * @returns {string | import("maplibre-gl").StyleSpecification}
 */
export function styleFor({ styleUrl, basemap }) {
  if (styleUrl) return styleUrl;
  const palette = /** @type {Palette} */ (Object.fromEntries(COLOURS.map((name) => [name, token(`map-${name}`)])));
  return basemap ? basemapStyle(palette, basemap) : plainStyle(palette);
}

/** Reads a design token as the page shows it now. @param {string} name */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
