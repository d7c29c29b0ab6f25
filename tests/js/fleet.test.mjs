// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { CLUSTERED_ABOVE, Features } from "../../static/fleet/features.mjs";
import { Fleet, KINDS, counts, kindOf, listed, readFilter, writeFilter } from "../../static/fleet/fleet.mjs";
import { layers, readClusterName, source } from "../../static/fleet/layers.mjs";
import { CLOSED_SIGNED_OUT, FeedSocket } from "../../static/fleet/socket.mjs";
import { Wording } from "../../static/fleet/words.mjs";
import { Connection } from "../../static/map/connection.mjs";

/** @typedef {import("../../static/fleet/fleet.mjs").Technician} Technician */
/** @typedef {import("../../static/fleet/fleet.mjs").Filter} Filter */

/** @type {Filter} */
const EVERYBODY = { territory: "", lateness: "" };
const NOON = "2026-11-23T12:00:00Z";

/** @param {number} lat */
function at(lat) {
  return { lat, lon: 24.94, at: NOON, heading_deg: null, speed_mps: 9.5, accuracy_m: 8 };
}

/** @param {string} id @param {Partial<Technician>} [more] @returns {Technician} */
function technician(id, more = {}) {
  const facts = { territories: ["te_1"], visit: null, lateness: null, arrival: null, silence: null, last_seen_at: NOON };
  return { id, name: id, freshness: "live", position: at(60.17), ...facts, ...more };
}

/** @param {import("../../static/fleet/fleet.mjs").Status} status @param {string} [latest] */
function visit(status, latest = "2026-11-23T13:00:00Z") {
  return { id: "bk_1", status, starts_at: NOON, window: { earliest: NOON, latest }, customer: "Aino" };
}

/** @param {...Technician} technicians */
function fleetOf(...technicians) {
  const fleet = new Fleet();
  fleet.apply({ type: "snapshot", seq: 1, server_time: NOON, territories: [], technicians });
  return fleet;
}

/**
 * @param {Partial<import("../../static/fleet/fleet.mjs").Change>} parts
 * @returns {import("../../static/fleet/fleet.mjs").Change}
 */
function change(parts) {
  return { type: "change", seq: 2, server_time: NOON, technicians: [], moved: [], gone: [], ...parts };
}

test("a change names whom it touches, and only facts are news", () => {
  const fleet = fleetOf(technician("a"), technician("b"));
  const moved = fleet.apply(change({ moved: [{ id: "a", position: at(60.2) }, { id: "stranger", position: at(1) }] }));
  assert.deepEqual(moved, { touched: new Set(["a"]), news: false, whole: false });
  assert.equal(fleet.technicians.get("a")?.position?.lat, 60.2);
  const told = fleet.apply(change({ technicians: [technician("c")], gone: ["b"] }));
  assert.deepEqual(told, { touched: new Set(["b", "c"]), news: true, whole: false });
  assert.deepEqual([...fleet.technicians.keys()], ["a", "c"]);
});

test("a second snapshot replaces everybody, a heartbeat nobody, and an unknown message is a fault", () => {
  const fleet = fleetOf(technician("a"));
  assert.equal(fleet.apply({ type: "heartbeat", server_time: NOON }).touched.size, 0);
  assert.equal(fleet.apply({ type: "snapshot", seq: 9, server_time: NOON, territories: [], technicians: [] }).whole, true);
  assert.equal(fleet.technicians.size, 0);
  assert.throws(() => fleet.apply(/** @type {any} */ ({ type: "position" })));
});

test("trouble tells who somebody is before what they do", () => {
  assert.equal(kindOf(technician("a", { lateness: "late", visit: visit("scheduled") })), "late");
  assert.equal(kindOf(technician("a", { lateness: "at_risk", visit: visit("traveling") })), "at_risk");
  assert.equal(kindOf(technician("a", { lateness: "on_time", visit: visit("traveling") })), "traveling");
  assert.equal(kindOf(technician("a", { visit: visit("on_break") })), "working");
  assert.equal(kindOf(technician("a", { lateness: "on_time", visit: visit("scheduled") })), "free");
});

