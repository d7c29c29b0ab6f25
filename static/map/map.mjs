// @ts-check
/** The live map: an addition to the text facts, which do not depend on it. */

import { Camera } from "./camera.mjs";
import { STILL, addFix, play } from "./glide.mjs";
import { addOverlay, drawRoute } from "./overlay.mjs";
import { destinationPin, technicianPin } from "./pins.mjs";
import { decode, measure } from "./route.mjs";
import { prepareStyle, styleFor, token } from "./style.mjs";
import { isArea } from "./words.mjs";

/** @typedef {import("./messages.mjs").State} State */
/** @typedef {import("./route.mjs").LonLat} LonLat */
/**
 * @typedef {object} MapSettings
 * @property {string} maplibre address of the library's module
 * @property {string | null} basemap address of the folder with the base map, null for none
 * @property {string | null} styleUrl the operator's own style, in place of the base map
 * @property {Record<string, string>} controls MapLibre's own texts, translated
 */

/**
 * What lies over the map.
 *
 * @typedef {object} Controls
 * @property {HTMLElement} recentre button that is shown while the person holds the camera
 * @property {HTMLElement} waiting note that is shown while the marker stands still for want of a newer position
 */

/** Cutting the line at every frame would cost more than it shows: the pin covers the rest. */
const LINE_EVERY_MS = 1_000;
/** What an unknown accuracy counts as, as in the hub's filter of pings. */
const UNKNOWN_ACCURACY_M = 65;
/** Metres a pixel shows at zoom 0 on the equator, with tiles of 512 pixels. */
const METRES_PER_PIXEL = 78_271.5;

/**
 * Creates the map.
 *
 * @param {HTMLElement} box
 * @param {Controls} controls
 * @param {MapSettings} settings
 * @param {State} state
 * @returns {Promise<LiveMap>} rejects when the browser cannot draw maps
 */
export async function createMap(box, controls, settings, state) {
  /** @type {typeof import("maplibre-gl")} */
  const library = await import(settings.maplibre);
  await prepareStyle(library, settings);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const map = new library.Map({
    container: box,
    style: styleFor(settings),
    center: [state.visit.lon, state.visit.lat],
    zoom: 15,
    attributionControl: settings.styleUrl ? { compact: false } : false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    locale: settings.controls,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  if (!settings.styleUrl) dark.addEventListener("change", () => map.setStyle(styleFor(settings), { diff: false }));
  map.on("style.load", () => addOverlay(map, { route: token("map-route"), edge: token("map-route-edge") }));
  return new LiveMap(library, map, controls, state);
}

/** One map with its pins, lines and camera. */
export class LiveMap {
  #motion = STILL;
  /** @type {import("./route.mjs").Line | null} */
  #line = null;
  #route = { drawnMs: 0, dirty: true };
  #frame = 0;
  #onMap = false;
  #accuracyM = 0;

  /**
   * @param {typeof import("maplibre-gl")} library
   * @param {import("maplibre-gl").Map} map
   * @param {Controls} controls
   * @param {State} state
   */
  constructor(library, map, { recentre, waiting }, state) {
    this.#waiting = waiting;
    this.#map = map;
    this.#state = state;
    this.#camera = new Camera(map, library.LngLatBounds, recentre);
    this.#technician = technicianPin();
    this.#marker = new library.Marker({ element: this.#technician.pin });
    const home = destinationPin(state.visit.address);
    new library.Marker({ element: home, anchor: "bottom" }).setLngLat([state.visit.lon, state.visit.lat]).addTo(map);
    map.on("style.load", () => (this.#route.dirty = true));
    map.on("zoom", () => this.#spread());
    this.show(state);
  }

  #map;
  #state;
  #camera;
  #technician;
  #marker;
  #waiting;

  /** Shows a newer state. @param {State} state */
  show(state) {
    if (state.route?.polyline6 !== this.#state.route?.polyline6 || this.#line === null) {
      this.#line = state.route ? measure(decode(state.route.polyline6)) : null;
    }
    this.#state = state;
    this.#route.dirty = true;
    const { position } = state;
    if (position) this.#motion = addFix(this.#motion, [position.lon, position.lat], Date.parse(position.at), performance.now());
    else if (state.visit.status !== "traveling" || state.paused || state.technician === null) this.#motion = STILL;
    this.#technician.show(state.technician);
    this.#technician.age(state.freshness !== "live");
    this.#spread();
    this.tick();
  }

  /** Looks at the clock: a marker that rests draws no frames, and does not notice by itself that it is late. */
  tick() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    const now = performance.now();
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { motion, shown } = play(this.#motion, now, this.#line, { reduced });
    this.#motion = motion;
    const place = shown?.place ?? null;
    this.#moveMarker(shown);
    this.#waiting.hidden = !shown?.late || isArea(this.#state.position);
    this.#drawRoute(place, now, shown?.resting ?? true);
    const { lon, lat } = this.#state.visit;
    this.#camera.look(place ? [[lon, lat], place] : [[lon, lat]]);
    // A resting marker needs no frames; the next message or look at the clock starts them again.
    if (shown && (!shown.resting || this.#route.dirty)) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #spread() {
    this.#technician.blur(isArea(this.#state.position));
    const metresPerPixel = (METRES_PER_PIXEL * Math.cos((this.#state.visit.lat * Math.PI) / 180)) / 2 ** this.#map.getZoom();
    if (this.#state.position) this.#accuracyM = this.#state.position.accuracy_m ?? UNKNOWN_ACCURACY_M;
    this.#technician.spread(this.#accuracyM / metresPerPixel);
  }

  /** @param {import("./glide.mjs").Shown | null} shown */
  #moveMarker(shown) {
    if (!shown) {
      this.#marker.remove();
      this.#onMap = false;
      return;
    }
    this.#marker.setLngLat(shown.place);
    this.#technician.turn(shown.bearingDeg);
    if (!this.#onMap) this.#marker.addTo(this.#map);
    this.#onMap = true;
  }

  /** @param {LonLat | null} place @param {number} nowMs @param {boolean} resting */
  #drawRoute(place, nowMs, resting) {
    if (!this.#map.getSource("route")) return;
    if (resting && !this.#route.dirty) return;
    if (!resting && nowMs - this.#route.drawnMs < LINE_EVERY_MS) return;
    drawRoute(this.#map, this.#line, place);
    this.#route = { drawnMs: nowMs, dirty: false };
  }
}
