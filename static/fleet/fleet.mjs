// @ts-check
/** What dispatchers know of all technicians, and how each message of the fleet feed changes it. Pure. */

/** @typedef {import("../map/messages.mjs").Position} Position */
/** @typedef {import("../map/messages.mjs").Window} Window */
/** @typedef {import("../map/messages.mjs").Freshness} Freshness */
/** @typedef {import("../map/messages.mjs").Status} Status */
/** @typedef {"on_time" | "at_risk" | "late"} Lateness */
/** @typedef {"sharing_off" | "off_hours" | "last_will" | "battery"} Silence */
/** @typedef {{ id: string, status: Status, starts_at: string, window: Window, customer: string }} FleetVisit */
/**
 * @typedef {object} Technician
 * @property {string} id
 * @property {string} name
 * @property {string[]} territories
 * @property {FleetVisit | null} visit
 * @property {Lateness | null} lateness
 * @property {Window | null} arrival in whole minutes
 * @property {Freshness} freshness
 * @property {Silence | null} silence
 * @property {string | null} last_seen_at
 * @property {Position | null} position
 */
/** @typedef {{ id: string, name: string }} Territory */
/** @typedef {{ type: "snapshot", seq: number, server_time: string, territories: Territory[], technicians: Technician[] }} Snapshot */
/** @typedef {{ id: string, position: Position }} Moved */
/** @typedef {{ type: "change", seq: number, server_time: string, technicians: Technician[], moved: Moved[], gone: string[] }} Change */
/** @typedef {{ type: "heartbeat", server_time: string }} Heartbeat */
/** @typedef {Snapshot | Change | Heartbeat} Message */
/** @typedef {{ territory: string, lateness: "" | "at_risk" | "late" }} Filter an empty text lets everybody through */
/** @typedef {"late" | "at_risk" | "traveling" | "working" | "free"} Kind */

/** The kinds of technicians, as the map tells them apart: the most urgent first. */
export const KINDS = /** @type {const} */ (["late", "at_risk", "traveling", "working", "free"]);

/** All technicians by their ids. */
export class Fleet {
  /** @type {Map<string, Technician>} */
  technicians = new Map();

  /**
   * Takes a message; tells whose position or facts may differ now, whether anybody's facts do, and whether all is new.
   *
   * @param {Message} message
   * @returns {{ touched: Set<string>, news: boolean, whole: boolean }}
   */
  apply(message) {
    switch (message.type) {
      case "snapshot":
        this.technicians = new Map(message.technicians.map((technician) => [technician.id, technician]));
        return { touched: new Set(this.technicians.keys()), news: true, whole: true };
      case "change":
        return this.#change(message);
      case "heartbeat":
        return { touched: new Set(), news: false, whole: false };
      default:
        throw new Error(`unknown message: ${/** @type {any} */ (message).type}`);
    }
  }

  /** @param {Change} change */
  #change({ technicians, moved, gone }) {
    /** @type {Set<string>} */
    const touched = new Set();
    for (const id of gone) {
      this.technicians.delete(id);
      touched.add(id);
    }
    for (const technician of technicians) {
      this.technicians.set(technician.id, technician);
      touched.add(technician.id);
    }
    for (const { id, position } of moved) {
      const known = this.technicians.get(id);
      if (!known) continue;
      known.position = position;
      known.last_seen_at = position.at;
      touched.add(id);
    }
    return { touched, news: technicians.length > 0 || gone.length > 0, whole: false };
  }
}

/** Tells what a technician is to somebody who looks for trouble. @param {Technician} technician @returns {Kind} */
export function kindOf({ lateness, visit }) {
  if (lateness === "late" || lateness === "at_risk") return lateness;
  if (visit?.status === "traveling") return "traveling";
  return visit?.status === "in_progress" || visit?.status === "on_break" ? "working" : "free";
}

/** Tells whether a technician passes a filter. @param {Technician} technician @param {Filter} filter */
export function passes(technician, { territory, lateness }) {
  if (territory && !technician.territories.includes(territory)) return false;
  if (lateness === "late") return technician.lateness === "late";
  return lateness !== "at_risk" || technician.lateness === "late" || technician.lateness === "at_risk";
}

/**
 * Lists those who pass, the late first, then who is at risk, each by the end of the promise, then by name
 * (the twin of `urgency` in `hub/domain/fleet.py`).
 *
 * @param {Iterable<Technician>} technicians
 * @param {Filter} filter
 */
export function listed(technicians, filter) {
  return [...technicians].filter((one) => passes(one, filter)).sort(compare);
}

/** @param {Technician} a @param {Technician} b */
function compare(a, b) {
  return rank(a) - rank(b) || order(a.visit?.window.latest ?? "~", b.visit?.window.latest ?? "~") || order(a.name, b.name);
}

/** @param {Technician} technician */
function rank({ lateness }) {
  return lateness === "late" ? 0 : lateness === "at_risk" ? 1 : 2;
}

/** Times of one form and zone compare as texts, "~" after all. @param {string} a @param {string} b */
function order(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** Counts the late and who is at risk. @param {Iterable<Technician>} technicians @param {Filter} filter */
export function counts(technicians, filter) {
  const found = { late: 0, atRisk: 0, all: 0 };
  for (const technician of technicians) {
    if (!passes(technician, filter)) continue;
    found.all += 1;
    if (technician.lateness === "late") found.late += 1;
    else if (technician.lateness === "at_risk") found.atRisk += 1;
  }
  return found;
}

/** Reads a filter from the address's query. @param {string} query @returns {Filter} */
export function readFilter(query) {
  const values = new URLSearchParams(query);
  const lateness = values.get("lateness");
  return { territory: values.get("territory") ?? "", lateness: lateness === "late" || lateness === "at_risk" ? lateness : "" };
}

/** Writes a filter as the address's query. @param {Filter} filter */
export function writeFilter(filter) {
  const values = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return values.size > 0 ? `?${values}` : "";
}