test("the late come first, then who is at risk, each by the end of the promise, then by name", () => {
  const early = visit("traveling", "2026-11-23T12:30:00Z");
  const all = [
    technician("free"),
    technician("in time", { lateness: "on_time", visit: visit("traveling") }),
    technician("sooner", { lateness: "on_time", visit: early }),
    technician("at risk", { lateness: "at_risk", visit: early }),
    technician("late", { lateness: "late", visit: visit("traveling") }),
  ];
  assert.deepEqual(listed(all, EVERYBODY).map(({ id }) => id), ["late", "at risk", "sooner", "in time", "free"]);
  assert.deepEqual(listed(all, { territory: "", lateness: "at_risk" }).map(({ id }) => id), ["late", "at risk"]);
  assert.deepEqual(listed(all, { territory: "te_2", lateness: "" }), []);
  assert.deepEqual(counts(all, EVERYBODY), { late: 1, atRisk: 1, all: 5 });
});

test("a filter survives the address, and nonsense lets everybody through", () => {
  for (const lateness of /** @type {const} */ (["", "at_risk", "late"])) {
    const filter = { territory: "te_1 & more", lateness };
    assert.deepEqual(readFilter(writeFilter(filter)), filter);
  }
  assert.equal(writeFilter(EVERYBODY), "");
  assert.deepEqual(readFilter("?lateness=never"), EVERYBODY);
});

test("a batch changes of the map's source only whom it touches", () => {
  const fleet = fleetOf(technician("a"), technician("b"), technician("nowhere", { position: null }));
  const features = new Features();
  assert.equal(features.all(fleet.technicians.values(), EVERYBODY).features.length, 2);
  const { touched } = fleet.apply(change({ moved: [{ id: "a", position: at(60.2) }] }));
  assert.deepEqual(features.changed(touched, fleet.technicians, EVERYBODY), {
    add: [],
    update: [{ id: "a", newGeometry: { type: "Point", coordinates: [24.94, 60.2] } }],
    remove: [],
  });
});

test("who comes, goes, or turns into trouble is added, removed, or drawn anew", () => {
  const fleet = fleetOf(technician("a"), technician("b"));
  const features = new Features();
  features.all(fleet.technicians.values(), EVERYBODY);
  const late = technician("a", { lateness: "late", freshness: "lost" });
  const { touched } = fleet.apply(change({ technicians: [late, technician("c")], gone: ["b"] }));
  const diff = features.changed(touched, fleet.technicians, EVERYBODY);
  assert.deepEqual(diff?.add?.map(({ properties }) => properties?.id), ["c"]);
  assert.deepEqual(diff?.remove, ["b"]);
  assert.ok(diff?.update?.[0].addOrUpdateProperties?.some(({ key, value }) => key === "icon" && value === "late-old"));
  assert.equal(features.size, 2);
});

test("nothing is said to the map where the filter lets nobody of a batch through", () => {
  const fleet = fleetOf(technician("a"));
  const features = new Features();
  const late = /** @type {Filter} */ ({ territory: "", lateness: "late" });
  features.all(fleet.technicians.values(), late);
  assert.equal(features.changed(["a"], fleet.technicians, late), null);
});

test("clusters count the late and who is at risk, and their symbols are named so that they can be drawn", () => {
  assert.equal(CLUSTERED_ABOVE, 500);
  assert.equal(source(true).cluster, true);
  assert.deepEqual(Object.keys(/** @type {object} */ (source(true).clusterProperties)), ["late", "at_risk"]);
  assert.equal(new Set(layers().map(({ id }) => id)).size, 2);
  assert.deepEqual(readClusterName("cluster/1.2k/at_risk"), { count: "1.2k", worst: "at_risk" });
  assert.equal(readClusterName("cluster/12/nonsense"), null);
  for (const kind of KINDS) assert.equal(readClusterName(kind), null);
});

