// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";

import { COLOURS, basemapStyle, plainStyle } from "../../static/map/basemap.mjs";
import { isRegion, regionStyle } from "../../static/map/region.mjs";

const palette = /** @type {import("../../static/map/basemap.mjs").Palette} */ (Object.fromEntries(COLOURS.map((name) => [name, "#123456"])));
const URL_OF_FILE = "https://hub.example/basemap/region.pmtiles?v=1";

test("each of the hub's own styles is valid", () => {
  for (const style of [plainStyle(palette), basemapStyle(palette, "https://hub.example/basemap"), regionStyle(palette, URL_OF_FILE)]) {
    assert.deepEqual(validateStyleMin(style), []);
  }
});

test("a region is drawn from its file and asks nobody for letters or pictures", () => {
  const style = regionStyle(palette, URL_OF_FILE);
  assert.deepEqual(style.sources, { region: { type: "vector", url: `pmtiles://${URL_OF_FILE}` } });
  assert.equal(style.glyphs, undefined);
  assert.equal(style.sprite, undefined);
  for (const layer of style.layers.slice(1)) assert.ok("source-layer" in layer && layer["source-layer"]);
});

test("the route is drawn below the street names of either map", () => {
  for (const style of [basemapStyle(palette, "https://hub.example/basemap"), regionStyle(palette, URL_OF_FILE)]) {
    assert.ok(style.layers.some(({ id }) => id === "street-names"));
  }
});

test("a base map is a region by its path alone", () => {
  assert.ok(isRegion(URL_OF_FILE));
  assert.ok(isRegion("/basemap/region.pmtiles?v=1"));
  assert.ok(!isRegion("/basemap"));
  assert.ok(!isRegion("/basemap?file=region.pmtiles"));
  assert.ok(!isRegion(null));
});
