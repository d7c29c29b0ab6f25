// @ts-check
/** The map of a technician's last positions: an addition to the table beside it. */

import { prepareStyle, styleFor, token } from "../map/style.mjs";
import { bounds, chosen, features, layers } from "./points.mjs";

/** @typedef {import("./points.mjs").Point} Point */
/** @typedef {import("../map/page.mjs").Settings} Settings */

const PADDING_PX = 40;
const CLOSEST_ZOOM = 16.5;

const box = /** @type {HTMLElement} */ (document.getElementById("trace-map"));

try {
  await start(box, read("trace-settings"), read("trace-points"));
} catch (error) {
  console.warn("no map:", error);
  box.parentElement?.setAttribute("data-map", "failed");
}

/** @param {string} id of a data block */
function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/** @param {HTMLElement} container @param {Settings} settings @param {Point[]} points */
async function start(container, settings, points) {
  const { maplibre, basemap, style } = settings.urls;
  /** @type {typeof import("maplibre-gl")} */
  const library = await import(maplibre);
  const source = { styleUrl: style, basemap: basemap && new URL(basemap, location.href).href };
  await prepareStyle(library, source);
  const title = container.dataset.title ?? "";
  const map = new library.Map({
    container,
    style: styleFor(source),
    bounds: bounds(points),
    fitBoundsOptions: { padding: PADDING_PX, maxZoom: CLOSEST_ZOOM },
    attributionControl: style ? { compact: false } : false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    locale: { ...settings.controls, "Map.Title": title },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("style.load", () => draw(map, points));
  map.once("idle", () => container.setAttribute("data-ready", "true"));
  map.on("click", "trace-points", (event) => choose(map, event.features?.[0]?.properties.number));
  map.on("mouseenter", "trace-points", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "trace-points", () => (map.getCanvas().style.cursor = ""));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (!style) dark.addEventListener("change", () => map.setStyle(styleFor(source), { diff: false }));
}

/** @param {import("maplibre-gl").Map} map @param {Point[]} points */
function draw(map, points) {
  const below = map.getLayer("street-names") ? "street-names" : undefined;
  map.addSource("trace", { type: "geojson", data: features(points) });
  const colours = {
    line: token("verdict-accepted"),
    edge: token("map-route-edge"),
    accepted: token("verdict-accepted"),
    late: token("verdict-late"),
    flagged: token("verdict-flagged"),
  };
  for (const layer of layers(colours)) map.addLayer(layer, layer.id === "trace-line" ? below : undefined);
}

/** Shows which row of the table a point on the map is. @param {import("maplibre-gl").Map} map @param {number} number */
function choose(map, number) {
  map.setFilter("trace-chosen", chosen(number));
  document.querySelector(".points tr[aria-current]")?.removeAttribute("aria-current");
  const row = document.getElementById(`point-${number}`);
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
}
