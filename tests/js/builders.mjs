// @ts-check
/** @param {Record<string, any>} parts @returns {import("../../static/map/messages.mjs").SnapshotMessage} */
export function snapshot(parts) {
  return {
    type: "snapshot",
    seq: 1,
    server_time: "2026-11-23T14:00:00Z",
    visit: {
      id: "bk_1",
      status: "traveling",
      starts_at: "2026-11-23T14:00:00Z",
      ends_at: "2026-11-23T15:00:00Z",
      window: { earliest: "2026-11-23T14:00:00Z", latest: "2026-11-23T16:00:00Z" },
      address: "Aleksanterinkatu 46",
      lat: 60.17,
      lon: 24.94,
      service: "Boiler service",
      time_zone: "Europe/Helsinki",
      can: [],
    },
    technician: { name: "Tero Virtanen", photo_url: null, phone: null },
    position: null,
    eta: null,
    stops_before: 0,
    route: null,
    freshness: "live",
    last_seen_at: null,
    ...parts,
  };
}

/** @param {string} earliest @param {string} latest @returns {import("../../static/map/messages.mjs").Eta} */
export function eta(earliest, latest) {
  return { at: earliest, earliest, latest, confidence: 0.8, computed_at: earliest, source: "route" };
}
