// @ts-check
/** The map of all technicians: an addition to the list beside it, which tells the same. */

import { prepareStyle, styleFor, token } from "../map/style.mjs";
import { CLUSTERED_ABOVE, Features } from "./features.mjs";
import { KINDS } from "./fleet.mjs";
import { layers, source } from "./layers.mjs";
import { RATIO, draw } from "./symbols.mjs";

/** @typedef {import("./fleet.mjs").Fleet} Fleet */
/** @typedef {import("./fleet.mjs").Filter} Filter */
/** @typedef {import("../map/page.mjs").Settings} Settings */
/** @typedef {[west: number, south: number, east: number, north: number]} Bounds */
/** @typedef {{ choose: (id: string | null) => void, looked: (bounds: Bounds) => void }} Listener */

const PADDING_PX = 48;
const CLOSEST_ZOOM = 15.5;
/** So much more than is shown counts as in sight, that nobody appears out of nothing at the edge. */
const MARGIN = 0.2;
const FIT = { padding: PADDING_PX, maxZoom: CLOSEST_ZOOM, animate: false };
const SYMBOLS = ["technicians", "clusters"];

/**
 * Creates the map.
 *
 * @param {HTMLElement} container
 * @param {Settings} settings
 * @param {Fleet} fleet
 * @param {Filter} filter
 * @param {Listener} listener
 * @returns {Promise<FleetMap>} rejects when the browser cannot draw maps
 */
export async function createMap(container, settings, fleet, filter, listener) {
  const { maplibre, basemap, style } = settings.urls;
  /** @type {typeof import("maplibre-gl")} */
  const library = await import(maplibre);
  const look = { styleUrl: style, basemap: basemap && new URL(basemap, location.href).href };
  await prepareStyle(library, look);
  const map = new library.Map({
    container,
    style: styleFor(look),
    bounds: boundsOf(fleet) ?? undefined,
    fitBoundsOptions: FIT,
    attributionControl: style ? { compact: false } : false,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { ...settings.controls, "Map.Title": container.dataset.title ?? "" },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (!style) dark.addEventListener("change", () => map.setStyle(styleFor(look), { diff: false }));
  return new FleetMap(map, fleet, filter, listener);
}

/** One map of the fleet. */
export class FleetMap {
  #features = new Features();
  #clustered = false;
  /** Whether the map was fitted to somebody's place: once, and then it is the person's. */
  #fitted;

  /**
   * @param {import("maplibre-gl").Map} map
   * @param {Fleet} fleet
   * @param {Filter} filter
   * @param {Listener} listener
   */
  constructor(map, fleet, filter, listener) {
    this.#map = map;
    this.#fleet = fleet;
    this.#filter = filter;
    this.#fitted = boundsOf(fleet) !== null;
    map.setMissingStyleImageResolver((name) => {
      const image = draw(name, colours());
      if (image && !map.hasImage(name)) map.addImage(name, image, { pixelRatio: RATIO });
    });
    map.on("style.load", () => {
      map.addSource("fleet", source(this.#clustered));
      for (const layer of layers()) map.addLayer(layer);
      this.filter(this.#filter);
    });
    map.once("idle", () => map.getContainer().setAttribute("data-ready", "true"));
    map.on("moveend", () => listener.looked(this.#bounds()));
    map.on("click", (event) => this.#clicked(event, listener));
    map.on("mousemove", SYMBOLS, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", SYMBOLS, () => (map.getCanvas().style.cursor = ""));
    listener.looked(this.#bounds());
  }

  #map;
  #fleet;
  #filter;

  /** Shows those who pass another filter. @param {Filter} filter */
  filter(filter) {
    this.#filter = filter;
    const held = this.#source();
    if (!held) return;
    const data = this.#features.all(this.#fleet.technicians.values(), filter);
    this.#cluster(held);
    void held.setData(data);
  }

  /** Shows what a batch changed. @param {Iterable<string>} touched ids */
  change(touched) {
    const held = this.#source();
    if (!held) return; // the style is being loaded: then everybody is shown
    const diff = this.#features.changed(touched, this.#fleet.technicians, this.#filter);
    if (!diff) return;
    if (!this.#fitted) this.#fit();
    this.#cluster(held);
    void held.updateData(diff);
  }

  /** Brings a technician into the middle. @param {string} id */
  show(id) {
    const position = this.#fleet.technicians.get(id)?.position;
    if (position) this.#map.easeTo({ center: [position.lon, position.lat], zoom: Math.max(this.#map.getZoom(), CLOSEST_ZOOM) });
  }

  #fit() {
    const bounds = boundsOf(this.#fleet);
    this.#fitted = bounds !== null;
    if (bounds) this.#map.fitBounds(bounds, FIT);
  }

  /** @returns {import("maplibre-gl").GeoJSONSource | undefined} */
  #source() {
    return this.#map.getSource("fleet");
  }

  /** @param {import("maplibre-gl").GeoJSONSource} held */
  #cluster(held) {
    const clustered = this.#features.size > CLUSTERED_ABOVE;
    if (clustered === this.#clustered) return;
    this.#clustered = clustered;
    void held.setClusterOptions({ cluster: clustered });
    this.#map.getContainer().dataset.clustered = String(clustered);
  }

  /** @returns {Bounds} what is shown and a margin around it */
  #bounds() {
    const shown = this.#map.getBounds();
    const wide = MARGIN * (shown.getEast() - shown.getWest());
    const high = MARGIN * (shown.getNorth() - shown.getSouth());
    return [shown.getWest() - wide, shown.getSouth() - high, shown.getEast() + wide, shown.getNorth() + high];
  }

  /** @param {import("maplibre-gl").MapMouseEvent} event @param {Listener} listener */
  async #clicked({ point }, listener) {
    const found = this.#map.getLayer("technicians") ? this.#map.queryRenderedFeatures(point, { layers: SYMBOLS }) : [];
    const group = found.find(({ properties }) => properties.cluster);
    const one = found.find(({ properties }) => !properties.cluster);
    listener.choose(one?.properties.id ?? null);
    if (one || !group) return;
    const zoom = await this.#source()?.getClusterExpansionZoom(group.properties.cluster_id);
    if (group.geometry.type !== "Point" || zoom === undefined) return;
    const [lon, lat] = group.geometry.coordinates;
    this.#map.easeTo({ center: [lon, lat], zoom });
  }
}

/** Finds the box around everybody; null where nobody has a place. @param {Fleet} fleet @returns {Bounds | null} */
function boundsOf(fleet) {
  const places = [...fleet.technicians.values()].flatMap(({ position }) => (position ? [position] : []));
  if (places.length === 0) return null;
  const lons = places.map(({ lon }) => lon);
  const lats = places.map(({ lat }) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** Reads the symbols' colours as the page shows them now. */
function colours() {
  const kinds = KINDS.map((kind) => [kind, token(`sign-${kind.replace("_", "-")}`)]);
  return { ...Object.fromEntries(kinds), edge: token("surface"), ink: token("ink") };
}
