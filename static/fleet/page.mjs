// @ts-check
/** The page of the fleet: hears the feed and keeps map, list and card up to date. */

import { Connection } from "../map/connection.mjs";
import { browserPorts } from "../map/transports.mjs";
import { Card } from "./card.mjs";
import { Fleet, readFilter, writeFilter } from "./fleet.mjs";
import { List } from "./list.mjs";
import { FeedSocket } from "./socket.mjs";
import { Wording } from "./words.mjs";

/** @typedef {import("./fleet.mjs").Message} Message */
/** @typedef {import("../map/page.mjs").Settings} Settings */

/** Between two times that the list is put in order. */
const LIST_EVERY_MS = 2_000;
const AGE_EVERY_MS = 10_000;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {Settings} */
const settings = JSON.parse(element("fleet-settings").textContent ?? "{}");
const root = element("fleet");
const form = /** @type {HTMLFormElement} */ (element("fleet-filter"));
const fleet = new Fleet();
const feed = new FeedSocket();
const list = new List(
  {
    list: element("fleet-list"),
    template: /** @type {HTMLTemplateElement} */ (element("fleet-row")),
    summary: element("fleet-summary"),
    more: element("fleet-more"),
    empty: element("fleet-empty"),
  },
  new Wording(settings),
  (id) => choose(id, { fly: true }),
);
const card = new Card(element("fleet-card"), (technician) => list.make(technician, now()));
let filter = readFilter(location.search);
/** Added to this device's clock it gives the server's, in ms. */
let clockOffsetMs = 0;
/** @type {import("./map.mjs").FleetMap | null} */
let map = null;
let mapIsMade = false;
/** @type {ReturnType<typeof setTimeout> | null} */
let listing = null;

function now() {
  return Date.now() + clockOffsetMs;
}

/** @param {Message} message */
function heard(message) {
  clockOffsetMs = Date.parse(message.server_time) - Date.now();
  const { touched, news, whole } = fleet.apply(message);
  if (whole) map?.filter(filter);
  else if (touched.size > 0) map?.change(touched);
  card.update(touched, fleet);
  if (whole) showList();
  else if (news) listing ??= setTimeout(showList, LIST_EVERY_MS);
  if (whole) void startMap();
}

function showList() {
  if (listing) clearTimeout(listing);
  listing = null;
  list.show(fleet, filter, now());
}

/** A map that fails leaves its place to the list. */
async function startMap() {
  if (mapIsMade) return;
  mapIsMade = true;
  try {
    const { createMap } = await import("./map.mjs");
    map = await createMap(element("fleet-map"), settings, fleet, filter, {
      choose: (id) => choose(id, { fly: false }),
      looked: (bounds) => feed.lookAt(bounds),
    });
  } catch (error) {
    console.warn("no map:", error);
    root.dataset.map = "failed";
  }
}

/** @param {string | null} id @param {{ fly: boolean }} how */
function choose(id, { fly }) {
  const technician = id === null ? undefined : fleet.technicians.get(id);
  card.show(technician ?? null);
  if (technician && fly) map?.show(technician.id);
}

function filtered() {
  const values = new FormData(form);
  filter = readFilter(new URLSearchParams([...values].map(([name, value]) => [name, String(value)])).toString());
  history.replaceState(null, "", `${location.pathname}${writeFilter(filter)}`);
  map?.filter(filter);
  showList();
}

const connection = new Connection(
  new URL("/api/v1/fleet", location.href).href,
  {
    // The feed's messages are not those of a visit; the connection only passes them on.
    heard: (message) => heard(/** @type {Message} */ (/** @type {unknown} */ (message))),
    turned: (state) => {
      root.dataset.connection = state;
      element("fleet-offline").hidden = state !== "lost";
      element("fleet-gone").hidden = state !== "gone";
    },
  },
  browserPorts(),
  [feed.listen],
);
root.dataset.script = "on";
form.addEventListener("change", filtered);
element("fleet-more").addEventListener("click", () => {
  list.grow();
  showList();
});
connection.start();
setInterval(() => list.age(now()), AGE_EVERY_MS);
addEventListener("online", () => connection.nudge());
addEventListener("offline", () => connection.interrupt());
document.addEventListener("visibilitychange", () => document.hidden || connection.nudge());
