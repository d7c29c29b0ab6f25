// @ts-check
/** Technicians as the map's source holds them, and what of it a batch changes. Pure. */

import { KINDS, kindOf, passes } from "./fleet.mjs";

/** @typedef {import("./fleet.mjs").Technician} Technician */
/** @typedef {import("./fleet.mjs").Filter} Filter */
/** @typedef {import("maplibre-gl").GeoJSONSourceDiff} Diff */
/** @typedef {GeoJSON.Feature<GeoJSON.Point, { id: string, kind: import("./fleet.mjs").Kind, icon: string, rank: number }>} Feature */

/** From so many technicians on they are drawn in clusters. */
export const CLUSTERED_ABOVE = 500;

/** Names a symbol: one for each kind, and a hollow one where the position is old. @param {Technician} technician */
export function iconOf(technician) {
  return `${kindOf(technician)}${technician.freshness === "lost" ? "-old" : ""}`;
}

/** What the map's source holds. */
export class Features {
  /** The symbol of each technician that is in the source. @type {Map<string, string>} */
  #shown = new Map();

  get size() {
    return this.#shown.size;
  }

  /**
   * Describes all who pass the filter and have a place.
   *
   * @param {Iterable<Technician>} technicians
   * @param {Filter} filter
   * @returns {GeoJSON.FeatureCollection}
   */
  all(technicians, filter) {
    this.#shown.clear();
    /** @type {Feature[]} */
    const features = [];
    for (const technician of technicians) {
      if (!technician.position || !passes(technician, filter)) continue;
      const made = feature(technician, technician.position);
      this.#shown.set(technician.id, made.properties.icon);
      features.push(made);
    }
    return { type: "FeatureCollection", features };
  }

  /**
   * Describes what a batch changes in the source; null where nothing.
   *
   * @param {Iterable<string>} touched ids
   * @param {Map<string, Technician>} technicians
   * @param {Filter} filter
   * @returns {Diff | null}
   */
  changed(touched, technicians, filter) {
    /** @type {Required<Pick<Diff, "add" | "update" | "remove">>} */
    const diff = { add: [], update: [], remove: [] };
    for (const id of touched) {
      const technician = technicians.get(id);
      const icon = this.#shown.get(id);
      if (!technician?.position || !passes(technician, filter)) {
        if (icon !== undefined) diff.remove.push(id);
        this.#shown.delete(id);
      } else if (icon === undefined) {
        const made = feature(technician, technician.position);
        this.#shown.set(id, made.properties.icon);
        diff.add.push(made);
      } else {
        diff.update.push(this.#update(technician, technician.position, icon));
      }
    }
    return diff.add.length + diff.update.length + diff.remove.length > 0 ? diff : null;
  }

  /** @param {Technician} technician @param {import("./fleet.mjs").Position} position @param {string} before */
  #update(technician, position, before) {
    const newGeometry = point(position);
    const icon = iconOf(technician);
    if (icon === before) return { id: technician.id, newGeometry };
    this.#shown.set(technician.id, icon);
    const { properties } = feature(technician, position);
    return { id: technician.id, newGeometry, addOrUpdateProperties: Object.entries(properties).map(([key, value]) => ({ key, value })) };
  }
}

/** @param {Technician} technician @param {import("./fleet.mjs").Position} position @returns {Feature} */
function feature(technician, position) {
  const kind = kindOf(technician);
  const properties = { id: technician.id, kind, icon: iconOf(technician), rank: KINDS.length - KINDS.indexOf(kind) };
  return { type: "Feature", properties, geometry: point(position) };
}

/** @param {import("./fleet.mjs").Position} position @returns {GeoJSON.Point} */
function point({ lon, lat }) {
  return { type: "Point", coordinates: [lon, lat] };
}
