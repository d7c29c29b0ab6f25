// @ts-check
/** The live page: connects to the hub and keeps facts and map up to date. */

import { Connection } from "./connection.mjs";
import { Facts } from "./facts.mjs";
import { apply } from "./messages.mjs";
import { offerSharing } from "./share.mjs";
import { browserPorts } from "./transports.mjs";

/** @typedef {import("./messages.mjs").State} State */
/**
 * What the server hands over in the page's data block.
 *
 * @typedef {import("./words.mjs").Language & { path: string, urls: { maplibre: string, css: string, basemap: string | null, style: string | null }, controls: Record<string, string> }} Settings
 */

const TICK_MS = 1_000;

/** @type {Settings} */
const settings = JSON.parse(document.getElementById("live-settings")?.textContent ?? "{}");
const root = /** @type {HTMLElement} */ (document.getElementById("visit"));
const facts = new Facts(root, settings);

/** @type {State | null} */
let state = null;
/** Added to this device's clock it gives the server's, in ms. */
let clockOffsetMs = 0;
/** @type {Promise<import("./map.mjs").LiveMap | null> | null} */
let map = null;

/** @param {import("./messages.mjs").Message} message */
function heard(message) {
  if ("server_time" in message) clockOffsetMs = Date.parse(message.server_time) - Date.now();
  const next = apply(state, message);
  if (next === state || next === null) return;
  state = next;
  show();
  void showMap(state);
}

function show() {
  if (!state) return;
  facts.show(state, Date.now() + clockOffsetMs);
  void map?.then((shown) => shown?.tick());
}

/** @param {State} current */
async function showMap(current) {
  if (current.visit.status === "traveling") map ??= startMap(current);
  (await map)?.show(current);
}

/** A map that fails leaves its place to the text facts. @param {State} current */
async function startMap(current) {
  const box = document.getElementById("map");
  const recentre = document.getElementById("recentre");
  const waiting = document.getElementById("waiting");
  if (!box || !recentre || !waiting) return null;
  try {
    await stylesheet(settings.urls.css);
    const { createMap } = await import("./map.mjs");
    const { maplibre, basemap, style } = settings.urls;
    const here = { maplibre, basemap: basemap && new URL(basemap, location.href).href, styleUrl: style };
    return await createMap(box, { recentre, waiting }, { ...here, controls: settings.controls }, current);
  } catch (error) {
    console.warn("no map:", error);
    root.dataset.map = "failed";
    return null;
  }
}

/** @param {string} href @returns {Promise<void>} */
function stylesheet(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("the map's stylesheet did not load"));
    document.head.append(link);
  });
}

const connection = new Connection(
  new URL(settings.path, location.href).href,
  { heard, turned: (turned) => facts.showConnection(turned) },
  browserPorts(),
);
root.dataset.script = "on";
offerSharing(settings.path);
connection.start();
facts.showZone(Date.now());
setInterval(show, TICK_MS);
addEventListener("online", () => connection.nudge());
addEventListener("offline", () => connection.interrupt());
document.addEventListener("visibilitychange", () => document.hidden || connection.nudge());