const LANGUAGE = {
  locale: "en-GB",
  timeZone: "Europe/Helsinki",
  phrases: {
    status_traveling: "On the way",
    fleet_starts: "next at {time}",
    fleet_arriving: "arriving {range}",
    fleet_promised: "promised {range}",
    fleet_live: "seen just now",
    fleet_no_visit: "No more visits today",
    fleet_summary: "{late} late, {at_risk} at risk, {all} in all",
    fleet_more: "Show more ({n})",
    lateness_late: "Late",
    silence_battery: "The battery was empty",
    last_seen: "last seen {age} ago",
    minutes: "{n} min",
    not_seen: "waiting for the first position",
  },
};

test("a technician in words", () => {
  const wording = new Wording(LANGUAGE);
  const arrival = { earliest: "2026-11-23T13:05:00Z", latest: "2026-11-23T13:20:00Z" };
  const late = technician("a", { lateness: "late", visit: visit("traveling"), arrival });
  assert.deepEqual(wording.words(late, Date.parse(NOON)), {
    visit: "Aino",
    times: "On the way · arriving 15:05–15:20 · promised 14:00–15:00",
    seen: "seen just now",
    badge: "Late",
  });
  const silent = technician("b", { freshness: "lost", silence: "battery" });
  assert.deepEqual(wording.words(silent, Date.parse(NOON) + 185_000), {
    visit: "No more visits today",
    times: "",
    seen: "last seen 3 min ago · The battery was empty",
    badge: "",
  });
  assert.equal(wording.words(technician("c", { visit: visit("scheduled") }), 0).times, "next at 14:00");
  assert.equal(wording.summary({ late: 1, atRisk: 2, all: 3 }), "1 late, 2 at risk, 3 in all");
});

/** Sockets that the test opens and closes. */
class Sockets {
  /** @type {any[]} */
  made = [];
  /** @type {(() => void)[]} */
  timers = [];

  ports() {
    const { made } = this;
    return /** @type {any} */ ({
      WebSocket: class {
        readyState = 0;
        /** @type {string[]} */
        sent = [];
        /** @param {string} url */
        constructor(url) {
          this.url = url;
          made.push(this);
        }
        open() {
          this.readyState = 1;
          /** @type {any} */ (this).onopen();
        }
        /** @param {string} text */
        send(text) {
          this.sent.push(text);
        }
        close() {}
      },
      setTimeout: (/** @type {() => void} */ act) => this.timers.push(act),
      clearTimeout: () => undefined,
      random: () => 0,
      now: () => 0,
    });
  }
}

test("the feed says where the map looks, again after each reconnection", () => {
  const sockets = new Sockets();
  const feed = new FeedSocket();
  const listener = { heard: () => undefined, failed: () => undefined, gone: () => undefined };
  feed.listen("https://hub.test/api/v1/fleet", listener, sockets.ports());
  assert.equal(sockets.made[0].url, "wss://hub.test/api/v1/fleet/live");
  feed.lookAt([1, 2, 3, 4]);
  assert.deepEqual(sockets.made[0].sent, []);
  sockets.made[0].open();
  feed.listen("https://hub.test/api/v1/fleet", listener, sockets.ports());
  sockets.made[1].open();
  for (const { sent } of sockets.made) assert.deepEqual(sent, ['{"type":"viewport","bounds":[1,2,3,4]}']);
});

test("a feed with one way tries it again and again, and gives up only where nobody is signed in", () => {
  const sockets = new Sockets();
  /** @type {string[]} */
  const states = [];
  const viewer = { heard: () => undefined, turned: (/** @type {string} */ state) => states.push(state) };
  new Connection("https://hub.test/api/v1/fleet", viewer, sockets.ports(), [new FeedSocket().listen]).start();
  for (let tries = 1; tries <= 7; tries++) {
    assert.equal(sockets.made.length, tries);
    sockets.made.at(-1).onclose({ code: 1006 });
    sockets.timers.at(-1)?.();
  }
  assert.deepEqual(states, ["lost"]);
  sockets.made.at(-1).onclose({ code: CLOSED_SIGNED_OUT });
  assert.deepEqual(states, ["lost", "gone"]);
});
