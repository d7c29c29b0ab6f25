// @ts-check
/**
 * What the hub tells a watcher (the public contract, "A visit, as its customer sees it"), and how each
 * message changes what is known. Pure.
 */

/** @typedef {"scheduled" | "traveling" | "in_progress" | "on_break" | "completed" | "canceled"} Status */
/** @typedef {"live" | "delayed" | "lost"} Freshness */
/**
 * @typedef {object} Position
 * @property {number} lat
 * @property {number} lon
 * @property {string} at
 * @property {number | null} heading_deg
 * @property {number | null} speed_mps
 * @property {number | null} accuracy_m
 */
/**
 * @typedef {object} Eta
 * @property {string} at
 * @property {string} earliest
 * @property {string} latest
 * @property {number} confidence
 * @property {string} computed_at
 * @property {"route" | "history" | "distance"} source
 */
/** @typedef {{ earliest: string, latest: string }} Window */
/**
 * @typedef {object} Visit
 * @property {string} id
 * @property {Status} status
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {Window} window
 * @property {string} address
 * @property {number} lat
 * @property {number} lon
 * @property {string} service
 * @property {string} time_zone
 * @property {string[]} can
 */
/** @typedef {{ name: string, photo_url: string | null, phone: string | null }} Technician */
/** @typedef {{ polyline6: string }} Route */
/**
 * Everything known about the visit: the newest of each part.
 *
 * @typedef {object} State
 * @property {number} seq
 * @property {Visit} visit
 * @property {Technician | null} technician
 * @property {Position | null} position
 * @property {Eta | null} eta
 * @property {number} stops_before
 * @property {Route | null} route
 * @property {Freshness} freshness
 * @property {string | null} last_seen_at
 * @property {boolean} [paused] true while the technician has turned sharing off
 */
/** @typedef {State & { type: "snapshot", server_time: string }} SnapshotMessage */
/** @typedef {Pick<State, "seq" | "position" | "eta" | "freshness" | "last_seen_at">} Moved */
/** @typedef {Moved & { type: "position" }} PositionMessage */
/** @typedef {Moved & { type: "freshness" }} FreshnessMessage */
/** @typedef {Moved & Pick<State, "visit" | "technician" | "paused"> & { type: "status" }} StatusMessage */
/** @typedef {Pick<State, "seq" | "eta"> & { type: "eta" }} EtaMessage */
/** @typedef {Pick<State, "seq" | "route"> & { type: "route" }} RouteMessage */
/** @typedef {{ type: "heartbeat", server_time: string }} HeartbeatMessage */
/** @typedef {PositionMessage | FreshnessMessage | StatusMessage | EtaMessage | RouteMessage} ChangeMessage */
/** @typedef {SnapshotMessage | ChangeMessage | HeartbeatMessage} Message */

/**
 * Answers what is known after a message. Older messages than the newest one known change nothing; a gap
 * needs no repair, because each message is complete in the parts it names.
 *
 * @param {State | null} state null before the first snapshot
 * @param {Message} message
 * @returns {State | null} the same object when nothing changed
 * @throws {TypeError} when the message's type is unknown
 */
export function apply(state, message) {
  switch (message.type) {
    case "heartbeat":
      return state;
    case "snapshot":
      return state !== null && message.seq < state.seq ? state : known(message);
    case "position":
    case "freshness":
    case "eta":
    case "route":
    case "status":
      return state === null || message.seq <= state.seq ? state : changed(state, message);
    default:
      throw new TypeError(`unknown message type: ${String(/** @type {any} */ (message)?.type)}`);
  }
}

/** @param {SnapshotMessage} message @returns {State} */
function known(message) {
  const { type: _type, server_time: _time, ...state } = message;
  return state;
}

/** @param {State} state @param {ChangeMessage} message @returns {State} */
function changed(state, message) {
  const { type, ...parts } = message;
  const next = { ...state, ...parts };
  // A status message does not name the route, which watchers may see on the way only.
  if (type === "status" && message.visit.status !== "traveling") next.route = null;
  if (type === "status") next.paused = message.paused; // told only while it is so
  return next;
}
