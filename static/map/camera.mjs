// @ts-check
/** Keeps both pins in view, until the person moves the map. */

/** @typedef {import("maplibre-gl").Map} MapLibreMap */
/** @typedef {import("./route.mjs").LonLat} LonLat */

/** Room around the pins, in pixels, when the camera moves. */
const PADDING_PX = 64;
/** A pin may come this near to the edge before the camera moves. */
const EDGE_PX = 36;
/** When the pins fill less of the view than this, the camera comes closer. */
const CLOSER_BELOW = 0.3;
const CLOSEST_ZOOM = 16.5;

/** The camera of one map. */
export class Camera {
  #following = true;
  /** @type {LonLat[]} */
  #pins = [];

  /**
   * @param {MapLibreMap} map
   * @param {typeof import("maplibre-gl").LngLatBounds} Bounds
   * @param {HTMLElement} recentre button that is shown while the person holds the camera
   */
  constructor(map, Bounds, recentre) {
    this.#map = map;
    this.#Bounds = Bounds;
    this.#recentre = recentre;
    map.on("movestart", (event) => event.originalEvent && this.#follow(false));
    recentre.addEventListener("click", () => {
      this.#follow(true);
      this.#fit({ animate: true });
    });
  }

  #map;
  #Bounds;
  #recentre;

  /** Takes the pins to keep in view, and moves only when it must. @param {LonLat[]} pins */
  look(pins) {
    const before = this.#pins.length;
    this.#pins = pins;
    if (!this.#following || this.#map.isMoving()) return;
    if (pins.length !== before) this.#fit({ animate: before > 0 });
    else if (this.#mustMove()) this.#fit({ animate: true });
  }

  /** @param {boolean} following */
  #follow(following) {
    this.#following = following;
    this.#recentre.hidden = following;
  }

  #mustMove() {
    const { clientWidth: width, clientHeight: height } = this.#map.getContainer();
    const pixels = this.#pins.map((pin) => this.#map.project(pin));
    const xs = pixels.map((pixel) => pixel.x);
    const ys = pixels.map((pixel) => pixel.y);
    const outside = Math.min(...xs, ...ys) < EDGE_PX || Math.max(...xs) > width - EDGE_PX || Math.max(...ys) > height - EDGE_PX;
    if (outside || pixels.length < 2) return outside;
    const filled = Math.max((Math.max(...xs) - Math.min(...xs)) / width, (Math.max(...ys) - Math.min(...ys)) / height);
    return filled < CLOSER_BELOW && this.#map.getZoom() < CLOSEST_ZOOM - 0.5;
  }

  /** MapLibre itself honours prefers-reduced-motion. @param {{ animate: boolean }} how */
  #fit({ animate }) {
    const bounds = new this.#Bounds();
    for (const pin of this.#pins) bounds.extend(pin);
    this.#map.fitBounds(bounds, { padding: PADDING_PX, maxZoom: CLOSEST_ZOOM, duration: animate ? 900 : 0 });
  }
}
